"""What a business calendar knows of itself, and the hours and dates it refuses."""

from datetime import date, time, timedelta

import pytest

from recruitment.rules.calendars import (
    DEFAULT_HOURS,
    BusinessCalendar,
    Interval,
    InvalidCalendar,
)
from tests.time_cases import NEW_YORK

WEEK = timedelta(days=7)
PLAIN = BusinessCalendar(NEW_YORK)
MONDAY_OFF = BusinessCalendar(NEW_YORK, closed_dates=frozenset({date(2026, 11, 23)}))


@pytest.mark.parametrize(
    ("intervals", "sentence"),
    [
        ((), "Give at least one opening interval."),
        (((0, time(17), time(9)),), "Monday 17:00 to 09:00 does not end after it begins."),
        (((0, time(9), time(9)),), "Monday 09:00 to 09:00 does not end after it begins."),
        (
            ((2, time(11), time(17)), (2, time(9), time(12))),
            "Wednesday 09:00 to 12:00 and Wednesday 11:00 to 17:00 overlap.",
        ),
        (
            ((6, time(9), time.min), (6, time(20), time(21))),
            "Sunday 09:00 to 00:00 and Sunday 20:00 to 21:00 overlap.",
        ),
        (((7, time(9), time(17)),), "Weekdays run from 0 (Monday) to 6 (Sunday), not 7."),
    ],
)
def test_hours_that_cannot_be_are_refused_with_a_sentence(
    intervals: tuple[Interval, ...], sentence: str
) -> None:
    with pytest.raises(InvalidCalendar) as refusal:
        BusinessCalendar(NEW_YORK, intervals)

    assert str(refusal.value) == sentence
    assert refusal.value.field == "intervals"


def test_an_unknown_zone_is_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidCalendar, match="“Mars/Olympus” is not a known time zone") as refusal:
        BusinessCalendar("Mars/Olympus")

    assert refusal.value.field == "zone"


def closed_for(days: int) -> frozenset[date]:
    """So many days from Tuesday 1 December 2026 on."""
    return frozenset(date(2026, 12, 1) + timedelta(days=number) for number in range(days))


def test_thirty_days_without_working_time_are_refused_with_a_sentence() -> None:
    BusinessCalendar(NEW_YORK, closed_dates=closed_for(28))

    with pytest.raises(InvalidCalendar) as refusal:
        BusinessCalendar(NEW_YORK, closed_dates=closed_for(30))

    assert str(refusal.value) == (
        "From Tue 1 Dec 2026 to Wed 30 Dec 2026 there is no working time;"
        " leave some in every 30 days."
    )
    assert refusal.value.field == "closed_dates"


def test_weekends_count_towards_the_thirty_days() -> None:
    """Closing five Mondays of a site that opens on Mondays only leaves it shut for 41 days."""
    mondays = frozenset(date(2026, 11, 30) + WEEK * number for number in range(5))

    with pytest.raises(InvalidCalendar, match="From Tue 24 Nov 2026 to Sun 3 Jan 2027"):
        BusinessCalendar(NEW_YORK, ((0, time(9), time(17)),), mondays)


@pytest.mark.parametrize("day", [date.min, date(1926, 11, 26), date.max])
def test_a_closed_date_far_from_our_time_is_refused_with_a_sentence(day: date) -> None:
    with pytest.raises(InvalidCalendar, match="is not between the years 2000 and 2100"):
        BusinessCalendar(NEW_YORK, closed_dates=frozenset({day}))


def test_calendars_with_the_same_hours_are_equal_in_whatever_order_they_are_given() -> None:
    assert BusinessCalendar(NEW_YORK, tuple(reversed(DEFAULT_HOURS))) == PLAIN
    assert hash(BusinessCalendar(NEW_YORK, tuple(reversed(DEFAULT_HOURS)))) == hash(PLAIN)


def test_works_on_knows_weekends_and_closed_dates() -> None:
    assert MONDAY_OFF.works_on(date(2026, 11, 20))
    assert not MONDAY_OFF.works_on(date(2026, 11, 21))
    assert not MONDAY_OFF.works_on(date(2026, 11, 23))


def test_working_days_are_counted_from_any_date_over_weekends_and_closed_dates() -> None:
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)

    assert MONDAY_OFF.working_day(friday, 1) == date(2026, 11, 24)
    assert MONDAY_OFF.working_day(saturday, 1) == date(2026, 11, 24)
    assert MONDAY_OFF.working_day(saturday, -2) == date(2026, 11, 19)
    assert MONDAY_OFF.working_day(saturday, 0) == saturday
