"""The slow truth about opening hours: look at the site's clock every minute.

Shares nothing with the code it judges but the plain values of a calendar.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def open_minutes(
    begin: datetime,
    end: datetime,
    *,
    zone: str,
    intervals: tuple[tuple[int, time, time], ...],
    closed_dates: frozenset[date],
) -> list[datetime]:
    """Every minute in `[begin, end)` at which the clock in `zone` shows an opening time."""
    clock = ZoneInfo(zone)
    found, at = [], begin
    while at < end:
        wall = at.astimezone(clock)
        if wall.date() not in closed_dates and any(
            weekday == wall.weekday()
            and opens <= wall.time()
            and (wall.time() < closes or closes == time.min)
            for weekday, opens, closes in intervals
        ):
            found.append(at)
        at += MINUTE
    return found
