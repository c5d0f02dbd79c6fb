"""The free times that the booking form proposes (G7)."""

from datetime import UTC, date, datetime, time

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.capacity import WeekLoad
from recruitment.rules.free_times import free_times
from trialsnest.lib.zones import local_time

NEW_YORK = "America/New_York"
NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)  # a Wednesday, 10:00 there
CALENDAR = BusinessCalendar(NEW_YORK)
THIS, NEXT = date(2026, 3, 2), date(2026, 3, 9)


def week(monday: date, *, free: int = 3, times: tuple[datetime, ...] = ()) -> WeekLoad:
    return WeekLoad(monday, slots=free + len(times), booked=len(times), held=0, times=times)


def told(moments: list[datetime]) -> list[str]:
    return [f"{local_time(moment, NEW_YORK):%a %d %H:%M}" for moment in moments]


def test_two_times_a_day_follow_from_tomorrow_on_in_opening_hours() -> None:
    found = free_times([week(THIS), week(NEXT)], CALENDAR, at=NOW)

    assert told(found) == [
        *("Thu 05 09:00", "Thu 05 14:00", "Fri 06 09:00"),
        *("Fri 06 14:00", "Mon 09 09:00", "Mon 09 14:00"),
    ]


def test_a_full_week_a_closed_day_and_a_time_that_is_taken_are_left_out() -> None:
    taken = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)  # Tuesday 09:00, after the clocks changed
    calendar = BusinessCalendar(NEW_YORK, closed_dates=frozenset({date(2026, 3, 9)}))

    found = free_times([week(THIS, free=0), week(NEXT, times=(taken,))], calendar, at=NOW, most=3)

    assert told(found) == ["Tue 10 14:00", "Wed 11 09:00", "Wed 11 14:00"]


def test_nothing_is_proposed_where_all_weeks_are_full() -> None:
    assert free_times([week(THIS, free=0)], CALENDAR, at=NOW) == []


def test_a_time_leaves_an_hour_before_the_site_closes_and_begins_on_the_hour() -> None:
    mornings = tuple((day, time(8, 30), time(12)) for day in range(5))

    found = free_times([week(THIS)], BusinessCalendar(NEW_YORK, mornings), at=NOW)

    assert told(found) == ["Thu 05 09:00", "Fri 06 09:00"]
