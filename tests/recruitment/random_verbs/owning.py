"""Who owns a lead: claims, gifts, hand-offs and leave."""

from datetime import timedelta

from recruitment.models import Handoff, Lead, Leave
from recruitment.services.handoffs import (
    accept_handoffs,
    decline_handoff,
    offer_handoff,
    return_handoff,
    withdraw_handoff,
)
from recruitment.services.leave import begin_leave, end_leave, record_leave
from recruitment.services.ownership import assign_lead, claim_lead
from recruitment.services.reassigning import give_lead, reassign_leads
from tests.recruitment.random_work import RandomWork, Verb


def claim(work: RandomWork, lead: Lead, seen: int) -> None:
    claim_lead(lead=lead, by=work.person(), at=work.at)


def assign(work: RandomWork, lead: Lead, seen: int) -> None:
    to = work.one_of(work.person(), work.person(), None)
    assign_lead(lead=lead, to=to, by=work.person(), at=work.at, seen=seen)


def give(work: RandomWork, lead: Lead, seen: int) -> None:
    to = work.one_of(work.person(), work.person(), None)
    reason = work.one_of("", "Knows the family.")
    give_lead(lead=lead, to=to, reason=reason, by=work.lead_person(), at=work.at, seen=seen)


def give_several(work: RandomWork, lead: Lead, seen: int) -> None:
    leads = work.chance.sample(work.leads, 3)
    reassign_leads(
        leads=leads, to=work.person(), reason="Evening out.", by=work.lead_person(), at=work.at
    )


def offer(work: RandomWork, lead: Lead, seen: int) -> None:
    offer_handoff(
        lead=lead,
        to=work.person(),
        context=work.one_of("", "Wants mornings.", "Wants mornings."),
        by=lead.owner or work.person(),
        at=work.at,
        seen=seen,
    )


def answer(work: RandomWork, lead: Lead, seen: int) -> None:
    handoff = Handoff.objects.filter(lead=lead).order_by("-pk").first()
    if handoff is None:
        return
    right = work.odds(0.85)
    receiver = handoff.receiver if right else work.person()
    sender = handoff.sender if right else work.person()
    reason = work.one_of("", "No room this week.", "No room this week.")
    way = work.chance.randrange(5)
    if way < 2:
        accept_handoffs(handoffs=[handoff], by=receiver, at=work.at)
    elif way == 2:
        decline_handoff(handoff=handoff, reason=reason, by=receiver, at=work.at)
    elif way == 3:
        withdraw_handoff(handoff=handoff, by=sender, at=work.at)
    else:
        return_handoff(handoff=handoff, reason=reason, by=receiver, at=work.at)


def go_on_leave(work: RandomWork, lead: Lead, seen: int) -> None:
    away = work.person()
    leave = record_leave(
        user=away,
        starts_at=work.at,
        ends_at=work.at + timedelta(days=work.one_of(-1, 2, 5)),
        covers={lead.study_site: work.maybe(work.person(), 0.8)},
        by=work.lead_person(),
        at=work.at,
    )
    begin_leave(leave=leave, by=None, at=work.at)


def come_back(work: RandomWork, lead: Lead, seen: int) -> None:
    leave = Leave.objects.filter(ended_at__isnull=True, ends_at__lte=work.at).first()
    if leave is not None:
        end_leave(leave=leave, by=None, at=work.at)


VERBS: tuple[Verb, ...] = (
    *(claim,) * 2,
    assign,
    give,
    give_several,
    *(offer,) * 2,
    *(answer,) * 3,
    go_on_leave,
    *(come_back,) * 2,
)
