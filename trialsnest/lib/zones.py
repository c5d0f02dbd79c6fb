"""Time zones by name, and the one way from the clock on a wall to an instant.

Only the pinned `tzdata` wheel is read: the settings close the operating system's own path
(model.md, Time zones). Every instant handed out is in UTC; a naive one is refused.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class UnknownZone(ValueError):
    """No zone has this name. `str()` is a sentence for staff."""


class Stretch(NamedTuple):
    """`[begin, end)` in UTC, during which a zone keeps one `offset` (local clock minus UTC)."""

    begin: datetime
    end: datetime
    offset: timedelta


@cache
def zone_named(name: str) -> ZoneInfo:
    """The zone, such as America/New_York. Raises UnknownZone."""
    if name not in _known_names():
        raise UnknownZone(
            f"“{name}” is not a known time zone; choose one such as America/New_York."
        )
    return ZoneInfo(name)


@cache
def _known_names() -> frozenset[str]:
    return frozenset(available_timezones())


def as_utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive datetime, which is no instant."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone, so it is no instant.")
    return at.astimezone(UTC)


def local_time(at: datetime, zone: str) -> datetime:
    """What the clock on the wall shows in `zone` at the instant `at`."""
    return as_utc(at).astimezone(zone_named(zone))


def instant_of(day: date, clock: time, zone: str) -> datetime:
    """The UTC instant at which the clock in `zone` shows `clock` on `day`.

    Where a clock change skips that time, it is moved forward by the length of the gap (02:30
    becomes 03:30); where the time comes twice, the first is meant (fold=0).
    """
    return datetime.combine(day, clock.replace(fold=0), zone_named(zone)).astimezone(UTC)


def start_of(day: date, zone: str) -> datetime:
    """The UTC instant at which `day` starts in `zone`, by the rules of `instant_of`."""
    return instant_of(day, time.min, zone)


def stretches(zone: str, begin: datetime, end: datetime) -> Iterator[Stretch]:
    """Cut `[begin, end)` wherever the zone's clock changes; both in UTC, on whole seconds.

    Looks once a day, so two changes within 24 hours would be missed; no zone of the pinned
    wheel has that between 1970 and 2037.
    """
    info = zone_named(zone)
    start = at = begin
    while at < end:
        following = min(at + DAY, end)
        if _offset(info, following) != _offset(info, at):
            change = _first_change(info, at, following)
            yield Stretch(start, change, _offset(info, at))
            start = change
        at = following
    if start < end:
        yield Stretch(start, end, _offset(info, start))


def _offset(info: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(info).replace(tzinfo=UTC) - at


def _first_change(info: ZoneInfo, begin: datetime, end: datetime) -> datetime:
    """The first second after `begin`, `end` at the latest, that has another offset than `begin`."""
    seconds = range((end - begin) // SECOND)
    offset = _offset(info, begin)
    return begin + SECOND * bisect_left(
        seconds, True, key=lambda second: _offset(info, begin + SECOND * second) != offset
    )
