"""What must hold of every calendar, moment and amount, against the minute walk and in itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.calendars import (
    BusinessCalendar,
    Interval,
    add_business_days,
    add_business_time,
    business_time_between,
    is_open,
    next_opening,
)
from tests.plugin.soak import Soak
from tests.recruitment.rules.minute_walk import MINUTE, open_minutes
from tests.time_cases import changes_from, changing_zones

TICK = timedelta(microseconds=1)
ZONES = changing_zones()
CHANGES = changes_from(2026)


def clock(minute: int) -> time:
    """The time so many minutes after midnight; 1440 is written 00:00, as intervals end."""
    return time(minute // 60 % 24, minute % 60)


@st.composite
def weeks_of_hours(draw: st.DrawFn) -> tuple[Interval, ...]:
    """Up to three intervals on each weekday, some touching; at least one in the week."""
    intervals: list[Interval] = []
    for weekday in draw(st.sets(st.integers(0, 6), min_size=1)):
        marks = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
        spans = list(pairwise(marks)) if draw(st.booleans()) else zip(marks[::2], marks[1::2])  # noqa: B905 - an odd mark is left over
        intervals += [(weekday, clock(15 * first), clock(15 * last)) for first, last in spans]
    return tuple(intervals)


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    days = st.dates(date(2026, 1, 1), date(2030, 12, 31))
    return BusinessCalendar(
        draw(st.sampled_from(ZONES)), draw(weeks_of_hours()), draw(st.frozensets(days, max_size=3))
    )


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Any moment of five years, and as often one within two days of a clock change."""
    if draw(st.booleans()):
        _, change = draw(st.sampled_from(CHANGES))
        return change + draw(st.timedeltas(-timedelta(days=2), timedelta(days=2)))
    year = datetime(2026, 1, 1, tzinfo=UTC)
    return year + draw(st.timedeltas(timedelta(0), timedelta(days=5 * 365)))


AMOUNTS = st.timedeltas(timedelta(0), timedelta(hours=100))


@given(calendars(), moments(), st.timedeltas(-timedelta(hours=100), timedelta(hours=100)))
def test_the_time_between_a_start_and_its_due_time_is_what_was_added(
    calendar: BusinessCalendar, start: datetime, amount: timedelta
) -> None:
    due = add_business_time(start, amount, calendar)

    assert business_time_between(start, due, calendar) == amount
    assert due.tzinfo is UTC


@given(calendars(), moments(), st.timedeltas(TICK, timedelta(hours=100)))
def test_a_due_time_is_the_first_instant_by_which_the_amount_is_worked(
    calendar: BusinessCalendar, start: datetime, amount: timedelta
) -> None:
    due = add_business_time(start, amount, calendar)

    assert due > start
    assert business_time_between(start, due - TICK, calendar) == amount - TICK
    assert is_open(due - TICK, calendar), "inside hours or at a closing instant"


