"""Folding facts into a lead's state: what counts as action, as movement, and whose turn it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recruitment.rules.events import EventKind, Fact, MilestoneCode, is_movement, milestones_of
from recruitment.rules.projection import LeadState, apply, begin, fold
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    ContactResult,
    Party,
    PrescreenState,
    VisitResult,
)

K = EventKind
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _fact(kind: EventKind, hours: float = 1, **values: object) -> Fact:
    return Fact(kind=kind, occurred_at=AT + hours * HOUR, by_staff=True, **values)  # type: ignore[arg-type]


def _fold(*facts: Fact) -> LeadState:
    received = Fact(kind=K.RECEIVED, occurred_at=AT, by_staff=False, seq=1)
    return fold([received, *(replace(fact, seq=n) for n, fact in enumerate(facts, start=2))])


def _no_answer(hours: float) -> Fact:
    return _fact(K.OUTREACH_LOGGED, hours, code=ContactResult.NO_ANSWER, reason_code="phone")


def test_three_calls_without_answer_are_fresh_action_and_old_movement() -> None:
    state = _fold(
        _fact(K.PRESCREEN_CHANGED, 1, code=PrescreenState.STARTED), *map(_no_answer, (5, 6, 7))
    )

    assert state.last_action_at == AT + 7 * HOUR
    assert state.last_movement_at == AT + HOUR
    assert state.attempts == 3


def test_any_reply_resets_the_cadence() -> None:
    answered = _fact(K.OUTREACH_LOGGED, 3, code=ContactResult.REACHED, reason_code="phone")

    assert _fold(_no_answer(1), _no_answer(2), answered).attempts == 0


def test_reaching_somebody_else_is_not_two_way() -> None:
    other = _fact(K.OUTREACH_LOGGED, 3, code=ContactResult.WRONG_PERSON, reason_code="phone")

    state = _fold(other)

    assert state.last_movement_at is None
    assert state.attempts == 1


@pytest.mark.parametrize(
    "fact",
    [
        _fact(K.NOTE_ADDED),
        _fact(K.OWNER_SET, to_owner_id=1),
        _fact(K.ACTION_SET, code=ActionType.CALL, subject_id=1, due_at=AT),
        _fact(K.STALE_FLAGGED, due_at=AT),
        _no_answer(1),
        _fact(K.PRESCREEN_CHANGED, code=PrescreenState.SENT),
        _fact(K.VISIT_ENDED, code=VisitResult.NO_SHOW),
        _fact(K.STAGE_CHANGED, from_stage=Stage.SCHEDULED, to_stage=Stage.READY_TO_SCHEDULE),
        _fact(K.STAGE_CHANGED, from_stage=Stage.CONTACTED, to_stage=Stage.CLOSED_OTHER),
    ],
    ids=lambda fact: f"{fact.kind}-{fact.code or fact.to_stage}",
)
def test_what_is_not_movement(fact: Fact) -> None:
    assert not is_movement(fact)


@pytest.mark.parametrize(
    "fact",
    [
        _fact(K.CONTACT_RECEIVED, code=ContactResult.CALLED_US),
        _fact(K.OUTREACH_LOGGED, code=ContactResult.CALL_LATER),
        _fact(K.PRESCREEN_CHANGED, code=PrescreenState.STARTED),
        _fact(K.PRESCREEN_CHANGED, code=PrescreenState.COMPLETE),
        _fact(K.REVIEW_DECIDED, code="proceed"),
        _fact(K.RECORDS_CHANGED, code="requested"),
        _fact(K.BLOCKER_OPENED, code="travel", reason_code="patient", subject_id=1),
        _fact(K.BLOCKER_RESOLVED, subject_id=1),
        _fact(K.VISIT_OFFERED),
        _fact(K.VISIT_BOOKED, subject_id=1, due_at=AT),
        _fact(K.VISIT_ENDED, code=VisitResult.ATTENDED),
        _fact(K.STAGE_CHANGED, from_stage=Stage.NEW_INQUIRY, to_stage=Stage.CONTACTED),
        _fact(K.STAGE_CHANGED, from_stage=Stage.CLOSED_OTHER, to_stage=Stage.COORDINATOR_REVIEW),
    ],
    ids=lambda fact: f"{fact.kind}-{fact.code or fact.to_stage}",
)
def test_what_is_movement(fact: Fact) -> None:
    assert is_movement(fact)


def test_a_lead_waits_on_the_party_of_its_oldest_open_blocker_then_of_its_action() -> None:
    chase = _fact(K.ACTION_SET, 1, code=ActionType.CHASE_RECORDS, subject_id=1, due_at=AT)
    travel = _fact(K.BLOCKER_OPENED, 2, code="travel", reason_code="patient", subject_id=7)
    sponsor = _fact(
        K.BLOCKER_OPENED, 3, code="sponsor_decision", reason_code="sponsor", subject_id=8
    )
    resolved = _fact(K.BLOCKER_RESOLVED, 4, subject_id=7)
    resolved_too = _fact(K.BLOCKER_RESOLVED, 5, subject_id=8)

    assert _fold().waiting_on == Party.COORDINATOR
    assert _fold(chase).waiting_on == Party.RECORDS_PROVIDER
    assert _fold(chase, travel, sponsor).waiting_on == Party.PATIENT
    assert _fold(chase, travel, sponsor, resolved).waiting_on == Party.SPONSOR
    assert _fold(chase, travel, sponsor, resolved, resolved_too).waiting_on == (
        Party.RECORDS_PROVIDER
    )


def test_a_closed_lead_waits_on_nobody_and_remembers_where_it_came_from() -> None:
    closed = _fact(K.STAGE_CHANGED, 2, from_stage=Stage.NEW_INQUIRY, to_stage=Stage.CLOSED_OTHER)

    state = _fold(closed)

    assert state.waiting_on is None
    assert state.came_from == Stage.NEW_INQUIRY


def test_an_entry_made_late_does_not_turn_the_dates_back() -> None:
    state = _fold(
        _fact(K.OUTREACH_LOGGED, 9, code=ContactResult.REACHED, reason_code="phone"),
        _fact(K.OUTREACH_LOGGED, 4, code=ContactResult.REACHED, reason_code="phone"),
    )

    assert state.last_action_at == state.last_movement_at == AT + 9 * HOUR
    assert state.first_action_at == AT + 4 * HOUR


def test_a_log_that_does_not_begin_with_the_receipt_is_refused() -> None:
    with pytest.raises(ValueError, match="receipt"):
        begin(_no_answer(1))


def test_ending_another_action_leaves_the_open_one() -> None:
    first = _fact(K.ACTION_SET, 1, code=ActionType.CALL, subject_id=1, due_at=AT)
    state = _fold(first)

    assert apply(state, _fact(K.ACTION_DONE, 2, subject_id=99, seq=3)).action == state.action
    assert apply(state, _fact(K.ACTION_DONE, 2, subject_id=1, seq=3)).action is None


def test_a_first_reach_makes_three_milestones_at_once() -> None:
    reached = _fact(K.OUTREACH_LOGGED, code=ContactResult.REACHED, reason_code="phone")

    assert set(milestones_of(reached)) == {
        MilestoneCode.FIRST_ATTEMPT,
        MilestoneCode.FIRST_TWO_WAY_CONTACT,
        MilestoneCode.FIRST_ACTION,
    }
