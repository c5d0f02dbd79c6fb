"""Dates, ages and counts as staff say them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from trialsnest.lib import words

NOON = datetime(2026, 11, 17, 19, 5, tzinfo=UTC)  # 12:05 in Phoenix
ZONE = "America/Phoenix"


def test_day_cannot_be_misread_between_countries() -> None:
    assert words.day(date(2026, 11, 7)) == "Sat 7 Nov 2026"
    assert words.day_short(date(2026, 1, 31)) == "Sat 31 Jan"


def test_moment_stands_on_the_clock_of_the_zone() -> None:
    assert words.moment(words.local(NOON, ZONE)) == "Tue 17 Nov 2026, 12:05"
    assert words.moment(words.local(NOON, "Asia/Tokyo")) == "Wed 18 Nov 2026, 04:05"


def test_a_period_is_named_by_its_first_and_its_last_day() -> None:
    start, end = datetime(2026, 11, 9, 7, tzinfo=UTC), datetime(2026, 11, 16, 7, tzinfo=UTC)

    assert words.period(start, end, ZONE) == "Mon 9 Nov to Sun 15 Nov 2026"
    assert words.period(start, datetime(2027, 1, 4, 7, tzinfo=UTC), ZONE) == (
        "Mon 9 Nov 2026 to Sun 3 Jan 2027"
    )


def test_local_refuses_a_moment_without_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        words.local(NOON.replace(tzinfo=None), ZONE)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=-5), "1 min"),
        (timedelta(seconds=59), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=29, hours=23), "29 d"),
    ],
)
def test_age_is_one_unit_rounded_down(span: timedelta, said: str) -> None:
    assert words.age(span) == said


def test_due_says_how_long_overdue_then_the_time_then_the_day() -> None:
    def due(at: datetime) -> words.DueWords:
        return words.due(at, now=NOON, zone=ZONE)

    assert due(NOON - timedelta(hours=26)) == words.DueWords("1 d overdue", "overdue")
    assert due(NOON) == words.DueWords("1 min overdue", "overdue")
    assert due(NOON + timedelta(hours=3)) == words.DueWords("15:05", "today")
    assert due(NOON + timedelta(hours=14)) == words.DueWords("Wed 18 Nov 02:05", "later")


def test_due_today_follows_the_zone_not_utc() -> None:
    late_evening = datetime(2026, 11, 18, 2, tzinfo=UTC)  # 19:00 on the 17th in Phoenix

    assert words.due(late_evening, now=NOON, zone=ZONE).state == "today"
    assert words.due(late_evening, now=NOON, zone="UTC").state == "later"


def test_zone_is_named_by_its_place() -> None:
    assert words.zone_words("America/Phoenix") == "Phoenix time"
    assert words.zone_words("America/Argentina/Buenos_Aires") == "Buenos Aires time"
    assert words.zone_words("UTC") == "UTC"


def test_counted_agrees_with_its_number() -> None:
    assert words.counted(1, "lead") == "1 lead"
    assert words.counted(0, "lead") == "0 leads"
    assert words.counted(1204, "study", "studies") == "1,204 studies"


def test_iso_is_utc_for_a_moment_and_plain_for_a_date() -> None:
    assert words.iso(words.local(NOON, ZONE)) == "2026-11-17T19:05Z"
    assert words.iso(date(2026, 11, 17)) == "2026-11-17"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Priya Raman", "PR"),
        ("Ana Lucía Vega", "AV"),
        ("Dr. Samuel Osterfeld", "SO"),
        ("Joan", "J"),
        ("", "?"),
        ("4 5", "?"),
    ],
)
def test_initials_are_at_most_two_letters(name: str, letters: str) -> None:
    assert words.initials(name) == letters
