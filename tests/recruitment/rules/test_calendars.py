"""Due times by the vectors of domain.md (CK7) and the recorded cases."""

import timeit
from datetime import UTC, date, datetime, time, timedelta

import pytest

from recruitment.rules.calendars import (
    DEFAULT_HOURS,
    BusinessCalendar,
    Interval,
    add_business_days,
    add_business_time,
    business_time_between,
    is_open,
    next_opening,
)
from recruitment.rules.holidays import public_holidays
from tests.time_cases import NEW_YORK, changes_from, instant, local, rows, shown
from trialsnest.lib.zones import zone_named

EIGHT_HOURS = timedelta(hours=8)
WEEK = timedelta(days=7)
PLAIN = BusinessCalendar(NEW_YORK)
MONDAY_OFF = BusinessCalendar(NEW_YORK, closed_dates=frozenset({date(2026, 11, 23)}))
AROUND_THE_CLOCK = tuple((day, time.min, time.min) for day in range(7))
SHORT_FRIDAY: tuple[Interval, ...] = (*DEFAULT_HOURS[:4], (4, time(9), time(13)))
LUNCH: tuple[Interval, ...] = tuple(
    interval
    for day in range(5)
    for interval in ((day, time(9), time(12)), (day, time(13), time(17)))
)


def holidays_of(country: str, region: str) -> frozenset[date]:
    return frozenset(day for year in (2026, 2027) for day in public_holidays(country, region, year))


def test_s19_a_lead_at_fri_16_30_is_due_mon_16_30_and_tue_16_30_after_a_monday_holiday() -> None:
    received = local("2026-11-20 16:30")

    assert shown(add_business_time(received, EIGHT_HOURS, PLAIN)) == "Mon 2026-11-23 16:30"
    assert shown(add_business_time(received, EIGHT_HOURS, MONDAY_OFF)) == "Tue 2026-11-24 16:30"


def test_s20_a_lead_at_sat_11_00_starts_its_clock_mon_09_00_and_keeps_its_own_time() -> None:
    received = local("2026-11-21 11:00")

    started = next_opening(received, PLAIN)

    assert shown(started) == "Mon 2026-11-23 09:00"
    assert shown(add_business_time(received, EIGHT_HOURS, PLAIN)) == "Mon 2026-11-23 17:00"
    assert shown(received) == "Sat 2026-11-21 11:00"


def test_a_clock_paused_mon_12_00_to_wed_09_00_is_due_wed_14_00() -> None:
    started, paused, resumed = (
        local("2026-11-16 09:00"),
        local("2026-11-16 12:00"),
        local("2026-11-18 09:00"),
    )

    remaining = EIGHT_HOURS - business_time_between(started, paused, PLAIN)

    assert remaining == timedelta(hours=5)
    assert shown(add_business_time(resumed, remaining, PLAIN)) == "Wed 2026-11-18 14:00"


@pytest.mark.parametrize(
    ("zone", "change"), changes_from(2026), ids=lambda value: str(value).replace("+00:00", "")
)
def test_a_clock_change_overnight_shifts_no_local_due_time(zone: str, change: datetime) -> None:
    calendar = BusinessCalendar(zone)
    before = add_business_time(change, -timedelta(minutes=30), calendar)
    assert shown(before, zone)[-5:] == "16:30"

    after = add_business_time(before, EIGHT_HOURS, calendar)

    assert before < change < after
    assert shown(after, zone)[-5:] == "16:30"
    assert add_business_days(before, 1, calendar) == after
    assert business_time_between(before, after, calendar) == EIGHT_HOURS


@pytest.mark.parametrize(
    ("zone", "change"), changes_from(2026), ids=lambda value: str(value).replace("+00:00", "")
)
def test_a_site_that_never_closes_works_every_hour_of_a_clock_change(
    zone: str, change: datetime
) -> None:
    calendar = BusinessCalendar(zone, AROUND_THE_CLOCK)
    before = change - timedelta(hours=30)

    assert add_business_time(before, timedelta(hours=60), calendar) == change + timedelta(hours=30)
    assert is_open(change, calendar)


