"""Every stage against every stage, and every stage's bucket."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from recruitment.rules.refusals import IllegalMove
from recruitment.rules.stages import (
    ACTION_TEXT,
    CLOSED,
    NEXT,
    OPEN,
    RETURNS,
    Bucket,
    Stage,
    allowed_moves,
    bucket_of,
    check_move,
    is_forward,
)

S = Stage
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)

# The table of domain.md 3.2, typed out once more by hand: an oracle apart from the code's own.
ALLOWED = {
    "new_inquiry": "awaiting_prescreen coordinator_review contacted no_response closed_other",
    "awaiting_prescreen": "coordinator_review contacted no_response closed_other",
    "coordinator_review": "awaiting_prescreen contacted records_needed ready_to_schedule "
    "not_qualified closed_other",
    "contacted": "awaiting_prescreen coordinator_review records_needed ready_to_schedule scheduled "
    "no_response not_qualified closed_other",
    "records_needed": "coordinator_review contacted ready_to_schedule no_response not_qualified "
    "closed_other",
    "ready_to_schedule": "scheduled records_needed contacted no_response not_qualified "
    "closed_other",
    "scheduled": "screened ready_to_schedule contacted no_response not_qualified closed_other",
    "screened": "enrolled scheduled not_qualified closed_other",
    "no_response": "contacted closed_other",
    "not_qualified": "coordinator_review",
    "closed_other": "coordinator_review",
    "enrolled": "",
}


@pytest.mark.parametrize(("current", "target"), list(product(Stage, Stage)))
def test_a_move_is_allowed_exactly_where_the_table_says(current: Stage, target: Stage) -> None:
    if target in ALLOWED[current].split():
        check_move(current, target)
    else:
        with pytest.raises(IllegalMove):
            check_move(current, target)


@pytest.mark.parametrize(("current", "came_from"), list(product(sorted(RETURNS), Stage)))
def test_a_returning_stage_may_go_back_to_the_open_stage_it_came_from(
    current: Stage, came_from: Stage
) -> None:
    moves = allowed_moves(current, came_from=came_from)

    assert (came_from in moves) == (came_from in OPEN - {current} or came_from in NEXT[current])


@pytest.mark.parametrize("current", list(Stage))
def test_a_refusal_names_every_move_that_is_allowed(current: Stage) -> None:
    with pytest.raises(IllegalMove) as refusal:
        check_move(current, current)

    for target in allowed_moves(current):
        assert target.label in str(refusal.value)


@pytest.mark.parametrize("stage", list(Stage))
def test_closed_wins_over_stale_and_stale_over_the_stage(stage: Stage) -> None:
    late = bucket_of(stage, stale_at=AT - timedelta(seconds=1), at=AT)
    in_time = bucket_of(stage, stale_at=AT + timedelta(seconds=1), at=AT)

    assert late == (Bucket.CLOSED if stage in CLOSED else Bucket.STALE)
    assert (in_time == Bucket.STALE) == (stage == S.NO_RESPONSE)


def test_a_lead_is_stale_from_the_very_instant_of_its_deadline() -> None:
    assert bucket_of(S.CONTACTED, stale_at=AT, at=AT) == Bucket.STALE


def test_only_a_step_further_in_an_open_study_is_forward() -> None:
    assert is_forward(S.NEW_INQUIRY, S.CONTACTED)
    assert is_forward(S.SCREENED, S.ENROLLED)
    assert not is_forward(S.SCHEDULED, S.READY_TO_SCHEDULE)
    assert not is_forward(S.CONTACTED, S.NO_RESPONSE)
    assert not is_forward(S.CONTACTED, S.NOT_QUALIFIED)


def test_every_stage_says_what_to_do_about_it() -> None:
    assert set(ACTION_TEXT) == set(Stage)
