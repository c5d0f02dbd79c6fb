"""Dates and moments as files write them: nothing is guessed row by row."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.lead_files.dates import (
    DateOrder,
    age_on,
    read_birth_date,
    read_day,
    read_moment,
    settle_order,
)

TODAY = date(2026, 11, 21)
ZONE = ZoneInfo("America/New_York")
MDY, DMY = DateOrder.MONTH_FIRST, DateOrder.DAY_FIRST


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1970-01-02", date(1970, 1, 2)),
        ("1970/1/2", date(1970, 1, 2)),
        ("1970-01-02T09:00:00Z", date(1970, 1, 2)),
        ("17.11.1938", date(1938, 11, 17)),
        ("March 18, 1945", date(1945, 3, 18)),
        ("18 March 1945", date(1945, 3, 18)),
        ("Sept. 3rd, 1945", date(1945, 9, 3)),
        ("18-Mar-1945", date(1945, 3, 18)),
        ("01/02/1970", date(1970, 1, 2)),
        (" 7/4/1970 ", date(1970, 7, 4)),
    ],
)
def test_common_notations_are_read(written: str, day: date) -> None:
    assert read_day(written, MDY, TODAY).day == day


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("02/30/1970", "is no date in the calendar and is left empty"),
        ("13/02/1961", "is day-first in a month-first column and is left empty"),
        ("1900-01-00", "is no date in the calendar and is left empty"),
        ("0000-00-00", "is no date in the calendar and is left empty"),
        ("46000", "is a spreadsheet's day number, not a date, and is left empty"),
        ("2099-01-01", "lies in the future and is left empty"),
        ("9999-12-31", "lies in the future and is left empty"),
        ("1875-01-01", "lies more than 120 years back and is left empty"),
        ("soon", "is not a date and is left empty"),
        ("########", "is not a date and is left empty"),
        ("I am 62", "holds an age and is left empty"),
        ("1964", "holds only a year"),
    ],
)
def test_a_birth_date_that_is_off_is_left_empty_with_its_reason(written: str, problem: str) -> None:
    reading = read_birth_date(written, MDY, TODAY)

    assert (reading.day, reading.problem) == (None, problem)


def test_ages_and_years_are_kept_as_what_they_are() -> None:
    assert read_birth_date("I am 62", None, TODAY).age == 62
    assert read_birth_date("17 years old", None, TODAY).age == 17
    assert read_birth_date("1964", None, TODAY).year == 1964


@pytest.mark.parametrize(
    ("written", "year"),
    [("10/12/90", 1990), ("03/16/37", 1937), ("1/2/26", 2026), ("1/2/27", 1927)],
)
def test_a_two_digit_year_lies_in_the_hundred_years_up_to_today(written: str, year: int) -> None:
    reading = read_day(written, MDY, TODAY)

    assert reading.day is not None
    assert (reading.day.year, reading.problem) == (year, f"has a two-digit year, read as {year}")


def test_the_order_of_day_and_month_is_settled_by_the_whole_column() -> None:
    assert settle_order(["03/04/1970", "12/25/1970"]) is MDY
    assert settle_order(["03/04/1970", "25/12/1970"]) is DMY
    assert settle_order(["03/04/1970", "05/05/1970"]) is None
    assert settle_order(["25/12/1970", "12/25/1970"]) is None
    assert settle_order(["13/02/1961", *["12/25/1970"] * 10]) is MDY
    assert settle_order(["12/25/1970"], DMY) is DMY


def test_a_date_that_reads_two_ways_is_a_question_unless_both_are_one_day() -> None:
    two_way, same = read_day("03/04/1970", None, TODAY), read_day("05/05/1970", None, TODAY)

    assert (two_way.is_two_way, two_way.day, two_way.year) == (True, None, 1970)
    assert (same.is_two_way, same.day) == (False, date(1970, 5, 5))


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)))
def test_every_day_is_read_alike_in_every_notation(day: date) -> None:
    for written in (
        f"{day:%Y-%m-%d}",
        f"{day:%d.%m.%Y}",
        f"{day.day} {day:%b} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
    ):
        assert read_day(written, None, TODAY).day == day
    assert read_day(f"{day:%m/%d/%Y}", MDY, TODAY).day == day
    assert read_day(f"{day:%d/%m/%Y}", DMY, TODAY).day == day


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-11-01T01:30:00-04:00", "2026-11-01T05:30"),
        ("2026-11-01T01:30:00-05:00", "2026-11-01T06:30"),
        ("2026-10-16 16:10:25", "2026-10-16T20:10:25"),
        ("11/1/2026 6:41:25", "2026-11-01T11:41:25"),
        ("10/27/2026 4:53 PM", "2026-10-27T20:53"),
        ("10/27/2026 12:05 AM", "2026-10-27T04:05"),
        ("10.11.2026 09:15", "2026-11-10T14:15"),
    ],
)
def test_a_moment_is_read_in_utc(written: str, at: str) -> None:
    moment = read_moment(written, MDY, ZONE, TODAY)

    assert (moment.at, moment.problem) == (datetime.fromisoformat(at).replace(tzinfo=UTC), "")


def test_an_hour_that_occurs_twice_or_never_is_read_and_told() -> None:
    twice = read_moment("2026-11-01 01:30:00", None, ZONE, TODAY)
    never = read_moment("2026-03-08 02:30:00", None, ZONE, TODAY)

    assert twice.at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert twice.problem == "names an hour that occurred twice, read as the first"
    assert never.at == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert never.problem == "names an hour that was skipped, moved forward"


def test_without_a_time_or_a_zone_only_the_day_is_known() -> None:
    assert read_moment("2026-10-16", None, ZONE, TODAY).on == date(2026, 10, 16)
    unplaced = read_moment("2026-10-16 16:10:25", None, None, TODAY)
    assert (unplaced.at, unplaced.on) == (None, date(2026, 10, 16))
    assert unplaced.problem == "holds a time without a zone; only the day is kept"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("2026-11-23T09:00:00Z", "lies in the future and is left empty"),
        ("9999-12-31T23:59:59-12:00", "lies in the future and is left empty"),
        ("0001-01-01T00:00:00+14:00", "lies too far back and is left empty"),
        ("11/20/2026 25:00", "holds no time of day that exists and is left empty"),
        ("11/20/2026 13:00 PM", "holds no time of day that exists and is left empty"),
        ("yesterday", "is not a date and is left empty"),
    ],
)
def test_a_moment_that_cannot_be_is_left_empty_with_its_reason(written: str, problem: str) -> None:
    moment = read_moment(written, MDY, ZONE, TODAY)

    assert (moment.at, moment.on, moment.problem) == (None, None, problem)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    for order in (None, MDY, DMY):
        read_birth_date(text, order, TODAY)
        read_moment(text, order, ZONE, TODAY)
    settle_order([text])


def test_age_counts_whole_years() -> None:
    assert age_on(date(2026, 11, 21), date(2008, 11, 21)) == 18
    assert age_on(date(2026, 11, 21), date(2008, 11, 22)) == 17
    assert age_on(date(2026, 2, 28), date(2008, 2, 29)) == 17


@pytest.mark.parametrize("written", ["0001-01-01", "01/01/0001", "1989-12-31", "Jan 1 1850"])
def test_a_day_on_which_no_lead_can_have_come_is_left_empty_with_its_reason(written: str) -> None:
    moment = read_moment(written, MDY, ZONE, TODAY)

    assert (moment.at, moment.on) == (None, None)
    assert moment.problem == "lies too far back and is left empty"


def test_the_first_day_of_1990_is_read() -> None:
    assert read_moment("1990-01-01", MDY, ZONE, TODAY).on == date(1990, 1, 1)
