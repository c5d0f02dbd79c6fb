"""The day of the weekly review to come, on the site's clock."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.weekly.reminders import coming_review

TEN = time(10)
TUESDAY = 1


@pytest.mark.parametrize(
    ("now", "is_held", "on"),
    [
        (datetime(2026, 3, 2, 9), False, date(2026, 3, 3)),  # noqa: DTZ001  (a site's clock)
        (datetime(2026, 3, 3, 9, 59), False, date(2026, 3, 3)),  # noqa: DTZ001
        (datetime(2026, 3, 3, 10), False, date(2026, 3, 10)),  # noqa: DTZ001
        (datetime(2026, 3, 8, 23), False, date(2026, 3, 10)),  # noqa: DTZ001
        (datetime(2026, 3, 2, 9), True, date(2026, 3, 10)),  # noqa: DTZ001
        (datetime(2026, 3, 3, 9), True, date(2026, 3, 10)),  # noqa: DTZ001
        (datetime(2026, 3, 3, 11), True, date(2026, 3, 10)),  # noqa: DTZ001
        (datetime(2026, 3, 8, 23), True, date(2026, 3, 10)),  # noqa: DTZ001
    ],
)
def test_it_is_the_next_such_day_and_of_a_later_week_once_it_was_held(
    now: datetime, is_held: bool, on: date
) -> None:
    assert coming_review(TUESDAY, TEN, now=now, is_held=is_held) == on


@given(
    st.integers(0, 6),
    st.times(),
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001
    st.booleans(),
)
def test_it_is_to_come_within_two_weeks_and_not_in_a_week_that_had_one(
    weekday: int, at: time, now: datetime, is_held: bool
) -> None:
    on = coming_review(weekday, at, now=now, is_held=is_held)

    monday = now.date() - timedelta(days=now.weekday())
    assert on.weekday() == weekday
    assert datetime.combine(on, at) > now
    assert on - now.date() < timedelta(weeks=2)
    assert not is_held or on >= monday + timedelta(weeks=1)
