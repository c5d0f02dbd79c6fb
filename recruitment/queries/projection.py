"""Whether every lead's row says what its log says (house.md 4.6; LC10)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Least

from recruitment.models import Blocker, Lead, LeadEvent, Milestone, NextAction
from recruitment.models.dates_beside import dates_beside, dates_offered_since
from recruitment.models.log import standing
from recruitment.rules.events import EventKind
from recruitment.rules.milestones import first_milestones
from recruitment.rules.projection import LeadState, fold
from recruitment.rules.stages import CLOSED, Stage

BATCH = 500  # leads read at a time
RANKING = ("next_type", "due_at", "is_promised", "date_at", "dates_offered")


@dataclass(frozen=True)
class Difference:
    """One place where a row and the log disagree. Values are codes, ids and times."""

    lead_number: str
    column: str
    row: object
    log: object


def differences(leads: Iterable[Lead] | None = None) -> Iterator[Difference]:
    """Every disagreement, lead by lead; nothing when all agree. Four statements a batch."""
    keys = list(
        Lead.objects.order_by("pk").values_list("pk", flat=True)
        if leads is None
        else [lead.pk for lead in leads]
    )
    for start in range(0, len(keys), BATCH):
        yield from _batch(keys[start : start + BATCH])


def _batch(keys: list[int]) -> Iterator[Difference]:
    rows = _with_dates(Lead.objects.all()).in_bulk(keys)
    events = LeadEvent.objects.filter(lead__in=keys).order_by("lead_id", "seq")
    by_lead = {key: list(group) for key, group in groupby(events, lambda event: event.lead_id)}
    actions = {
        action.lead_id: action
        for action in NextAction.objects.filter(lead__in=keys, ended_at__isnull=True)
    }
    blockers: dict[int, set[int]] = {}
    for blocker in Blocker.objects.filter(lead__in=keys, resolved_at__isnull=True):
        blockers.setdefault(blocker.lead_id, set()).add(blocker.pk)
    milestones: dict[int, dict[str, int]] = {}
    for lead_id, code, event_id in Milestone.objects.filter(lead__in=keys).values_list(
        "lead_id", "code", "event_id"
    ):
        milestones.setdefault(lead_id, {})[code] = event_id
    for key, lead in rows.items():
        log = by_lead.get(key, [])
        yield from _of_lead(
            lead,
            log,
            action=actions.get(key),
            blockers=blockers.get(key, set()),
            milestones=milestones.get(key, {}),
        )


def _with_dates(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Adds what the rows of the work say: the earliest date beside the action, and offers."""
    return leads.annotate(
        beside=Least(*dates_beside(OuterRef("pk")).values()),
        is_offered=dates_offered_since(OuterRef("pk"), OuterRef("stage_entered_at")),
    )


def _of_lead(
    lead: Lead,
    log: list[LeadEvent],
    *,
    action: NextAction | None,
    blockers: set[int],
    milestones: dict[str, int],
) -> Iterator[Difference]:
    facts = [event.fact for event in standing(log)]
    if not facts:
        yield Difference(lead.number, "events", "lead", "none")
        return
    if facts[0].kind != EventKind.RECEIVED:
        yield Difference(lead.number, "first event", "lead", facts[0].kind)
        return
    state = fold(facts)
    by_seq = {event.seq: event.pk for event in log}
    said = {
        **_row(lead),
        "action": (action.pk, action.type, action.is_promised, action.owner_id) if action else None,
        "action_due_at": action.due_at if action else None,
        "blockers": blockers,
        "milestones": milestones,
        "version": lead.version,
    }
    told = {
        **_state(state, by_seq),
        **_ranking(lead, state),
        "action": _action(state),
        "action_due_at": state.action.due_at if state.action else None,
        "blockers": {blocker.subject_id for blocker in state.blockers},
        "milestones": {code: by_seq[seq] for code, seq in first_milestones(facts).items()},
        "version": log[-1].seq,
    }
    for column, value in said.items():
        if value != told[column]:
            yield Difference(lead.number, column, value, told[column])
    if (action is None) != (state.stage in CLOSED):
        yield Difference(lead.number, "open action", action is not None, state.stage)


def _action(state: LeadState) -> tuple[int, str, bool, int | None] | None:
    if state.action is None:
        return None
    return (state.action.subject_id, state.action.type, state.action.promised, state.owner_id)


def _row(lead: Lead) -> dict[str, object]:
    return {
        "stage": lead.stage,
        "stage_entered_at": lead.stage_entered_at,
        "came_from": lead.came_from,
        "prescreen": lead.prescreen,
        "owner": lead.owner_id,
        "waiting_on": lead.waiting_on,
        "first_action_at": lead.first_action_at,
        "last_action_at": lead.last_action_at,
        "last_action_event": lead.last_action_event_id,
        "last_movement_at": lead.last_movement_at,
        "last_movement_event": lead.last_movement_event_id,
        "attempts": lead.attempts,
        "visit_at": lead.visit_at,
        "visit_confirmed": lead.visit_confirmed,
        "stale_flagged_for": lead.stale_flagged_for,
        **{name: getattr(lead, name) for name in RANKING},
    }


def _ranking(lead: Lead, state: LeadState) -> dict[str, object]:
    """What the queue should rank the lead by (services.ranking)."""
    action = state.action
    if action is None:
        return dict(zip(RANKING, ("", None, False, None, False), strict=True))
    beside: datetime | None = lead.beside  # type: ignore[attr-defined]  # annotated
    offered: bool = lead.is_offered  # type: ignore[attr-defined]  # annotated
    earliest = action.due_at if beside is None else min(action.due_at, beside)
    is_offered = state.stage == Stage.READY_TO_SCHEDULE and offered
    values = (action.type, action.due_at, action.promised, earliest, is_offered)
    return dict(zip(RANKING, values, strict=True))


def _state(state: LeadState, by_seq: dict[int, int]) -> dict[str, object]:
    def event(seq: int | None) -> int | None:
        return None if seq is None else by_seq[seq]

    return {
        "stage": state.stage,
        "stage_entered_at": state.stage_entered_at,
        "came_from": state.came_from or "",
        "prescreen": state.prescreen,
        "owner": state.owner_id,
        "waiting_on": state.waiting_on or "",
        "first_action_at": state.first_action_at,
        "last_action_at": state.last_action_at,
        "last_action_event": event(state.last_action_seq),
        "last_movement_at": state.last_movement_at,
        "last_movement_event": event(state.last_movement_seq),
        "attempts": state.attempts,
        "visit_at": state.visit_at,
        "visit_confirmed": state.visit_confirmed,
        "stale_flagged_for": state.stale_flagged_for,
    }
