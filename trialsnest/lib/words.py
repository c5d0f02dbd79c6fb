"""Dates, ages and counts in staff's words. Pure: the zone and the moment are arguments.

Days read `Tue 17 Nov 2026` and times follow the 24 hour clock, because neither can be misread
between countries. Names of days are written here, so no server locale can change them.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

DueState = Literal["overdue", "today", "later"]


@dataclass(frozen=True)
class DueWords:
    """When something is due, in words, and which of three looks it takes."""

    text: str
    state: DueState


def local(at: datetime, zone: str) -> datetime:
    """`at` on the clock of `zone` (an IANA name). Raises ValueError for a naive `at`."""
    if at.tzinfo is None:
        raise ValueError("A moment without an offset has no place on a clock.")
    return at.astimezone(ZoneInfo(zone))


def day(value: date) -> str:
    """`Tue 17 Nov 2026`; a datetime is read on its own clock."""
    return f"{day_short(value)} {value.year}"


def day_short(value: date) -> str:
    """`Tue 17 Nov`, where the year cannot be in doubt."""
    return f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]}"


def weekday_short(weekday: int) -> str:
    """`Tue` for 1; Monday is 0."""
    return _DAYS[weekday]


def month(value: date) -> str:
    """`Nov 2026`."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def clock(value: datetime) -> str:
    """`09:05`, on the clock that `value` carries."""
    return f"{value.hour:02}:{value.minute:02}"


def moment(value: datetime) -> str:
    """`Tue 17 Nov 2026, 09:05`."""
    return f"{day(value)}, {clock(value)}"


def period(start: datetime, end: datetime, zone: str) -> str:
    """`Mon 9 Nov to Sun 15 Nov 2026`: `[start, end)` by its first and last day in `zone`."""
    first, last = local(start, zone), local(end - timedelta(microseconds=1), zone)
    opening = day_short(first) if first.year == last.year else day(first)
    return f"{opening} to {day(last)}"


def age(span: timedelta) -> str:
    """How long, in one unit, rounded down: `40 min`, `5 h`, `2 d`. Never under `1 min`."""
    minutes = max(int(span.total_seconds() // 60), 1)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} d"


def long_age(span: timedelta) -> str:
    """How long, in its two greatest units, rounded down: `2 d 3 h`, `5 h 20 min`, `40 min`."""
    minutes = max(int(span.total_seconds() // 60), 0)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = [(days, "d"), (hours, "h"), (minutes, "min")]
    first = next((at for at, (number, _) in enumerate(units) if number), len(units) - 1)
    shown = [units[first], *[unit for unit in units[first + 1 : first + 2] if unit[0]]]
    return " ".join(f"{number} {unit}" for number, unit in shown)


def due(at: datetime, *, now: datetime, zone: str) -> DueWords:
    """Overdue says how long, today says the time, later says the day (both on `zone`'s clock)."""
    if at <= now:
        return DueWords(f"{age(now - at)} overdue", "overdue")
    there, today = local(at, zone), local(now, zone).date()
    if there.date() == today:
        return DueWords(clock(there), "today")
    return DueWords(f"{day_short(there)} {clock(there)}", "later")


def zone_words(zone: str) -> str:
    """`Phoenix time` for `America/Phoenix`; shown beside every field that takes a time."""
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    return "UTC" if zone in {"UTC", "Etc/UTC"} else f"{place} time"


def iso(value: date) -> str:
    """The machine's spelling for `<time datetime>`: UTC to the minute, or the plain date."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).isoformat(timespec='minutes')[:-6]}Z"
    return value.isoformat()


def counted(number: int, one: str, many: str = "") -> str:
    """`1 lead`, `2 leads`, `1,204 leads`; `many` for words that do not take an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


SMALL = frozenset(
    (
        *("not", "no", "any", "anytime", "after", "before", "early", "late", "noon", "midday"),
        *("morning", "mornings", "afternoon", "afternoons", "evening", "evenings"),
        *("weekdays", "weekends"),
    )
)
"""Beginnings that stand in small letters inside a sentence; the names of days keep theirs."""


def inside(text: str) -> str:
    """`text` as it goes on after a colon: `not on Fridays`, `Mondays after 17:00`."""
    first = text.split(" ", 1)[0].rstrip(",;.")
    return text[:1].lower() + text[1:] if first.lower() in SMALL else text


def initials(name: str) -> str:
    """At most two letters for the round mark of a person who signs in, never of a lead."""
    parts = [part for part in name.split() if part[0].isalpha()]
    if len(parts) > 2:  # a title or a middle initial is not what one is called by
        parts = [part for part in parts if not part.endswith(".")] or parts
    picked = [parts[0], parts[-1]] if len(parts) > 1 else parts
    return "".join(part[0] for part in picked).upper() or "?"
