"""Calendar weeks and report times as half-open windows of UTC instants (house rule 7, D12, D35).

A week is not always 168 hours: the one with a clock change has 167 or 169, on Lord Howe Island
167.5 or 168.5. So a boundary is always computed from a local date, never by adding hours.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal, Self, TypeAlias

from trialsnest.lib.zones import as_utc, instant_of, local_time, start_of, zone_named

Cadence: TypeAlias = Literal[1, 2, "monthly"]
"""How often a study reports: every so many weeks, or once a month (D35)."""

WEEK = timedelta(weeks=1)
TWO_WEEKLY_FROM = date(2024, 1, 1)
"""A Monday. Two-weekly reports close in this week and every second one after and before it,
which ISO week numbers could not say: after a week 53 comes a week 1."""


@dataclass(frozen=True)
class Week:
    """The local week of `zone` that starts on `monday`, as `[start, end)`.

    Every instant is in exactly one week of a zone. Raises UnknownZone, and ValueError when
    `monday` is another day.
    """

    monday: date
    zone: str

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if self.monday.weekday() != 0:
            raise ValueError(f"{self.monday:%A %Y-%m-%d} is not a Monday.")

    @classmethod
    def containing(cls, at: datetime, zone: str) -> Self:
        """The week of `zone` that holds the instant `at`.

        The local date decides. It cannot mislead: no clock of the pinned wheel has gone back over
        the midnight before a Monday since 1900.
        """
        day = local_time(at, zone).date()
        return cls(day - timedelta(days=day.weekday()), zone)

    @classmethod
    def labelled(cls, label: str, zone: str) -> Self:
        """The week with an ISO label such as 2026-W53. Raises ValueError with a sentence."""
        try:
            monday = date.fromisoformat(f"{label}-1")
        except ValueError as problem:
            raise ValueError(f"“{label}” is not a week; write it like 2026-W53.") from problem
        return cls(monday, zone)

    @cached_property
    def start(self) -> datetime:
        """The first instant of the week, in UTC."""
        return start_of(self.monday, self.zone)

    @cached_property
    def end(self) -> datetime:
        """The first instant of the next week, in UTC; not part of this one."""
        return start_of(self.monday + WEEK, self.zone)

    @property
    def label(self) -> str:
        """The ISO week, such as 2026-W53; labels sort as the weeks do."""
        year, number, _ = self.monday.isocalendar()
        return f"{year:04}-W{number:02}"

    def next(self) -> Self:
        return type(self)(self.monday + WEEK, self.zone)

    def previous(self) -> Self:
        return type(self)(self.monday - WEEK, self.zone)

    def __contains__(self, at: datetime) -> bool:
        return self.start <= as_utc(at) < self.end


@dataclass(frozen=True)
class ReportTime:
    """When a study's reports close: a weekday (Monday 0) and local time of its zone (D12, D35).

    Weekly; two-weekly in the rhythm of TWO_WEEKLY_FROM; or monthly on the month's first such
    weekday. A time that a clock change skips or repeats is read as `instant_of` reads it.
    Raises UnknownZone, and ValueError for a weekday or cadence that does not exist.
    """

    zone: str
    weekday: int
    clock: time
    cadence: Cadence = 1

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if self.weekday not in range(7):
            raise ValueError(f"Weekdays run from 0 (Monday) to 6 (Sunday), not {self.weekday}.")
        if self.cadence not in (1, 2, "monthly"):
            raise ValueError(f"Reports are weekly, two-weekly or monthly, not {self.cadence!r}.")

    def last_boundary(self, at: datetime) -> datetime:
        """The latest boundary that is not after `at`, in UTC."""
        return self._boundary(self._number_of_last(at))

    def next_boundary(self, at: datetime) -> datetime:
        """The earliest boundary that is after `at`, in UTC."""
        return self._boundary(self._number_of_last(at) + 1)

    def _number_of_last(self, at: datetime) -> int:
        day = local_time(at, self.zone).date()
        if self.cadence == "monthly":
            number = day.year * 12 + day.month - 1
        else:
            number = (day - TWO_WEEKLY_FROM) // (WEEK * self.cadence)
        number += 1  # a midnight that comes twice is a boundary before its date has ended
        while self._boundary(number) > at:
            number -= 1
        return number

    def _boundary(self, number: int) -> datetime:
        """Boundaries are numbered without a gap: by month, or by period from TWO_WEEKLY_FROM."""
        if self.cadence == "monthly":
            first = date(number // 12, number % 12 + 1, 1)
            day = first + timedelta(days=(self.weekday - first.weekday()) % 7)
        else:
            day = TWO_WEEKLY_FROM + WEEK * self.cadence * number + timedelta(days=self.weekday)
        return instant_of(day, self.clock, self.zone)
