"""A site's opening hours, and the arithmetic of due times in them (CK1, CK2, CK7).

Everything follows from one increasing function: the business time a site has worked up to an
instant. The time between two instants is its difference; a due time is its inverse. A site is
open at an instant when its own clock then shows a time inside an opening interval of a day that
is not closed; so an hour that a clock change skips is not worked, and one that comes twice is
worked twice. All functions take aware datetimes of any zone and answer in UTC; a naive datetime
raises ValueError. A due time lies inside hours or at a closing instant: what is due by the next
opening is due by the closing before it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TypeAlias

from recruitment.rules.refusals import InvalidInput
from recruitment.rules.working_year import NOTHING, Hours, WorkingYear, working_year
from trialsnest.lib.zones import DAY, UnknownZone, as_utc, local_time, start_of, zone_named

Interval: TypeAlias = tuple[int, time, time]
"""(weekday with Monday 0, opening, closing) on the site's clock. Closing at 00:00 is midnight at
the end of the day; a shift over midnight is written as two intervals."""

DEFAULT_HOURS: tuple[Interval, ...] = tuple((day, time(9), time(17)) for day in range(5))
"""Monday to Friday, 09:00 to 17:00 (CK1)."""

LONGEST_REST = timedelta(days=30)
CLOSED_YEARS = range(2000, 2101)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class InvalidCalendar(InvalidInput):
    """Hours or closed dates that no due time could be computed from."""


@dataclass(frozen=True)
class BusinessCalendar:
    """When a site works: its zone, its opening intervals by weekday, the dates it is closed.

    Intervals may touch; how they are split changes no result. Raises InvalidCalendar, naming the
    field, for an unknown zone, an interval that ends before it begins or overlaps another, closed
    dates outside the years 2000 to 2100, and ones that leave 30 days in a row without working time.
    """

    zone: str
    intervals: tuple[Interval, ...] = DEFAULT_HOURS
    closed_dates: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "intervals", tuple(sorted(self.intervals)))
        _check_zone(self.zone)
        _check_intervals(self.intervals)
        _check_rest(self)

    @cached_property
    def hours(self) -> Hours:
        """The intervals by weekday, as the arithmetic wants them."""
        return tuple(
            tuple(_span(interval) for interval in self.intervals if interval[0] == weekday)
            for weekday in range(7)
        )

    def works_on(self, day: date) -> bool:
        """Whether the site has opening hours on the local date `day`."""
        return day not in self.closed_dates and bool(self.hours[day.weekday()])

    def working_day(self, day: date, days: int) -> date:
        """The working day `days` working days after the local date `day`; before it if negative.

        Counts dates only, for what is planned on a day: use `add_business_days` for a due time.
        """
        step = DAY if days > 0 else -DAY
        for _ in range(abs(days)):
            day += step
            while not self.works_on(day):
                day += step
        return day

    def year(self, year: int) -> WorkingYear:
        """The working time of one UTC year; kept for all equal calendars."""
        found = self._years.get(year)
        if found is None:
            found = working_year(self.zone, self.hours, self.closed_dates, year)
            self._years[year] = found
        return found

    @cached_property
    def _years(self) -> dict[int, WorkingYear]:
        """Those that were asked for: to look one up by its hours takes longer than to use it."""
        return {}


def add_business_time(start: datetime, amount: timedelta, calendar: BusinessCalendar) -> datetime:
    """The first instant by which the site has worked `amount` since `start` (CK1, CK2).

    Outside hours the count begins at the next opening. Exactly one day from an opening ends at
    that day's closing. Nothing added is `start` itself when the site is open or just closing,
    else the next opening. A negative amount counts back.
    """
    if amount == NOTHING:
        closing = _when_worked(start, NOTHING, calendar) == start
        return as_utc(start) if closing else next_opening(start, calendar)
    return _when_worked(start, amount, calendar)


def business_time_between(start: datetime, end: datetime, calendar: BusinessCalendar) -> timedelta:
    """The time the site works in `[start, end)`; negative when `end` is before `start`."""
    start, end = as_utc(start), as_utc(end)
    if end < start:
        return -business_time_between(end, start, calendar)
    worked = calendar.year(end.year).worked_by(end) - calendar.year(start.year).worked_by(start)
    for year in range(start.year, end.year):
        worked += calendar.year(year).total
    return worked


def add_business_days(start: datetime, days: int, calendar: BusinessCalendar) -> datetime:
    """The same position in the working day, `days` working days after `start` (CK1).

    The count begins at `start`, or at the next opening when the site is closed. The position is
    the business time worked in that day until then; on a shorter day it is at most its closing.
    The very beginning of a day is the closing of the working day before: in business time they
    are one moment, so one day from Monday's opening is Monday's closing. Where all working days
    are equally long, the answer is that of `add_business_time` with so many times their length.
    A negative number counts back.
    """
    if not days:
        return add_business_time(start, NOTHING, calendar)
    begun = next_opening(start, calendar)
    first = local_time(begun, calendar.zone).date()
    last = calendar.working_day(first, days)
    position = business_time_between(start_of(first, calendar.zone), begun, calendar)
    opening, closing = start_of(last, calendar.zone), start_of(last + DAY, calendar.zone)
    length = business_time_between(opening, closing, calendar)
    return _when_worked(opening, min(position, length), calendar)


def next_opening(at: datetime, calendar: BusinessCalendar) -> datetime:
    """The first instant from `at` on at which the site is open: `at` itself when it is (CK2)."""
    at = as_utc(at)
    year = at.year
    while (opening := calendar.year(year).opening_from(at)) is None:
        year += 1
    return opening


def is_open(at: datetime, calendar: BusinessCalendar) -> bool:
    """Whether the site is open at `at`. At the closing instant it no longer is."""
    return next_opening(at, calendar) == at


def _when_worked(at: datetime, amount: timedelta, calendar: BusinessCalendar) -> datetime:
    """The first instant at which the site has worked `amount` more than at `at`.

    For nothing that is `at` itself if the site was open until then, else the closing before it.
    """
    at = as_utc(at)
    year = at.year
    amount += calendar.year(year).worked_by(at)
    while amount > (total := calendar.year(year).total):
        amount -= total
        year += 1
    while amount <= NOTHING:
        year -= 1
        amount += calendar.year(year).total
    return calendar.year(year).when_worked(amount)


def _check_zone(zone: str) -> None:
    try:
        zone_named(zone)
    except UnknownZone as problem:
        raise InvalidCalendar(str(problem), field="zone") from problem


def _check_intervals(intervals: tuple[Interval, ...]) -> None:
    if not intervals:
        raise InvalidCalendar("Give at least one opening interval.", field="intervals")
    for interval in intervals:
        if interval[0] not in range(7):
            raise InvalidCalendar(
                f"Weekdays run from 0 (Monday) to 6 (Sunday), not {interval[0]}.", field="intervals"
            )
        opening, closing = _span(interval)
        if closing <= opening:
            raise InvalidCalendar(
                f"{_words(interval)} does not end after it begins.", field="intervals"
            )
    for earlier, later in pairwise(intervals):
        if earlier[0] == later[0] and _span(earlier)[1] > _span(later)[0]:
            raise InvalidCalendar(
                f"{_words(earlier)} and {_words(later)} overlap.", field="intervals"
            )


@lru_cache(maxsize=512)
def _check_rest(calendar: BusinessCalendar) -> None:
    for day in sorted(calendar.closed_dates):
        if day.year not in CLOSED_YEARS:
            raise InvalidCalendar(
                f"{_day_words(day)} is not between the years 2000 and 2100.", field="closed_dates"
            )
        before, after = calendar.working_day(day, -1), calendar.working_day(day, 1)
        if after - before > LONGEST_REST:
            raise InvalidCalendar(
                f"From {_day_words(before + DAY)} to {_day_words(after - DAY)} there is no working"
                " time; leave some in every 30 days.",
                field="closed_dates",
            )


def _span(interval: Interval) -> tuple[timedelta, timedelta]:
    """Opening and closing as time since midnight on the site's clock."""
    _, opening, closing = interval
    return _since_midnight(opening), _since_midnight(closing) or DAY


def _since_midnight(clock: time) -> timedelta:
    return timedelta(
        hours=clock.hour,
        minutes=clock.minute,
        seconds=clock.second,
        microseconds=clock.microsecond,
    )


def _words(interval: Interval) -> str:
    weekday, opening, closing = interval
    return f"{WEEKDAYS[weekday]} {opening:%H:%M} to {closing:%H:%M}"


def _day_words(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b} {day.year}"