@pytest.mark.parametrize("case", rows("sla-clock-cases"), ids=lambda case: case["note"])
def test_a_recorded_deadline_is_met_to_the_minute(case: dict[str, str]) -> None:
    calendar = BusinessCalendar(
        case["zone"], closed_dates=holidays_of(case["country"], case["subdivision"])
    )
    arrival = local(case["arrival_local"], case["zone"])
    assert arrival == instant(case["arrival_utc"])

    due = add_business_time(arrival, timedelta(minutes=int(case["sla_minutes"])), calendar)

    assert due == instant(case["due_business_utc"])
    assert due.tzinfo is UTC


def test_the_closing_instant_is_outside_hours_but_may_be_a_due_time() -> None:
    opening, closing = local("2026-11-17 09:00"), local("2026-11-17 17:00")

    assert is_open(opening, PLAIN)
    assert not is_open(closing, PLAIN)
    assert next_opening(opening, PLAIN) == opening
    assert shown(next_opening(closing, PLAIN)) == "Wed 2026-11-18 09:00"
    assert add_business_time(opening, EIGHT_HOURS, PLAIN) == closing


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-17 11:00", "Tue 2026-11-17 11:00"),
        ("2026-11-17 09:00", "Tue 2026-11-17 09:00"),
        ("2026-11-17 17:00", "Tue 2026-11-17 17:00"),
        ("2026-11-17 17:01", "Wed 2026-11-18 09:00"),
        ("2026-11-21 11:00", "Mon 2026-11-23 09:00"),
    ],
)
def test_nothing_added_is_now_or_the_next_opening(start: str, expected: str) -> None:
    assert shown(add_business_time(local(start), timedelta(0), PLAIN)) == expected
    assert shown(add_business_days(local(start), 0, PLAIN)) == expected


def test_hours_may_have_a_lunch_break() -> None:
    calendar = BusinessCalendar(NEW_YORK, LUNCH)

    assert shown(add_business_time(local("2026-11-17 11:30"), timedelta(hours=1), calendar)) == (
        "Tue 2026-11-17 13:30"
    )
    assert shown(add_business_time(local("2026-11-17 11:30"), timedelta(hours=0.5), calendar)) == (
        "Tue 2026-11-17 12:00"
    )
    assert shown(next_opening(local("2026-11-17 12:15"), calendar)) == "Tue 2026-11-17 13:00"


def test_a_night_shift_is_two_intervals_that_meet_at_midnight() -> None:
    calendar = BusinessCalendar(NEW_YORK, ((4, time(22), time.min), (5, time.min, time(6))))
    start = local("2026-11-20 23:00")

    assert shown(add_business_time(start, timedelta(hours=1), calendar)) == "Sat 2026-11-21 00:00"
    assert shown(add_business_time(start, timedelta(hours=2), calendar)) == "Sat 2026-11-21 01:00"
    assert business_time_between(start, start + WEEK, calendar) == EIGHT_HOURS


def test_an_hour_that_a_clock_change_skips_is_not_worked_and_one_that_comes_twice_is() -> None:
    nights = BusinessCalendar(NEW_YORK, tuple((day, time(0), time(6)) for day in range(7)))

    def worked(day: str) -> timedelta:
        return business_time_between(local(f"{day} 00:00"), local(f"{day} 12:00"), nights)

    assert worked("2026-03-07") == timedelta(hours=6)
    assert worked("2026-03-08") == timedelta(hours=5)
    assert worked("2026-11-01") == timedelta(hours=7)


def test_the_time_between_is_negative_backwards() -> None:
    friday, monday = local("2026-11-20 16:30"), local("2026-11-23 16:30")

    assert business_time_between(friday, monday, PLAIN) == EIGHT_HOURS
    assert business_time_between(monday, friday, PLAIN) == -EIGHT_HOURS
    assert add_business_time(monday, -EIGHT_HOURS, PLAIN) == friday


