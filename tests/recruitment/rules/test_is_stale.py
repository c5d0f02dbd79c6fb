"""Whether a lead is stale at an instant is what the instant of its staleness says."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.projection import LeadState, OpenAction, OpenBlocker
from recruitment.rules.stages import Stage
from recruitment.rules.staleness import is_stale, stale_at
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Party

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
NEW_YORK = BusinessCalendar("America/New_York")

moments = st.integers(0, 40 * 24).map(lambda hours: MONDAY + timedelta(hours=hours))
maybe = st.none() | moments
actions = st.builds(OpenAction, st.just(1), st.just(ActionType.CALL), moments, st.just(False))
blockers = st.builds(
    OpenBlocker,
    subject_id=st.just(1),
    category=st.sampled_from([BlockerCategory.STUDY_PAUSED, BlockerCategory.TRAVEL]),
    party=st.just(Party.PATIENT),
    opened_at=moments,
    review_by=maybe,
)
states = st.builds(
    LeadState,
    seq=st.just(5),
    stage=st.sampled_from(Stage),
    stage_entered_at=moments,
    received_at=st.just(MONDAY),
    action=st.none() | actions,
    blockers=st.lists(blockers, max_size=2).map(tuple),
    last_movement_at=maybe,
    visit_at=maybe,
    is_held=st.sampled_from([False, False, False, True]),
)


@given(states, st.lists(maybe, max_size=2), moments)
def test_it_is_stale_from_the_instant_on_at_which_it_turns_stale(
    state: LeadState, deadlines: list[datetime | None], at: datetime
) -> None:
    turns = stale_at(state, NEW_YORK, deadlines=deadlines)

    found = is_stale(state, NEW_YORK, deadlines=deadlines, at=at)

    assert found == (turns is not None and turns <= at)
    if turns is not None:
        assert is_stale(state, NEW_YORK, deadlines=deadlines, at=turns)
        before = turns - timedelta(microseconds=1)
        assert not is_stale(state, NEW_YORK, deadlines=deadlines, at=before)
