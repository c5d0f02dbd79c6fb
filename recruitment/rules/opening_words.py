"""A site's opening hours in words: `Mon to Thu 09:00 to 17:00, Fri 09:00 to 12:00`."""

from collections.abc import Iterable
from datetime import time
from itertools import groupby

from recruitment.rules.calendars import Interval
from trialsnest.lib.words import weekday_short

MIDNIGHT = time(0)


def opening_words(intervals: Iterable[Interval]) -> str:
    """The opening hours on the site's clock, days with the same hours together."""
    by_day: dict[int, list[str]] = {}
    for weekday, opens, closes in sorted(intervals):
        by_day.setdefault(weekday, []).append(_span(opens, closes))
    hours = [" and ".join(by_day.get(weekday, ())) for weekday in range(7)]
    found = []
    for span, days in groupby(range(7), key=hours.__getitem__):
        if span:
            found.append(f"{_days(list(days))} {span}")
    return ", ".join(found)


def _days(days: list[int]) -> str:
    first, last = weekday_short(days[0]), weekday_short(days[-1])
    if len(days) == 1:
        return first
    return f"{first} to {last}" if len(days) > 2 else f"{first} and {last}"


def _span(opens: time, closes: time) -> str:
    ends = "24:00" if closes == MIDNIGHT else f"{closes:%H:%M}"
    return f"{opens:%H:%M} to {ends}"
