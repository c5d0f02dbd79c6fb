"""A day and a time as somebody types them between calls: `thu 15`, `tomorrow 9:30`, `27 nov`."""

import re
from datetime import date, datetime, time, timedelta

from recruitment.rules.refusals import InvalidInput

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MOST = 40  # characters
EXAMPLES = "thu 15:00, tomorrow 9:30 or 27 nov 14:00"

_CLOCK = r"(?:at\s+)?(\d{1,2})(?::?(\d{2}))?\s*(am|pm|a|p)?"
_FORMS = (
    ("today", re.compile(rf"(today)\s+{_CLOCK}")),
    ("tomorrow", re.compile(rf"(tomorrow|tom|tmr)\s+{_CLOCK}")),
    ("ahead", re.compile(rf"\+(\d{{1,3}})\s*d?\s+{_CLOCK}")),
    ("iso", re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})[t\s]+{_CLOCK}")),
    ("weekday", re.compile(rf"([a-z]{{2,9}})\s+{_CLOCK}")),
    ("date", re.compile(rf"(\d{{1,2}}\s+[a-z]{{3,9}})\s+{_CLOCK}")),
)


def read_when(text: str, *, now: datetime, field: str) -> tuple[date, time]:
    """The day and the time of day that `text` names, seen from `now` on the reader's own clock.

    A day of the week is the next one whose time is still ahead, a day of a month the next such
    day. Raises InvalidInput, naming the field, for anything else.
    """
    words = " ".join(text.lower().replace(",", " ").split())
    for kind, form in _FORMS:
        found = form.fullmatch(words)
        if found is not None:
            at = _clock(*found.groups()[1:])
            on = _day(kind, found[1], at, now)
            if at is not None and on is not None:
                return on, at
    raise InvalidInput(f"Write the day and the time as {EXAMPLES}.", field=field)


def _clock(hours: str, minutes: str | None, half: str | None) -> time | None:
    hour, minute = int(hours), int(minutes or 0)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(kind: str, words: str, at: time | None, now: datetime) -> date | None:
    today = now.date()
    if kind == "today":
        return today
    if kind == "tomorrow":
        return today + timedelta(days=1)
    if kind == "ahead":
        return today + timedelta(days=int(words))
    if kind == "weekday":
        return _next_weekday(words, at, now)
    try:
        return date.fromisoformat(words) if kind == "iso" else _next_date(words, today)
    except ValueError:
        return None


def _next_weekday(words: str, at: time | None, now: datetime) -> date | None:
    named = [number for number, name in enumerate(DAYS) if name.startswith(words)]
    if len(named) != 1 or at is None:
        return None
    ahead = (named[0] - now.weekday()) % 7
    if ahead == 0 and at <= now.time():
        ahead = 7
    return now.date() + timedelta(days=ahead)


def _next_date(words: str, today: date) -> date | None:
    number, _, name = words.partition(" ")
    if name[:3] not in MONTHS:
        return None
    month = MONTHS.index(name[:3]) + 1
    found = date(today.year, month, int(number))
    return found if found >= today else date(today.year + 1, month, int(number))
