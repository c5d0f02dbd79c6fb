"""Records, scheduling readiness, visits and their hand-off to study operations."""

from datetime import timedelta
from typing import Any

from recruitment.models import Lead
from recruitment.rules.vocabulary import Channel, NoShowReason, RecordsType, VisitResult
from recruitment.rules.work_codes import (
    Authorization,
    ReadinessItemCode,
    ReadinessState,
    RecordsResult,
    VisitType,
)
from recruitment.services import records
from recruitment.services.ctms import acknowledge_handoff, correct_number, send_handoff
from recruitment.services.readiness import set_readiness
from recruitment.services.records_lists import NamedRecord
from recruitment.services.visits import (
    book_visit,
    confirm_visit,
    end_visit,
    offer_dates,
    reschedule_visit,
)
from tests.recruitment.random_work import RandomWork, Verb


def record(work: RandomWork, lead: Lead, seen: int) -> None:
    """Any step on one of two kinds of record, legal or not; one that is missing is named first."""
    kind = work.one_of(RecordsType.LABS, RecordsType.DIAGNOSIS)
    step: dict[str, Any] = {"lead": lead, "by": work.lead_person(), "at": work.at, "seen": seen}
    if not lead.records_items.filter(type=kind).exists():
        records.name_records(items=[NamedRecord(kind, work.odds(0.8))], **step)
        return
    verbs: list[tuple[Any, dict[str, Any]]] = [
        (records.authorize_release, {"authorization": work.chance.choice(list(Authorization))}),
        (records.request_record, {"how": "fax"}),
        (records.chase_record, {"how": Channel.PHONE}),
        (records.receive_record, {}),
        (records.review_record, {"result": RecordsResult.SUFFICIENT}),
        (records.review_record, {"result": RecordsResult.MORE_NEEDED, "reason": "Page 2"}),
        (records.waive_record, {"reason": "Seen before", "decided_by": work.decider()}),
        (records.give_up_record, {"reason": "Practice closed"}),
        (records.drop_record, {}),
    ]
    verb, values = work.chance.choice(verbs)
    verb(**step, type=kind, plan=work.plan(), occurred_at=work.before(), **values)


def readiness(work: RandomWork, lead: Lead, seen: int) -> None:
    codes = work.chance.sample(list(ReadinessItemCode), 3)
    states = {code: work.one_of(ReadinessState.CLEAR, *ReadinessState) for code in codes}
    set_readiness(lead=lead, states=states, by=work.person(), at=work.at, seen=seen)


def offer(work: RandomWork, lead: Lead, seen: int) -> None:
    moments = [work.at + timedelta(days=days) for days in (3, 5)]
    offer_dates(
        lead=lead,
        plan=work.some_plan(),
        by=work.person(),
        at=work.at,
        seen=seen,
        holds=moments if work.odds(0.5) else (),
        hold_until=work.maybe(work.at + timedelta(days=2), 0.8),
    )


def _visit_at(work: RandomWork) -> Any:
    return work.at + timedelta(days=work.chance.randrange(-1, 12), hours=work.chance.randrange(9))


def book(work: RandomWork, lead: Lead, seen: int) -> None:
    book_visit(
        lead=lead,
        starts_at=_visit_at(work),
        by=work.lead_person(),
        at=work.at,
        seen=seen,
        plan=work.maybe(work.some_plan()),
        type=work.chance.choice(list(VisitType)),
        place=work.one_of("", "Room 2", "Room 2"),
        preparation_sent=work.odds(0.8),
        interpreter_arranged=work.odds(0.5),
        override=work.override(),
    )


def _booked(work: RandomWork, lead: Lead, seen: int) -> tuple[Lead, int]:
    """Mostly a lead whose visit is booked: few are at a time."""
    if work.odds(0.8):
        lead = work.chance.choice([row for row in work.leads if row.visit_at] or [lead])
        lead.refresh_from_db()
        seen = lead.version
    return lead, seen


def reschedule(work: RandomWork, lead: Lead, seen: int) -> None:
    lead, seen = _booked(work, lead, seen)
    reschedule_visit(
        lead=lead,
        starts_at=_visit_at(work),
        by=work.lead_person(),
        at=work.at,
        seen=seen,
        override=work.override(),
    )


def confirm(work: RandomWork, lead: Lead, seen: int) -> None:
    lead, seen = _booked(work, lead, seen)
    confirm_visit(lead=lead, by=work.person(), at=work.at, seen=seen)


def end(work: RandomWork, lead: Lead, seen: int) -> None:
    lead, seen = _booked(work, lead, seen)
    if lead.visit_at is not None and work.odds(0.8):
        work.at = max(work.at, lead.visit_at + timedelta(hours=1))
    result = work.one_of(VisitResult.ATTENDED, VisitResult.ATTENDED, *VisitResult)
    missed = result == VisitResult.NO_SHOW
    end_visit(
        lead=lead,
        result=result,
        by=work.person(),
        at=work.at,
        seen=seen,
        plan=work.maybe(work.some_plan()),
        no_show_reason=work.chance.choice(list(NoShowReason)) if missed else None,
        decided_by=work.decider(),
        occurred_at=work.maybe(work.before(), 0.3),
    )


def hand_off(work: RandomWork, lead: Lead, seen: int) -> None:
    about: dict[str, Any] = {"lead": lead, "by": work.person(), "at": work.at, "seen": seen}
    number = work.one_of("", "S-0042", "S-0042")
    way = work.one_of("send", "acknowledge", "correct")
    if way == "send":
        send_handoff(**about)
    elif way == "acknowledge":
        acknowledge_handoff(number=number, **about)
    else:
        correct_number(number=number, reason="Misread.", **about)


VERBS: tuple[Verb, ...] = (
    *(record,) * 4,
    readiness,
    *(offer,) * 2,
    *(book,) * 4,
    reschedule,
    confirm,
    *(end,) * 3,
    *(hand_off,) * 2,
)
