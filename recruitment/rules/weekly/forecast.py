"""How many visits the next seven days will probably see, from what came of the last eight weeks.

A forecast is for the people who plan the rooms. No paper of a sponsor has it (D39).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor, sqrt
from statistics import fmean, stdev

WEEKS = 8  # weeks that a forecast looks back on; none before there are as many
DAYS = 7  # it looks ahead, the day it is made among them
_T = 1.414924  # nine tenths of Student's t with 7 degrees of freedom lie below it


@dataclass(frozen=True)
class BookedVisit:
    """One visit as the log tells it; times are UTC. `ended_at` is when its result was recorded."""

    starts_at: datetime
    booked_at: datetime
    ended_at: datetime | None = None
    attended: bool = False


@dataclass(frozen=True)
class Days:
    """Seven days of a site as `[first, end)`, and the moment at which they are looked at, UTC."""

    first: datetime
    end: datetime
    known_at: datetime


@dataclass(frozen=True)
class Seen:
    """Visits that stood in the book for some days, and those that took place in them."""

    booked: int
    attended: int


@dataclass(frozen=True)
class Range:
    """From `low` to `high` visits, both possible: four times in five it is among them."""

    low: int
    high: int


def booked_in(visits: Iterable[BookedVisit], days: Days) -> int:
    """Visits of those days that were in the book when they were looked at.

    One that had taken place by then counts, one that had been missed or moved does not.
    """
    return sum(1 for one in visits if _is_of(one, days) and _is_booked(one, days.known_at))


def attended_in(visits: Iterable[BookedVisit], days: Days, *, now: datetime) -> int:
    """Visits of those days that were attended, as recorded by `now`."""
    return sum(
        1
        for one in visits
        if _is_of(one, days) and one.attended and one.ended_at is not None and one.ended_at <= now
    )


def unrecorded_in(visits: Iterable[BookedVisit], days: Days, *, now: datetime) -> int:
    """Visits of those days that are over without a result by `now`."""
    return sum(
        1
        for one in visits
        if _is_of(one, days)
        and one.starts_at < now
        and one.booked_at <= now
        and (one.ended_at is None or one.ended_at > now)
    )


def forecast(booked: int, past: Sequence[Seen]) -> Range | None:
    """The 80 % prediction interval of the visits attended; None with less than eight weeks.

    What came of a week is its attended visits less those that were booked when it began. Student's
    t of the last eight of these, with their mean, widens what is booked now; rounded outwards,
    never below 0.
    """
    if len(past) < WEEKS:
        return None
    spread = [week.attended - week.booked for week in past[:WEEKS]]
    half = _T * stdev(spread) * sqrt(1 + 1 / WEEKS)
    middle = booked + fmean(spread)
    return Range(max(0, floor(middle - half)), max(0, ceil(middle + half)))


def _is_of(one: BookedVisit, days: Days) -> bool:
    return days.first <= one.starts_at < days.end


def _is_booked(one: BookedVisit, at: datetime) -> bool:
    if one.booked_at > at:
        return False
    return one.ended_at is None or one.ended_at > at or one.attended