def test_business_time_runs_over_several_years_and_their_edges() -> None:
    start, end = local("2026-01-05 09:00"), local("2029-01-01 09:00")

    worked = business_time_between(start, end, PLAIN)

    assert worked == timedelta(hours=8 * 5 * 156)
    assert add_business_time(start, worked, PLAIN) == local("2028-12-29 17:00")
    assert add_business_time(end, -worked, PLAIN) == local("2026-01-02 17:00")


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-17 10:00", 1, "Wed 2026-11-18 10:00"),
        ("2026-11-17 10:00", 3, "Fri 2026-11-20 10:00"),
        ("2026-11-17 10:00", 4, "Mon 2026-11-23 10:00"),
        ("2026-11-20 16:30", 1, "Mon 2026-11-23 16:30"),
        ("2026-11-16 09:00", 1, "Mon 2026-11-16 17:00"),
        ("2026-11-16 17:00", 1, "Tue 2026-11-17 17:00"),
        ("2026-11-21 11:00", 5, "Fri 2026-11-27 17:00"),
        ("2026-12-31 09:00", 1, "Thu 2026-12-31 17:00"),
        ("2026-11-17 10:00", -2, "Fri 2026-11-13 10:00"),
        ("2026-11-21 11:00", -2, "Wed 2026-11-18 17:00"),
    ],
)
def test_business_days_keep_the_position_in_the_day(start: str, days: int, expected: str) -> None:
    assert shown(add_business_days(local(start), days, PLAIN)) == expected


def test_a_business_day_passes_over_holidays() -> None:
    assert shown(add_business_days(local("2026-11-20 10:00"), 1, MONDAY_OFF)) == (
        "Tue 2026-11-24 10:00"
    )


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-19 11:00", "Fri 2026-11-20 11:00"),
        ("2026-11-19 15:00", "Fri 2026-11-20 13:00"),
        ("2026-11-20 12:59", "Mon 2026-11-23 12:59"),
        ("2026-11-20 13:00", "Mon 2026-11-23 17:00"),
    ],
)
def test_a_business_day_ends_at_the_latest_with_a_shorter_day(start: str, expected: str) -> None:
    calendar = BusinessCalendar(NEW_YORK, SHORT_FRIDAY)

    assert shown(add_business_days(local(start), 1, calendar)) == expected


def test_a_naive_moment_is_refused_everywhere() -> None:
    naive, aware = datetime(2026, 11, 20, 9), local("2026-11-20 09:00")  # noqa: DTZ001

    for call in (
        lambda: add_business_time(naive, EIGHT_HOURS, PLAIN),
        lambda: add_business_time(naive, timedelta(0), PLAIN),
        lambda: add_business_days(naive, 1, PLAIN),
        lambda: business_time_between(naive, aware, PLAIN),
        lambda: business_time_between(aware, naive, PLAIN),
        lambda: next_opening(naive, PLAIN),
        lambda: is_open(naive, PLAIN),
    ):
        with pytest.raises(ValueError, match="has no time zone"):
            call()


def test_moments_of_any_zone_give_the_same_answer_in_utc() -> None:
    received = local("2026-11-20 16:30")
    elsewhere = received.astimezone(zone_named("Asia/Kolkata"))

    assert add_business_time(elsewhere, EIGHT_HOURS, PLAIN) == add_business_time(
        received, EIGHT_HOURS, PLAIN
    )
    assert add_business_time(elsewhere, timedelta(0), PLAIN).tzinfo is UTC


@pytest.mark.slow
def test_a_due_time_costs_under_20_and_a_quarter_under_200_microseconds_once_warm() -> None:
    calendar = BusinessCalendar(NEW_YORK, LUNCH, holidays_of("US", "MA"))
    start = local("2026-12-30 16:30")

    def best(call: str, limit: float) -> None:
        timer = timeit.Timer(call, globals={**globals(), "start": start, "calendar": calendar})
        timer.timeit(10)
        assert min(timer.repeat(repeat=20, number=50)) / 50 < limit

    best("add_business_time(start, EIGHT_HOURS, calendar)", 20e-6)
    best("business_time_between(start, start + timedelta(days=90), calendar)", 200e-6)
    best("add_business_days(start, 5, calendar)", 200e-6)