@given(calendars(), moments(), AMOUNTS, AMOUNTS)
def test_adding_in_two_parts_is_adding_at_once(
    calendar: BusinessCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    stop = add_business_time(start, first, calendar)

    assert add_business_time(stop, second, calendar) == add_business_time(
        start, first + second, calendar
    )


@given(calendars(), moments(), moments(), moments())
def test_the_time_between_adds_up_over_any_moment_on_the_way(
    calendar: BusinessCalendar, one: datetime, two: datetime, three: datetime
) -> None:
    assert business_time_between(one, two, calendar) + business_time_between(
        two, three, calendar
    ) == business_time_between(one, three, calendar)


@given(calendars(), moments(), AMOUNTS, AMOUNTS, st.integers(0, 12), st.integers(0, 12))
def test_later_starts_and_larger_amounts_are_never_due_earlier(
    calendar: BusinessCalendar,
    start: datetime,
    wait: timedelta,
    amount: timedelta,
    days: int,
    more: int,
) -> None:
    later = start + wait

    assert add_business_time(start, amount, calendar) <= add_business_time(later, amount, calendar)
    assert add_business_time(start, amount, calendar) <= add_business_time(
        start, amount + wait, calendar
    )
    assert add_business_days(start, days, calendar) <= add_business_days(later, days, calendar)
    assert add_business_days(start, days, calendar) <= add_business_days(
        start, days + more, calendar
    )
    assert next_opening(start, calendar) <= next_opening(later, calendar)


@given(calendars(), moments(), AMOUNTS, st.data())
def test_splitting_an_opening_interval_changes_nothing(
    calendar: BusinessCalendar, start: datetime, amount: timedelta, data: st.DataObject
) -> None:
    chosen = data.draw(st.sampled_from(calendar.intervals))
    weekday, opens, closes = chosen
    end = closes.hour * 60 + closes.minute or 1440
    middle = clock(data.draw(st.integers(opens.hour * 60 + opens.minute + 1, end - 1)))
    rest = tuple(interval for interval in calendar.intervals if interval != chosen)
    split = BusinessCalendar(
        calendar.zone,
        (*rest, (weekday, opens, middle), (weekday, middle, closes)),
        calendar.closed_dates,
    )

    assert add_business_time(start, amount, split) == add_business_time(start, amount, calendar)
    assert add_business_time(start, -amount, split) == add_business_time(start, -amount, calendar)
    assert add_business_days(start, 3, split) == add_business_days(start, 3, calendar)
    assert next_opening(start, split) == next_opening(start, calendar)


@given(st.sampled_from(ZONES), moments(), st.integers(-12, 12), st.data())
def test_business_days_are_business_time_where_all_days_are_equally_long(
    zone: str, start: datetime, days: int, data: st.DataObject
) -> None:
    """By day only: a night with a clock change is longer or shorter than its neighbors."""
    opening = data.draw(st.integers(6, 12))
    weekdays = data.draw(st.sets(st.integers(0, 6), min_size=1))
    calendar = BusinessCalendar(zone, tuple((day, time(opening), time(20)) for day in weekdays))

    assert add_business_days(start, days, calendar) == add_business_time(
        start, days * timedelta(hours=20 - opening), calendar
    )


@given(calendars(), moments(), st.integers(1, 12))
def test_a_due_time_in_days_is_inside_hours_or_at_a_closing_instant(
    calendar: BusinessCalendar, start: datetime, days: int
) -> None:
    due = add_business_days(start, days, calendar)

    assert due >= start
    assert is_open(due - TICK, calendar)


@given(calendars(), moments())
def test_the_next_opening_is_open_and_nothing_is_worked_before_it(
    calendar: BusinessCalendar, at: datetime
) -> None:
    opening = next_opening(at, calendar)

    assert opening >= at
    assert is_open(opening, calendar)
    assert business_time_between(at, opening, calendar) == timedelta(0)
    assert is_open(at, calendar) == (opening == at)


def agrees_with_the_minute_walk(
    calendar: BusinessCalendar, begin: datetime, end: datetime, choose: Callable[[int], int]
) -> int:
    """Check every function over `[begin, end)`; `choose(n)` picks one of n. How many were open."""
    walked = open_minutes(
        begin,
        end,
        zone=calendar.zone,
        intervals=calendar.intervals,
        closed_dates=calendar.closed_dates,
    )
    assert business_time_between(begin, end, calendar) == len(walked) * MINUTE
    if walked:
        assert next_opening(begin, calendar) == walked[0]
        number = choose(len(walked))
        due = add_business_time(begin, (number + 1) * MINUTE, calendar)
        assert due == walked[number] + MINUTE
        assert is_open(walked[number], calendar)
    assert is_open(begin, calendar) == (begin in walked[:1])
    return len(walked)


@pytest.mark.slow
@given(calendars(), moments(), st.integers(1, 6 * 1440), st.data())
def test_the_minute_walk_agrees_on_any_calendar(
    calendar: BusinessCalendar, moment: datetime, minutes: int, data: st.DataObject
) -> None:
    begin = moment.replace(second=0, microsecond=0)

    agrees_with_the_minute_walk(
        calendar, begin, begin + minutes * MINUTE, lambda n: data.draw(st.integers(0, n - 1))
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zone", "change"), CHANGES, ids=lambda value: str(value).replace("+00:00", "")
)
def test_the_minute_walk_agrees_over_every_clock_change_of_five_years(
    zone: str, change: datetime
) -> None:
    nights = tuple((day, time(0, 10), time(2, 40)) for day in range(7))
    evenings = tuple((day, time(22, 15), time.min) for day in range(7))
    calendar = BusinessCalendar(zone, nights + evenings)
    begin = change - timedelta(hours=9)

    assert agrees_with_the_minute_walk(
        calendar, begin, begin + timedelta(hours=18), lambda n: n // 2
    )


@pytest.mark.soak
def test_the_minute_walk_agrees_a_hundred_thousand_times(soak: Soak) -> None:
    chance = soak.chance
    first_day = date(2026, 1, 1)
    for _ in range(100_000):
        zone, change = chance.choice(CHANGES)
        intervals: list[Interval] = []
        for weekday in chance.sample(range(7), chance.randint(1, 7)):
            marks = sorted(chance.sample(range(97), 2 * chance.randint(1, 3)))
            spans = zip(marks[::2], marks[1::2], strict=True)
            intervals += [(weekday, clock(15 * a), clock(15 * b)) for a, b in spans]
        closed = {first_day + timedelta(days=chance.randrange(1826)) for _ in range(5)}
        closed.add((change + timedelta(days=chance.randint(-3, 3))).date())
        calendar = BusinessCalendar(zone, tuple(intervals), frozenset(closed))
        begin = change + timedelta(minutes=chance.randint(-2000, 2000))
        length = timedelta(minutes=chance.randint(1, 2 * 1440))
        agrees_with_the_minute_walk(calendar, begin, begin + length, chance.randrange)
    soak.record("random calendars and windows against the minute walk", 100_000)
