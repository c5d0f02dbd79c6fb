"""The working time of one year at one site, as a table that answers by bisection."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from trialsnest.lib.zones import DAY, stretches

Hours: TypeAlias = tuple[tuple[tuple[timedelta, timedelta], ...], ...]
"""For each weekday from Monday, `[opening, closing)` in time since midnight on the site's clock."""

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class WorkingYear:
    """The open stretches of one UTC year: in order, not touching, with the time worked before each.

    Cut at the UTC edges of the year, so that the year of an instant names its table.
    """

    opens: tuple[datetime, ...]
    closes: tuple[datetime, ...]
    worked: tuple[timedelta, ...]  # before opens[i]; then one more item, the total

    @property
    def total(self) -> timedelta:
        return self.worked[-1]

    def worked_by(self, at: datetime) -> timedelta:
        """The time worked from the beginning of the year to `at`."""
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return NOTHING
        return self.worked[index] + min(at, self.closes[index]) - self.opens[index]

    def when_worked(self, amount: timedelta) -> datetime:
        """The first instant by which `amount` is worked: more than nothing, at most the total."""
        index = bisect_left(self.worked, amount) - 1
        return self.opens[index] + (amount - self.worked[index])

    def opening_from(self, at: datetime) -> datetime | None:
        """The first open instant from `at` on, or None when the year has no more."""
        index = bisect_right(self.closes, at)
        return max(at, self.opens[index]) if index < len(self.opens) else None


@lru_cache(maxsize=512)
def working_year(zone: str, hours: Hours, closed_dates: frozenset[date], year: int) -> WorkingYear:
    """The table of `year`, made once: about two milliseconds, and some 40 kB while it is kept."""
    opens: list[datetime] = []
    closes: list[datetime] = []
    worked = [NOTHING]
    for begin, end in _openings(zone, hours, closed_dates, year):
        if closes and closes[-1] == begin:
            closes[-1] = end
            worked[-1] += end - begin
        else:
            opens.append(begin)
            closes.append(end)
            worked.append(worked[-1] + (end - begin))
    return WorkingYear(tuple(opens), tuple(closes), tuple(worked))


def _openings(
    zone: str, hours: Hours, closed_dates: frozenset[date], year: int
) -> Iterator[tuple[datetime, datetime]]:
    """`[begin, end)` of every opening in the UTC year, in order; two may touch."""
    first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    for stretch in stretches(zone, first, last):
        day = (stretch.begin + stretch.offset).date()
        while (midnight := _as_if_utc(day) - stretch.offset) < stretch.end:
            if day not in closed_dates:
                for opening, closing in hours[day.weekday()]:
                    # A clock change inside the opening cuts it, or makes part of it come again.
                    begin = max(midnight + opening, stretch.begin)
                    end = min(midnight + closing, stretch.end)
                    if begin < end:
                        yield begin, end
            day += DAY


def _as_if_utc(day: date) -> datetime:
    """The local midnight of `day`, written as if the site's clock were UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
