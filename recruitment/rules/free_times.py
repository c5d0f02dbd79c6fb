"""The next free times for a visit: what a form proposes, nothing that is promised (G7).

Capacity is counted by the week. Within it, two whole hours of each working day are proposed.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.capacity import WeekLoad
from trialsnest.lib.zones import instant_of, local_time

MOST = 6
AFTERNOON = timedelta(hours=14)
HOUR = timedelta(hours=1)


def free_times(
    loads: Sequence[WeekLoad], calendar: BusinessCalendar, *, at: datetime, most: int = MOST
) -> list[datetime]:
    """At most so many free times after today, in UTC: in weeks with a slot left, in opening hours.

    A time at which something is booked or held here already is left out. Weeks are those of
    `loads`; empty where all of them are full.
    """
    found: list[datetime] = []
    today = local_time(at, calendar.zone).date()
    for load in loads:
        if not load.free:
            continue
        for day in (load.monday + timedelta(days=n) for n in range(7)):
            if day <= today or not calendar.works_on(day):
                continue
            times = (instant_of(day, clock, calendar.zone) for clock in _clocks(day, calendar))
            found += [moment for moment in times if moment not in load.times]
            if len(found) >= most:
                return found[:most]
    return found


def _clocks(day: date, calendar: BusinessCalendar) -> Iterator[time]:
    """The first whole hour of the day, and 14:00, where an hour is left before the site closes."""
    spans = calendar.hours[day.weekday()]
    first = -(-spans[0][0] // HOUR) * HOUR
    for start in dict.fromkeys((first, AFTERNOON)):
        if any(opens <= start and start + HOUR <= closes for opens, closes in spans):
            yield time(start // HOUR)
