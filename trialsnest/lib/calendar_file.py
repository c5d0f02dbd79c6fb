"""Calendar files (RFC 5545). Pure: the moment and every word are arguments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//TrialsNest//Weekly review//EN"
AHEAD = timedelta(days=3660)  # for which the clock changes of a zone are written out
DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayEntry:
    """A whole day. `uid` is the same for ever, `sequence` grows with every change."""

    uid: str
    on: date
    summary: str
    url: str
    sequence: int = 0
    is_canceled: bool = False


@dataclass(frozen=True)
class WeeklyEntry:
    """Every week from `first`, an aware time on the clock of a zone, for so long."""

    uid: str
    first: datetime
    length: timedelta
    summary: str
    url: str
    sequence: int = 0


def calendar_file(entries: Iterable[DayEntry | WeeklyEntry], *, at: datetime) -> bytes:
    """The file of these entries as made at `at` (UTC); lines end in CRLF and are folded.

    A weekly entry keeps its hour when clocks change: its zone is written with it. A day takes no
    room between meetings.
    """
    found = list(entries)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for entry in found:
        calendar.add_component(_event(entry, at))
    firsts = [entry.first.date() for entry in found if isinstance(entry, WeeklyEntry)]
    if firsts:
        calendar.add_missing_timezones(min(firsts) - DAY * 366, max(firsts) + AHEAD)
    return bytes(calendar.to_ical())


def _event(entry: DayEntry | WeeklyEntry, at: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", entry.sequence)
    event.add("summary", entry.summary)
    event.add("description", entry.url)
    event.add("url", entry.url)
    if isinstance(entry, WeeklyEntry):
        event.add("dtstart", entry.first)
        event.add("duration", entry.length)
        event.add("rrule", {"freq": "weekly"})
        return event
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + DAY)  # the day after, which is not part of it
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if entry.is_canceled else "CONFIRMED")
    return event
