"""One row of the queue, in words worked out here so that the template only writes them."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from accounts.models import User
from recruitment.models import Lead, LeadEvent, Study
from recruitment.queries.stage_labels import short_label_of
from recruitment.rules.event_words import event_words
from recruitment.rules.events import EventKind
from recruitment.rules.lanes import Day, Lane, Ranked, contact_times, place
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Party,
    PrescreenState,
    RecordsState,
)
from trialsnest.lib import shield
from trialsnest.lib.words import DueWords, age, clock, day_short, due, iso, local

IN_HAND = {RecordsState.RECEIVED, RecordsState.REVIEWED, RecordsState.WAIVED}
AGEING = 0.6  # of the way from the last movement to the stale deadline (ST2)


@dataclass(frozen=True)
class QueueRow:
    """What one row shows (N8). Words are staff's, times read on the site's clock."""

    number: str
    name: str
    study: str
    source: str
    stage: str
    stage_label: str
    lane: Lane
    why: str
    version: int
    is_open: bool
    is_stale: bool
    is_mine: bool
    can_claim: bool
    owner: str
    age: str  # of an open lead without an owner, since it came in (O2)
    waiting: str
    action: str
    detail: str
    due: DueWords | None
    due_iso: str
    response: str  # a first response that is due soon or overdue, where the due time says less
    blocker: str
    prescreen: str
    records_have: int
    records_need: int
    visit: str
    last_action: str
    last_action_ago: str
    movement: str
    movement_ago: str
    is_ageing: bool


def ranked_of(lead: Lead, *, halted: Set[int] = frozenset()) -> Ranked:
    """The values that rank an open lead read by `queue_order` and `queue`.

    `halted` are the studies at sites (keys) that are halted.
    """
    return Ranked(
        stage=Stage(lead.stage),
        received_at=lead.received_at,
        first_action_at=lead.first_action_at,
        last_movement_at=lead.last_movement_at,
        action=ActionType(lead.next_type),
        due_at=cast(datetime, lead.due_at),  # an open lead has one
        is_promised=lead.is_promised,
        visit_at=lead.visit_at,
        visit_confirmed=lead.visit_confirmed,
        review_by=lead.review_by,  # type: ignore[attr-defined]
        chase_at=lead.chase_at,  # type: ignore[attr-defined]
        confirm_by=lead.confirm_by,  # type: ignore[attr-defined]
        accept_by=lead.accept_by,  # type: ignore[attr-defined]
        dates_offered=lead.dates_offered,
        is_held=lead.is_held,
        is_halted=lead.study_site_id in halted,
    )


def row_of(
    lead: Lead,
    *,
    day: Day,
    user: User,
    works_on: Set[int],
    halted: Set[int] = frozenset(),
) -> QueueRow:
    """The row of a lead with the annotations of `queue`; no statements of its own.

    `works_on` holds the studies at sites (keys) whose leads `user` may claim, `halted` those that
    are halted. What nobody works on now shows no due time: none is owed.
    """
    is_open, study = lead.stage not in CLOSED, lead.study_site.study
    lane, why = Lane.REST, ""
    action = detail = due_iso = ""
    due_words = None
    if is_open:
        ranked = ranked_of(lead, halted=halted)
        found = place(ranked, day, contact_times(day.now, lead.person.time_zone))
        lane, why = found.lane, found.reason
        action, detail = ranked.action.label, shield.words(lead.action_detail)  # type: ignore[attr-defined]
        if not ranked.parked:
            due_words = due(ranked.due_at, now=day.now, zone=day.zone)
            due_iso = iso(ranked.due_at)
    oldest = lead.oldest_blocker  # type: ignore[attr-defined]
    records: list[str] = lead.records_states  # type: ignore[attr-defined]
    moved_at = lead.last_movement_at or lead.received_at
    needed = [state for state in records if state != RecordsState.NOT_REQUIRED]
    return QueueRow(
        number=lead.number,
        name=lead.person.display_name,
        study=study.code,
        source=lead.source.name,
        stage=lead.stage,
        stage_label=short_label_of(study, lead.stage),
        lane=lane,
        why=why,
        version=lead.version,
        is_open=is_open,
        is_stale=lead.stale_at is not None and lead.stale_at <= day.now,
        is_mine=lead.owner_id == user.pk,
        can_claim=is_open and lead.owner_id is None and lead.study_site_id in works_on,
        age=age(day.now - lead.received_at) if is_open and lead.owner_id is None else "",
        owner="You" if lead.owner_id == user.pk else (lead.owner.name if lead.owner else ""),
        waiting=Party(lead.waiting_on).label if lead.waiting_on else "",
        action=action,
        detail=detail,
        due=due_words,
        due_iso=due_iso,
        response=_response(lead, day) if due_words is not None else "",
        blocker=BlockerCategory(oldest).label if oldest else "",
        prescreen=PrescreenState(lead.prescreen).label,
        records_have=sum(1 for state in needed if state in IN_HAND),
        records_need=len(needed),
        visit=_visit(lead, day),
        last_action=_said(lead.last_action_event, study),
        last_action_ago=age(day.now - lead.last_action_at) if lead.last_action_at else "",
        movement=_said(lead.last_movement_event, study) or "Inquiry received",
        movement_ago=age(day.now - moved_at),
        is_ageing=_is_ageing(lead, day),
    )


def _said(event: LeadEvent | None, study: Study) -> str:
    if event is None:
        return ""
    if event.kind == EventKind.RECORDS_CHANGED:  # which record stands on the lead's own page
        return f"Records {RecordsState(event.code).label.lower()}"
    return event_words(
        event.kind,
        code=event.code,
        reason_code=event.reason_code,
        to_stage=event.to_stage,
        to_label=short_label_of(study, event.to_stage) if event.to_stage else "",
    )


def _response(lead: Lead, day: Day) -> str:
    due_at = lead.response_due  # type: ignore[attr-defined]
    if due_at is None or due_at == lead.due_at:
        return ""
    return "First response overdue" if due_at <= day.now else "First response due soon"


def _visit(lead: Lead, day: Day) -> str:
    if lead.visit_at is None:
        return ""
    there = local(lead.visit_at, day.zone)
    return f"Visit {day_short(there)} {clock(there)}"


def _is_ageing(lead: Lead, day: Day) -> bool:
    if lead.stale_at is None:
        return False
    since = lead.last_movement_at or lead.received_at
    return day.now - since >= AGEING * (lead.stale_at - since)
