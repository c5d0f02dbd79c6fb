"""Folding the log: what a lead's row must say, given its events (LC10, M1, D23).

The services apply each new fact with `apply` and write the result; `check_projection` folds the
whole log with the same function and must find the rows agreeing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from recruitment.rules.events import (
    MOVED,
    NOT_A_FIRST_ACTION,
    EventKind,
    Fact,
    is_action,
    is_movement,
    is_two_way,
)
from recruitment.rules.stages import CLOSED, RETURNS, Stage
from recruitment.rules.targets import LISTS
from recruitment.rules.vocabulary import ACTION_PARTY, ActionType, Party
from trialsnest.lib.values import copy_with


@dataclass(frozen=True)
class OpenAction:
    """The one open primary next action (N1). `due_at` is UTC; `promised`: she asked for it (N4)."""

    subject_id: int
    type: ActionType
    due_at: datetime
    promised: bool


@dataclass(frozen=True)
class OpenBlocker:
    """A reason why nothing can move, and who is waited on (7.1). Times are UTC."""

    subject_id: int
    category: str
    party: Party
    opened_at: datetime
    review_by: datetime | None


@dataclass(frozen=True)
class LeadState:
    """Everything about a lead that its log determines. `seq` is that of its last event."""

    seq: int
    stage: Stage
    stage_entered_at: datetime
    received_at: datetime
    came_from: Stage | None = None
    prescreen: str = "not_started"
    owner_id: int | None = None
    action: OpenAction | None = None
    blockers: tuple[OpenBlocker, ...] = ()
    first_action_at: datetime | None = None
    last_action_at: datetime | None = None
    last_action_seq: int | None = None
    last_movement_at: datetime | None = None
    last_movement_seq: int | None = None
    attempts: int = 0  # outbound attempts since the person last answered (CD3, CD4)
    visit_at: datetime | None = None
    visit_confirmed: bool = False
    stale_flagged_for: datetime | None = None  # the deadline that the last flag was for
    times_stale: int = 0
    recover_from: datetime | None = None  # the last decision to recover it, until it moves (RQ3)
    recover_by: datetime | None = None
    is_held: bool = False  # on a list, not released and not worked on yet (D28)

    @property
    def waiting_on(self) -> Party | None:
        """Whose turn it is: the oldest open blocker's party, else the next action's (D23)."""
        if self.stage in CLOSED:
            return None
        if self.blockers:
            return min(self.blockers, key=lambda b: (b.opened_at, b.subject_id)).party
        return ACTION_PARTY[self.action.type] if self.action else Party.COORDINATOR


def begin(fact: Fact) -> LeadState:
    """The state right after the first event of a lead, which must be its receipt."""
    if fact.kind != EventKind.RECEIVED:
        raise ValueError("a log begins with the receipt of the lead")
    return LeadState(
        seq=fact.seq,
        stage=Stage.NEW_INQUIRY,
        stage_entered_at=fact.occurred_at,
        received_at=fact.occurred_at,
        is_held=fact.code in LISTS,
    )


def apply(state: LeadState, fact: Fact) -> LeadState:
    """The state after one more fact. Facts are applied in the order of `seq`, not of time."""
    state = copy_with(state, seq=fact.seq)
    change = _CHANGES.get(fact.kind)
    if change is not None:
        state = change(state, fact)
    if is_two_way(fact):
        state = copy_with(state, attempts=0)
    if is_movement(fact) and _later(fact.occurred_at, state.last_movement_at):
        state = copy_with(state, last_movement_at=fact.occurred_at, last_movement_seq=fact.seq)
    return _with_action_dates(state, fact)


def fold(facts: Iterable[Fact]) -> LeadState:
    """The state after all `facts`, given in the order of `seq` and without voided ones."""
    ordered = iter(facts)
    state = begin(next(ordered))
    for fact in ordered:
        state = apply(state, fact)
    return state


def _later(moment: datetime, known: datetime | None) -> bool:
    return known is None or moment >= known


def _with_action_dates(state: LeadState, fact: Fact) -> LeadState:
    if not fact.by_staff:
        return state
    if is_action(fact) and _later(fact.occurred_at, state.last_action_at):
        state = copy_with(state, last_action_at=fact.occurred_at, last_action_seq=fact.seq)
    if fact.kind not in NOT_A_FIRST_ACTION and (
        state.first_action_at is None or fact.occurred_at < state.first_action_at
    ):
        state = copy_with(state, first_action_at=fact.occurred_at, is_held=False)
    return state


def _owner_set(state: LeadState, fact: Fact) -> LeadState:
    return copy_with(state, owner_id=fact.to_owner_id)


def _stage_changed(state: LeadState, fact: Fact) -> LeadState:
    source, target = Stage(fact.from_stage), Stage(fact.to_stage)
    came_from = state.came_from
    if target in RETURNS:
        came_from = source if source not in RETURNS else came_from
    elif source in RETURNS:
        came_from = None
    state = copy_with(state, stage=target, stage_entered_at=fact.occurred_at, came_from=came_from)
    return _recovery_over(state) if target in CLOSED else state


def _outreach_logged(state: LeadState, fact: Fact) -> LeadState:
    return copy_with(state, attempts=state.attempts + 1)


def _action_set(state: LeadState, fact: Fact) -> LeadState:
    if fact.subject_id is None or fact.due_at is None:
        raise ValueError("an action_set event names its action and its due time")
    action = OpenAction(
        fact.subject_id, ActionType(fact.code), fact.due_at, fact.reason_code == "promised"
    )
    return copy_with(state, action=action)


def _action_ended(state: LeadState, fact: Fact) -> LeadState:
    if state.action is not None and state.action.subject_id == fact.subject_id:
        return copy_with(state, action=None)
    return state


def _blocker_opened(state: LeadState, fact: Fact) -> LeadState:
    if fact.subject_id is None:
        raise ValueError("a blocker_opened event names its blocker")
    blocker = OpenBlocker(
        fact.subject_id, fact.code, Party(fact.reason_code), fact.occurred_at, fact.due_at
    )
    return copy_with(state, blockers=(*state.blockers, blocker))


def _blocker_resolved(state: LeadState, fact: Fact) -> LeadState:
    left = tuple(b for b in state.blockers if b.subject_id != fact.subject_id)
    return copy_with(state, blockers=left)


def _blocker_redated(state: LeadState, fact: Fact) -> LeadState:
    blockers = tuple(
        copy_with(b, review_by=fact.due_at) if b.subject_id == fact.subject_id else b
        for b in state.blockers
    )
    return copy_with(state, blockers=blockers)


def _prescreen_changed(state: LeadState, fact: Fact) -> LeadState:
    return copy_with(state, prescreen=fact.code)


def _visit_booked(state: LeadState, fact: Fact) -> LeadState:
    return copy_with(state, visit_at=fact.due_at, visit_confirmed=False)


def _visit_confirmed(state: LeadState, fact: Fact) -> LeadState:
    return copy_with(state, visit_confirmed=True)


def _visit_ended(state: LeadState, fact: Fact) -> LeadState:
    return copy_with(state, visit_at=None, visit_confirmed=False)


def _stale_flagged(state: LeadState, fact: Fact) -> LeadState:
    times = state.times_stale + (fact.reason_code != MOVED)
    return copy_with(state, stale_flagged_for=fact.due_at, times_stale=times)


def _stale_reviewed(state: LeadState, fact: Fact) -> LeadState:
    return copy_with(state, recover_from=fact.occurred_at, recover_by=fact.due_at)


def _recovery_over(state: LeadState, fact: Fact | None = None) -> LeadState:
    return copy_with(state, recover_from=None, recover_by=None)


def _released(state: LeadState, fact: Fact) -> LeadState:
    return copy_with(state, is_held=False)


_CHANGES: Mapping[EventKind, Callable[[LeadState, Fact], LeadState]] = {
    EventKind.OWNER_SET: _owner_set,
    EventKind.STAGE_CHANGED: _stage_changed,
    EventKind.OUTREACH_LOGGED: _outreach_logged,
    EventKind.ACTION_SET: _action_set,
    EventKind.ACTION_DONE: _action_ended,
    EventKind.ACTION_CANCELED: _action_ended,
    EventKind.BLOCKER_OPENED: _blocker_opened,
    EventKind.BLOCKER_REDATED: _blocker_redated,
    EventKind.BLOCKER_RESOLVED: _blocker_resolved,
    EventKind.PRESCREEN_CHANGED: _prescreen_changed,
    EventKind.VISIT_BOOKED: _visit_booked,
    EventKind.VISIT_CONFIRMED: _visit_confirmed,
    EventKind.VISIT_ENDED: _visit_ended,
    EventKind.STALE_FLAGGED: _stale_flagged,
    EventKind.STALE_REVIEWED: _stale_reviewed,
    EventKind.RECOVERED: _recovery_over,
    EventKind.RELEASED: _released,
}
