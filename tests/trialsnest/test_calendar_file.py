"""Calendar files as another program reads them (RFC 5545)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.trialsnest.ics_reader import events, read, times
from trialsnest.lib.calendar_file import DayEntry, WeeklyEntry, calendar_file

AT = datetime(2026, 3, 2, 15, 0, 7, 999, tzinfo=UTC)
DAY = DayEntry("a-1@nest.example", date(2026, 12, 31), "Due, at last", "https://nest.example/#own")


def weekly(zone: str, first: datetime | None = None) -> WeeklyEntry:
    begin = first or datetime(2026, 3, 3, 10, tzinfo=ZoneInfo(zone))
    return WeeklyEntry(
        "r-1@nest.example", begin, timedelta(hours=1), "Review", "https://nest.example/", 4
    )


def test_a_day_ends_before_the_next_one_and_takes_no_room() -> None:
    (event,) = events(read(calendar_file([DAY], at=AT)))

    assert event.params("DTSTART") == event.params("DTEND") == {"VALUE": "DATE"}
    assert (event.value("DTSTART"), event.value("DTEND")) == ("20261231", "20270101")
    assert event.value("TRANSP") == "TRANSPARENT"
    assert event.value("DTSTAMP") == "20260302T150007Z"
    assert (event.value("STATUS"), event.value("SEQUENCE")) == ("CONFIRMED", "0")


def test_a_canceled_day_keeps_its_uid_and_says_so() -> None:
    gone = replace(DAY, is_canceled=True, sequence=2)
    (event,) = events(read(calendar_file([gone], at=AT)))

    assert (event.value("UID"), event.value("STATUS")) == (DAY.uid, "CANCELLED")
    assert event.value("SEQUENCE") == "2"


@pytest.mark.parametrize(
    "summary",
    [
        "Commas, semicolons; and a back\\slash",
        "a" * 200,
        "Żółć Nguyễn " * 20,
        "漢字" * 60,
        "BEGIN:VALARM\r\nEND:VALARM",
    ],
)
def test_every_text_comes_back_as_it_was(summary: str) -> None:
    (event,) = events(read(calendar_file([replace(DAY, summary=summary)], at=AT)))

    assert event.text("SUMMARY") == summary.replace("\r\n", "\n")
    assert event.parts == []


@pytest.mark.parametrize(
    "zone",
    ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Phoenix", "Asia/Kolkata"],
)
def test_a_weekly_entry_keeps_its_hour_through_every_clock_change(zone: str) -> None:
    data = calendar_file([weekly(zone)], at=AT)

    found = times(data, 60)

    here = [each.replace(tzinfo=ZoneInfo(zone)) for each in found]
    assert [each.astimezone(UTC) for each in found] == [each.astimezone(UTC) for each in here]
    assert {each.hour for each in found} == {10}
    (event,) = events(read(data))
    assert (event.value("RRULE"), event.value("DURATION")) == ("FREQ=WEEKLY", "PT1H")


def test_a_file_of_nothing_is_still_a_calendar() -> None:
    assert events(read(calendar_file([], at=AT))) == []
