"""Every kind of event, movement or not and action or not, against the lists of 4.3 (M1, M2)."""

from itertools import product

import pytest

from recruitment.rules.events import WITH_RESULT, EventKind, Fact, is_action, is_movement
from recruitment.rules.stages import CLOSED, OPEN, ORDER, Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    ContactResult,
    Party,
    PrescreenState,
    RecordsState,
    ReviewDecision,
    VisitResult,
)
from recruitment.rules.work_codes import PushBack
from tests.factories.recruitment import MONDAY

K, R, S = EventKind, ContactResult, Stage

# M1, item by item. What is not named here is no movement (M2).
MOVES = {
    K.CONTACT_RECEIVED,  # two-way contact that the person began
    K.ANSWERS_REVIEWED,  # review decision, the coordinator's
    K.REVIEW_DECIDED,  # review decision, the study team's
    K.VISIT_OFFERED,
    K.VISIT_BOOKED,
}
DEPENDS = {
    K.STAGE_CHANGED,  # forward, and reopening
    K.OUTREACH_LOGGED,  # two-way results
    K.PRESCREEN_CHANGED,  # started, completed
    K.RECORDS_CHANGED,  # a state of an item
    K.BLOCKER_OPENED,  # by a person
    K.BLOCKER_RESOLVED,
    K.VISIT_ENDED,  # attended
}
NEVER = {
    K.RECEIVED,
    K.TOUCHED,
    K.OWNER_SET,  # M2: owner change
    K.ACTION_SET,  # M2: due-date change
    K.ACTION_DONE,
    K.ACTION_CANCELED,
    K.REVIEW_REQUESTED,
    K.BLOCKER_REDATED,  # M2: due-date change
    K.RECORDS_CHASED,  # M2: an attempt without an answer
    K.READINESS_CHANGED,
    K.VISIT_CONFIRMED,
    K.CTMS_HANDOFF_CHANGED,
    K.GATE_OVERRIDDEN,
    K.HANDOFF_OFFERED,
    K.HANDOFF_ACCEPTED,
    K.HANDOFF_DECLINED,
    K.HANDOFF_WITHDRAWN,
    K.HANDOFF_RETURNED,
    K.PERMISSION_RECORDED,
    K.PERSON_CORRECTED,
    K.NOTE_ADDED,  # M2: note edit
    K.STALE_FLAGGED,  # M2: system reminder
    K.CLOCK_BREACHED,
    K.PAUSE_ENDED,
    K.CLOSE_PROPOSED,
    K.STALE_REVIEWED,
    K.ESCALATED,
    K.ESCALATION_ENDED,
    K.RELEASED,
    K.RECOVERED,
    K.VOIDED,
}

NO_ACTION = {
    K.RECEIVED,
    K.TOUCHED,
    K.OWNER_SET,
    K.ACTION_SET,
    K.ACTION_DONE,
    K.ACTION_CANCELED,
    K.GATE_OVERRIDDEN,
    K.STALE_FLAGGED,
    K.RECOVERED,
    K.VOIDED,
    K.ESCALATED,
    K.ESCALATION_ENDED,
    K.RELEASED,
    K.CLOCK_BREACHED,
    K.PAUSE_ENDED,
    K.CLOSE_PROPOSED,
}
CODES = {
    K.OUTREACH_LOGGED: ContactResult.values,
    K.CONTACT_RECEIVED: [R.CALLED_US.value],
    K.PRESCREEN_CHANGED: PrescreenState.values,
    K.REVIEW_DECIDED: ReviewDecision.values,
    K.RECORDS_CHANGED: [*RecordsState.values, "authorization"],
    K.VISIT_ENDED: VisitResult.values,
    K.BLOCKER_OPENED: BlockerCategory.values,
    K.BLOCKER_RESOLVED: BlockerCategory.values,
    K.BLOCKER_REDATED: BlockerCategory.values,
    K.ACTION_SET: ActionType.values,
    K.ACTION_CANCELED: ActionType.values,
}
PAIRS = [(a, b) for a, b in product(Stage, Stage) if a != b]


