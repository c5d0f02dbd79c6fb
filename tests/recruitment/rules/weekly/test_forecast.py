"""The visits of the next seven days: what counts, how wide the range is, how often it is right."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from recruitment.rules.weekly.forecast import (
    WEEKS,
    BookedVisit,
    Days,
    Range,
    Seen,
    attended_in,
    booked_in,
    forecast,
    unrecorded_in,
)

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NINE = FIRST + 9 * HOUR
DAYS = Days(FIRST, FIRST + 7 * DAY, NINE)
AHEAD = BookedVisit(FIRST + 2 * DAY, FIRST - 5 * DAY)


@pytest.mark.parametrize(
    ("visit", "counts"),
    [
        (AHEAD, True),
        (BookedVisit(FIRST, FIRST - DAY), True),
        (BookedVisit(FIRST - HOUR, FIRST - DAY), False),
        (BookedVisit(FIRST + 7 * DAY, FIRST - DAY), False),
        (BookedVisit(FIRST + 2 * DAY, NINE), True),
        (BookedVisit(FIRST + 2 * DAY, NINE + HOUR), False),
        (BookedVisit(FIRST + 2 * DAY, FIRST - DAY, NINE, attended=False), False),
        (BookedVisit(FIRST + 2 * DAY, FIRST - DAY, NINE + HOUR, attended=False), True),
        (BookedVisit(FIRST + 8 * HOUR, FIRST - DAY, NINE, attended=True), True),
    ],
    ids=[
        "ahead",
        "at the first instant",
        "before it",
        "at the end",
        "booked as it is looked at",
        "booked later",
        "missed or moved by then",
        "missed or moved later",
        "attended by then",
    ],
)
def test_what_stood_in_the_book(visit: BookedVisit, counts: bool) -> None:
    assert booked_in([visit], DAYS) == int(counts)


def test_what_took_place_is_what_was_recorded_as_attended_by_now() -> None:
    later = NINE + 3 * DAY
    came = BookedVisit(FIRST + 2 * DAY, FIRST, later, attended=True)
    missed = BookedVisit(FIRST + 2 * DAY, FIRST, later)

    assert attended_in([came, missed, AHEAD], DAYS, now=later) == 1
    assert attended_in([came], DAYS, now=later - HOUR) == 0


def test_a_visit_that_is_over_without_a_result_is_told_apart() -> None:
    later = FIRST + 3 * DAY
    assert unrecorded_in([AHEAD], DAYS, now=later) == 1
    assert unrecorded_in([AHEAD], DAYS, now=FIRST + DAY) == 0
    told = BookedVisit(AHEAD.starts_at, AHEAD.booked_at, later, attended=True)
    assert unrecorded_in([told], DAYS, now=later) == 0


def test_no_range_before_eight_weeks() -> None:
    assert forecast(5, [Seen(4, 4)] * (WEEKS - 1)) is None
    assert forecast(5, [Seen(4, 4)] * WEEKS) == Range(5, 5)


def test_the_range_lies_around_what_is_booked_and_what_usually_comes_of_it() -> None:
    past = [Seen(6, 6 - lost) for lost in (1, 2, 1, 2, 1, 2, 1, 2)]

    found = forecast(10, past)

    # 10 - 1.5, and 1.4149 x 0.5345 x 1.0607 = 0.80 to both sides, rounded outwards
    assert found == Range(7, 10)


def test_only_the_last_eight_weeks_count() -> None:
    assert forecast(3, [Seen(4, 4)] * WEEKS + [Seen(9, 0)]) == Range(3, 3)


def test_no_range_goes_below_no_visit() -> None:
    past = [Seen(5, came) for came in (0, 5, 0, 5, 0, 5, 0, 5)]

    found = forecast(0, past)

    assert found is not None
    assert found.low == 0
    assert found.high >= 0


def test_four_weeks_in_five_fall_inside() -> None:
    """3,000 histories of a site where each booked visit takes place with the same chance."""
    chance = random.Random(7)

    def week() -> Seen:
        booked = chance.randint(3, 14)
        return Seen(booked, sum(chance.random() < 0.8 for _ in range(booked)))

    inside = 0
    for _ in range(3000):
        *past, coming = [week() for _ in range(WEEKS + 1)]
        found = forecast(coming.booked, past)
        assert found is not None
        inside += found.low <= coming.attended <= found.high
    assert inside / 3000 >= 0.8
