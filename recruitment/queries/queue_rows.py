"""One row of the queue, in words worked out here so that the template only writes them."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

from recruitment.models import Study
from recruitment.models.people import name_of
from recruitment.queries.stage_labels import short_label_of
from recruitment.rules.event_words import event_words
from recruitment.rules.events import EventKind
from recruitment.rules.lanes import ContactTimes, Day, Lane, Ranked, place
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
PARTIES, PRESCREENS = dict(Party.choices), dict(PrescreenState.choices)
ACTIONS, BLOCKERS = dict(ActionType.choices), dict(BlockerCategory.choices)
AGEING = 0.6  # of the way from the last movement to the stale deadline (ST2)


class QueueRow(NamedTuple):
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


class RowValues(NamedTuple):
    """What a row of the queue is made of, as `queue_read` reads it. Instants are UTC.

    Names and words are as they are stored: `row_of` hides them behind the shield.
    """

    pk: int
    number: str
    study_site_id: int
    first_name: str
    last_name: str
    time_zone: str
    source: str
    stage: str
    received_at: datetime
    first_action_at: datetime | None
    last_action_at: datetime | None
    last_movement_at: datetime | None
    prescreen: str
    owner_id: int | None
    owner_name: str | None
    waiting_on: str
    visit_at: datetime | None
    visit_confirmed: bool
    stale_at: datetime | None
    is_held: bool
    version: int
    next_type: str
    due_at: datetime | None
    is_promised: bool
    dates_offered: bool
    action_kind: str | None
    action_code: str
    action_reason: str
    action_stage: str
    movement_kind: str | None
    movement_code: str
    movement_reason: str
    movement_stage: str
    detail: str
    review_by: datetime | None
    chase_at: datetime | None
    confirm_by: datetime | None
    accept_by: datetime | None
    oldest_blocker: str | None
    records_states: list[str]
    response_due: datetime | None


def ranked_of(lead: RowValues, *, halted: Set[int] = frozenset()) -> Ranked:
    """The values that rank an open lead. `halted` are the studies at sites (keys) that are."""
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
        review_by=lead.review_by,
        chase_at=lead.chase_at,
        confirm_by=lead.confirm_by,
        accept_by=lead.accept_by,
        dates_offered=lead.dates_offered,
        is_held=lead.is_held,
        is_halted=lead.study_site_id in halted,
    )


@dataclass(frozen=True)
class Reader:
    """Who reads rows (the user's key), and what is the same for all of them.

    `works_on` holds the studies at sites (keys) whose leads she may claim, `halted` those that are
    halted; `times` when somebody in a zone may be contacted.
    """

    key: int
    works_on: Set[int]
    halted: Set[int]
    times: Callable[[str], ContactTimes]


def row_of(lead: RowValues, study: Study, day: Day, reader: Reader) -> QueueRow:
    """The row of a lead; no statements of its own.

    What nobody works on now shows no due time: none is owed.
    """
    is_open, is_mine = lead.stage not in CLOSED, lead.owner_id == reader.key
    lane, why = Lane.REST, ""
    action = detail = due_iso = ""
    due_words = None
    if is_open:
        ranked = ranked_of(lead, halted=reader.halted)
        found = place(ranked, day, reader.times(lead.time_zone))
        lane, why = found.lane, found.reason
        action, detail = ACTIONS[lead.next_type], shield.words(lead.detail)
        if not ranked.parked:
            due_words = due(ranked.due_at, now=day.now, zone=day.zone)
            due_iso = iso(ranked.due_at)
    moved_at = lead.last_movement_at or lead.received_at
    needed = [state for state in lead.records_states if state != RecordsState.NOT_REQUIRED]
    return QueueRow(
        number=lead.number,
        name=name_of(lead.first_name, lead.last_name, lead.number),
        study=study.code,
        source=lead.source,
        stage=lead.stage,
        stage_label=short_label_of(study, lead.stage),
        lane=lane,
        why=why,
        version=lead.version,
        is_open=is_open,
        is_stale=lead.stale_at is not None and lead.stale_at <= day.now,
        is_mine=is_mine,
        can_claim=is_open and lead.owner_id is None and lead.study_site_id in reader.works_on,
        age=age(day.now - lead.received_at) if is_open and lead.owner_id is None else "",
        owner="You" if is_mine else lead.owner_name or "",
        waiting=PARTIES[lead.waiting_on] if lead.waiting_on else "",
        action=action,
        detail=detail,
        due=due_words,
        due_iso=due_iso,
        response=_response(lead, day) if due_words is not None else "",
        blocker=BLOCKERS[lead.oldest_blocker] if lead.oldest_blocker else "",
        prescreen=PRESCREENS[lead.prescreen],
        records_have=sum(1 for state in needed if state in IN_HAND),
        records_need=len(needed),
        visit=_visit(lead, day),
        last_action=_said(
            study, lead.action_kind, lead.action_code, lead.action_reason, lead.action_stage
        ),
        last_action_ago=age(day.now - lead.last_action_at) if lead.last_action_at else "",
        movement=_said(
            study, lead.movement_kind, lead.movement_code, lead.movement_reason, lead.movement_stage
        )
        or "Inquiry received",
        movement_ago=age(day.now - moved_at),
        is_ageing=_is_ageing(lead, day),
    )


def _said(study: Study, kind: str | None, code: str, reason: str, stage: str) -> str:
    if kind is None:
        return ""
    if kind == EventKind.RECORDS_CHANGED:  # which record stands on the lead's own page
        return f"Records {RecordsState(code).label.lower()}"
    label = short_label_of(study, stage) if stage else ""
    return event_words(kind, code=code, reason_code=reason, to_stage=stage, to_label=label)


def _response(lead: RowValues, day: Day) -> str:
    due_at = lead.response_due
    if due_at is None or due_at == lead.due_at:
        return ""
    return "First response overdue" if due_at <= day.now else "First response due soon"


def _visit(lead: RowValues, day: Day) -> str:
    if lead.visit_at is None:
        return ""
    there = local(lead.visit_at, day.zone)
    return f"Visit {day_short(there)} {clock(there)}"


def _is_ageing(lead: RowValues, day: Day) -> bool:
    if lead.stale_at is None:
        return False
    since = lead.last_movement_at or lead.received_at
    return day.now - since >= AGEING * (lead.stale_at - since)
