"""States of records: every state against every state, the roll-up, and when to chase."""

from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement

import pytest

from recruitment.rules.calendars import BusinessCalendar, add_business_days
from recruitment.rules.records import (
    ADVANCE,
    CLEAR,
    NEXT,
    OUTSTANDING,
    POSITION,
    ItemState,
    check_step,
    next_chase,
    roll_up,
)
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import RecordsState

R = RecordsState
NEW_YORK = BusinessCalendar("America/New_York")
TERMS = Terms(((None, NEW_YORK),))
MONDAY = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)  # 10:00 in New York

LEGAL = {
    "needed": "requested received not_required unobtainable waived",
    "requested": "received not_required unobtainable waived",
    "received": "reviewed incomplete not_required waived",
    "incomplete": "requested received not_required unobtainable waived",
    "reviewed": "incomplete not_required",
    "unobtainable": "requested received not_required waived",
    "waived": "needed",
    "not_required": "needed",
}


def test_the_order_of_states_holds_each_of_the_eight_once() -> None:
    assert [state.value for state in ADVANCE] == [
        "needed",
        "incomplete",
        "requested",
        "received",
        "unobtainable",
        "waived",
        "reviewed",
        "not_required",
    ]
    assert set(ADVANCE) == set(RecordsState) == set(NEXT)


@pytest.mark.parametrize("target", list(RecordsState))
@pytest.mark.parametrize("current", list(RecordsState))
def test_every_state_against_every_state(current: RecordsState, target: RecordsState) -> None:
    if target.value in LEGAL[current].split():
        check_step(current, target)
        return
    with pytest.raises(InvalidInput, match="It may become: ") as refusal:
        check_step(current, target)
    assert refusal.value.field == "step"
    for state in NEXT[current]:
        assert state.label.lower() in str(refusal.value)


def test_the_roll_up_of_any_three_items_is_the_least_advanced_required_one() -> None:
    for states in combinations_with_replacement(RecordsState, 3):
        least = min(states, key=POSITION.__getitem__)
        assert roll_up(ItemState(state) for state in states) == least


def test_without_a_required_item_records_are_not_required() -> None:
    assert roll_up([]) == R.NOT_REQUIRED
    assert roll_up([ItemState(R.NEEDED, is_required=False)]) == R.NOT_REQUIRED
    assert roll_up([ItemState(R.NEEDED, is_required=False), ItemState(R.WAIVED)]) == R.WAIVED


def test_dates_may_be_offered_with_three_roll_ups_only() -> None:
    assert {"not_required", "reviewed", "waived"} == CLEAR
    assert not CLEAR & OUTSTANDING


def test_a_record_is_chased_every_five_business_days_by_phone_from_the_second_on() -> None:
    first = next_chase(MONDAY, TERMS, chased_at=None, chases=0)
    second = next_chase(MONDAY, TERMS, chased_at=first.at, chases=1)

    assert first.at == MONDAY + timedelta(days=7)
    assert not first.by_phone
    assert not first.is_decision
    assert second.by_phone
    assert not second.is_decision


def test_after_fifteen_business_days_a_decision_is_due_and_not_one_more_chase() -> None:
    chased = add_business_days(MONDAY, 12, NEW_YORK)

    found = next_chase(MONDAY, TERMS, chased_at=chased, chases=2)

    assert found.is_decision
    assert found.at == add_business_days(MONDAY, 15, NEW_YORK)


def test_who_chases_after_the_decision_was_due_is_asked_again_five_business_days_later() -> None:
    late = add_business_days(MONDAY, 16, NEW_YORK)

    found = next_chase(MONDAY, TERMS, chased_at=late, chases=3)

    assert found.is_decision
    assert found.at == add_business_days(late, 5, NEW_YORK)