def _fact(kind: EventKind, *, by_staff: bool = True, **values: str) -> Fact:
    if kind == K.STAGE_CHANGED and "from_stage" not in values:
        values = {"from_stage": S.CONTACTED, "to_stage": S.RECORDS_NEEDED, **values}
    return Fact(kind=kind, occurred_at=MONDAY, by_staff=by_staff, **values)  # type: ignore[arg-type]


def test_every_kind_is_on_one_of_the_lists() -> None:
    assert set(EventKind) == MOVES | DEPENDS | NEVER
    assert not MOVES & DEPENDS
    assert not NEVER & (MOVES | DEPENDS)


@pytest.mark.parametrize("kind", sorted(MOVES | NEVER))
def test_a_kind_that_does_not_depend_moves_always_or_never(kind: EventKind) -> None:
    for code, by_staff in product(CODES.get(kind, [""]), (True, False)):
        assert is_movement(_fact(kind, code=code, by_staff=by_staff)) == (kind in MOVES)


@pytest.mark.parametrize("result", list(ContactResult))
def test_an_attempt_moves_where_the_person_answered(result: ContactResult) -> None:
    answered = result in {R.REACHED, R.REPLIED, R.CALL_LATER, R.CALLED_US}

    assert is_movement(_fact(K.OUTREACH_LOGGED, code=result)) == answered


@pytest.mark.parametrize("state", list(PrescreenState))
def test_a_prescreen_moves_when_started_and_when_completed(state: PrescreenState) -> None:
    moves = state in {PrescreenState.STARTED, PrescreenState.COMPLETE}

    assert is_movement(_fact(K.PRESCREEN_CHANGED, code=state)) == moves


@pytest.mark.parametrize("state", list(RecordsState))
def test_every_state_of_a_record_moves(state: RecordsState) -> None:
    assert is_movement(_fact(K.RECORDS_CHANGED, code=state))


@pytest.mark.parametrize("result", list(VisitResult))
def test_a_visit_moves_when_attended(result: VisitResult) -> None:
    attended = result == VisitResult.ATTENDED

    assert is_movement(_fact(K.VISIT_ENDED, code=result)) == attended


@pytest.mark.parametrize("kind", [K.BLOCKER_OPENED, K.BLOCKER_RESOLVED])
@pytest.mark.parametrize("category", list(BlockerCategory))
def test_a_blocker_moves_when_a_person_names_it_or_takes_it_off(
    kind: EventKind, category: BlockerCategory
) -> None:
    assert is_movement(_fact(kind, code=category, reason_code=Party.PATIENT))
    assert not is_movement(_fact(kind, code=category, reason_code=Party.PATIENT, by_staff=False))


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_stage_moves_forward_and_out_of_a_close(source: Stage, target: Stage) -> None:
    reopened = source in CLOSED and target in OPEN
    onward = target in OPEN | {S.ENROLLED} and target != S.NO_RESPONSE
    forward = onward and ORDER[target] > ORDER[source]

    moved = is_movement(_fact(K.STAGE_CHANGED, from_stage=source, to_stage=target))

    assert moved == (reopened or forward)


@pytest.mark.parametrize("kind", list(EventKind))
def test_the_last_action_is_any_act_of_the_staff_and_never_the_software_s(
    kind: EventKind,
) -> None:
    for code in CODES.get(kind, [""]):
        assert is_action(_fact(kind, code=code)) == (kind not in NO_ACTION)
        assert not is_action(_fact(kind, code=code, by_staff=False))


def test_an_action_completed_with_its_result_is_an_act_and_putting_it_off_is_none() -> None:
    assert is_action(_fact(K.ACTION_DONE, code=ActionType.ESCALATE, reason_code=WITH_RESULT))
    for why in PushBack:
        assert not is_action(_fact(K.ACTION_CANCELED, code=ActionType.CALL, reason_code=why))
