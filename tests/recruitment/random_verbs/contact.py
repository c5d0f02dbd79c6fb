"""Contacts, permissions, opt-outs, corrections of who somebody is, and next actions."""

from recruitment.models import ContactPoint, Lead
from recruitment.rules.permissions import Scope
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import Channel, ContactResult, PermissionState, PrescreenState
from recruitment.rules.work_codes import PushBack
from recruitment.services.next_actions import complete_action, set_next_action
from recruitment.services.notes import add_note
from recruitment.services.opt_outs import lift_opt_out, opt_out
from recruitment.services.outreach import log_outreach
from recruitment.services.people import (
    NewPoint,
    add_contact_point,
    correct_person,
    end_contact_point,
)
from recruitment.services.permissions import Word, record_permission
from tests.recruitment.random_work import RandomWork, Verb


def outreach(work: RandomWork, lead: Lead, seen: int) -> None:
    result = work.chance.choice(list(ContactResult))
    if result == ContactResult.OPTED_OUT and work.odds(0.9):
        result = ContactResult.REACHED  # else most leads would soon be past contact
    log_outreach(
        lead=lead,
        channel=work.one_of(Channel.PHONE, Channel.PHONE, Channel.PHONE, *Channel),
        result=result,
        by=work.lead_person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
        to=work.one_of(None, None, None, *Stage),
        prescreen=work.maybe(work.chance.choice(list(PrescreenState)), 0.2),
        occurred_at=work.before(),
        sure=work.odds(0.8),
        override=work.override(),
        scope=work.one_of(None, *Scope),
    )


def say_no(work: RandomWork, lead: Lead, seen: int) -> None:
    opt_out(
        lead=lead,
        how=work.one_of("", "by phone"),
        by=work.person(),
        at=work.at,
        seen=seen,
        scope=work.chance.choice(list(Scope)),
        channel=work.maybe(work.chance.choice(list(Channel))),
    )


def come_back(work: RandomWork, lead: Lead, seen: int) -> None:
    lift_opt_out(lead=lead, how="She called us.", by=work.person(), at=work.at, seen=seen)


def permit(work: RandomWork, lead: Lead, seen: int) -> None:
    word = Word(
        work.chance.choice(list(Channel)),
        work.one_of(PermissionState.YES, PermissionState.YES, *PermissionState),
        work.one_of("", "by phone", "by phone"),
    )
    record_permission(lead=lead, word=word, by=work.person(), at=work.at, seen=seen)


def correct_name(work: RandomWork, lead: Lead, seen: int) -> None:
    values = work.one_of({"first_name": "Bea"}, {"birth_year": 1980}, {"first_name": ""})
    correct_person(
        lead=lead,
        values=dict(values),
        reason=work.one_of("", "Misheard."),
        by=work.person(),
        at=work.at,
        seen=seen,
    )


def add_point(work: RandomWork, lead: Lead, seen: int) -> None:
    text = work.one_of("+1 617 555 0142", "+1 617 555 0143", "nonsense")
    point = NewPoint("phone", text, work.one_of("self", "parent"), work.odds(0.5))
    add_contact_point(
        lead=lead, point=point, reason="She said so.", by=work.person(), at=work.at, seen=seen
    )


def end_point(work: RandomWork, lead: Lead, seen: int) -> None:
    points = list(ContactPoint.objects.filter(person=lead.person_id))
    if len(points) > 1:
        end_contact_point(
            lead=lead,
            key=work.chance.choice(points).pk,
            reason="Out of service.",
            by=work.person(),
            at=work.at,
            seen=seen,
        )


def set_action(work: RandomWork, lead: Lead, seen: int) -> None:
    set_next_action(
        lead=lead,
        plan=work.some_plan(),
        by=work.person(),
        at=work.at,
        seen=seen,
        push_back=work.maybe(work.chance.choice(list(PushBack)), 0.8),
        reason=work.one_of("", "She asked for it.", "She asked for it."),
    )


def complete(work: RandomWork, lead: Lead, seen: int) -> None:
    complete_action(
        lead=lead,
        result=work.one_of("", "Letter sent.", "Letter sent."),
        plan=work.some_plan(),
        by=work.person(),
        at=work.at,
        seen=seen,
    )


def note(work: RandomWork, lead: Lead, seen: int) -> None:
    add_note(lead=lead, text=work.one_of("", "Spoke to her."), by=work.person(), at=work.at)


VERBS: tuple[Verb, ...] = (
    *(outreach,) * 6,
    say_no,
    *(come_back,) * 2,
    *(permit,) * 2,
    correct_name,
    add_point,
    end_point,
    *(set_action,) * 2,
    complete,
    note,
)
