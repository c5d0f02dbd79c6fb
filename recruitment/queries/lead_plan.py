"""What is planned for one lead, what was done last and whose turn it was, as its page says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recruitment.models import Blocker, Handoff, LeadEvent
from recruitment.queries.lead_page import LeadPage
from recruitment.queries.waiting import Waiting, waiting_of
from recruitment.rules.blocking import DECIDERS
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.event_words import event_words
from recruitment.rules.next_actions import PUT_OFF_OFTEN
from recruitment.rules.vocabulary import BlockerCategory, Party, RecordsState, RecordsType
from trialsnest.lib.words import counted, day_short, local


@dataclass(frozen=True)
class OtherDate:
    """A date that is kept beside the next action (D18). UTC."""

    words: str
    at: datetime


@dataclass(frozen=True)
class BlockerWords:
    """One open blocker in words."""

    label: str
    more: str
    at_study: int | None  # the key of the blocker of the study it comes from


@dataclass(frozen=True)
class LeadPlan:
    """Beside the next action: its promise, its push-backs, other dates; last things; waiting."""

    promised: str
    put_off: str
    dates: Sequence[OtherDate]
    blockers: Sequence[BlockerWords]
    last_action: str
    last_movement: str
    waiting: Waiting


def lead_plan(
    page: LeadPage, *, handoff: Handoff | None, now: datetime, calendar: BusinessCalendar
) -> LeadPlan:
    """The plan of the lead whose `page` was read. No statement, one for a very long log. UTC."""
    lead, by_key = page.lead, {event.pk: event for event in page.events}
    return LeadPlan(
        promised=_promised(page),
        put_off=_put_off(page),
        dates=_dates(page, handoff),
        blockers=[_blocker(row, page.zone) for row in page.blockers],
        last_action=_said(by_key.get(lead.last_action_event_id or 0)),
        last_movement=_said(by_key.get(lead.last_movement_event_id or 0)),
        waiting=waiting_of(lead, until=now, calendar=calendar, events=page.log),
    )


def _promised(page: LeadPage) -> str:
    """A promised call-back on the person's own clock, with how we know which that is (N4, D29)."""
    row, where = page.action, page.reach.where
    if row is None or not row.is_promised:
        return ""
    return f"Promised to the person: {where.local(row.due_at)} ({where.basis_words})."


def _put_off(page: LeadPage) -> str:
    times = page.action.push_backs if page.action is not None else 0
    if not times:
        return ""
    words = f"Put off {counted(times, 'time')}"
    return f"{words}: for the weekly review." if times >= PUT_OFF_OFTEN else f"{words}."


def _dates(page: LeadPage, handoff: Handoff | None) -> list[OtherDate]:
    """Reviews of blockers, chases, the visit's confirmation and the hand-off's answer, in order."""
    found = [
        OtherDate(f"Look at again: {BlockerCategory(row.category).label.lower()}", row.review_by)
        for row in page.blockers
        if row.review_by is not None
    ]
    found += [
        OtherDate(f"Ask again for: {RecordsType(item.type).label.lower()}", item.chase_at)
        for item in page.records
        if item.chase_at is not None and item.state == RecordsState.REQUESTED
    ]
    visit = page.panel.visit
    if visit is not None and visit.confirm_by is not None and visit.confirmed_at is None:
        found.append(OtherDate("Have the visit confirmed", visit.confirm_by))
    if handoff is not None:
        found.append(OtherDate("Hand-off to be answered", handoff.accept_by))
    return sorted(found, key=lambda date: date.at)


def _blocker(row: Blocker, zone: str) -> BlockerWords:
    """The sub-reason or category, since when, who sees to it, and what is needed (B1)."""
    more = [f"Since {day_short(local(row.opened_at, zone))}"]
    if row.review_by is not None:
        more[0] += f", look again {day_short(local(row.review_by, zone))}"
    if row.owner is not None:
        more.append(f"{row.owner.name} sees to it")
    if row.decision_from:
        more.append(f"Decision needed from the {DECIDERS[Party(row.decision_from)].lower()}")
    if row.detail:
        more.append(row.detail)
    label = BlockerCategory(row.category).label
    if row.sub_reason is not None:
        label = f"{label}: {row.sub_reason.label}"
    return BlockerWords(label, ". ".join(more), row.study_blocker_id)


def _said(event: LeadEvent | None) -> str:
    if event is None:
        return ""
    return event_words(
        event.kind, code=event.code, reason_code=event.reason_code, to_stage=event.to_stage
    )
