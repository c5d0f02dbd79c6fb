"""Dates around a visit: confirming, following up, reminding."""

from datetime import UTC, datetime, timedelta

import pytest

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.terms import Terms
from recruitment.rules.visits import confirm_by, follow_up_by, reminders
from recruitment.rules.vocabulary import Channel
from trialsnest.lib.zones import local_time

ZONE = "America/New_York"
NEW_YORK = Terms(((None, BusinessCalendar(ZONE)),))
MONDAY = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)  # 10:00 in New York
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (1 * DAY, None),
        (2 * DAY, None),
        (3 * DAY - HOUR, None),
        (3 * DAY, 1 * DAY),  # Thursday, so by Tuesday
        (7 * DAY, 3 * DAY),  # the next Monday, so by Thursday
    ],
)
def test_a_visit_is_confirmed_two_business_days_before_unless_booked_under_three_ahead(
    ahead: timedelta, expected: timedelta | None
) -> None:
    found = confirm_by(MONDAY + ahead, booked_at=MONDAY, told_at=MONDAY, terms=NEW_YORK)

    assert found == (None if expected is None else MONDAY + expected)


def test_a_missed_visit_is_followed_up_four_business_hours_after_the_hour_it_was_missed() -> None:
    at_once = follow_up_by(MONDAY, booked_at=MONDAY - DAY, at=MONDAY, terms=NEW_YORK)
    later = follow_up_by(MONDAY, booked_at=MONDAY - DAY, at=MONDAY + 4 * HOUR, terms=NEW_YORK)

    assert at_once == later == MONDAY + 5 * HOUR  # as the clock has it, an hour after the visit


def test_a_visit_recorded_as_missed_too_late_is_followed_up_from_then_on() -> None:
    found = follow_up_by(MONDAY, booked_at=MONDAY - DAY, at=MONDAY + 5 * HOUR, terms=NEW_YORK)

    assert found == MONDAY + DAY + HOUR  # 15:00 and four hours: 11:00 on Tuesday


def test_reminders_go_out_72_and_24_hours_before_and_on_the_day() -> None:
    visit = MONDAY + 7 * DAY

    found = reminders(visit, zone=ZONE, agreed=[Channel.TEXT])

    there = [local_time(reminder.at, ZONE) for reminder in found]
    assert [f"{moment:%a %H:%M}" for moment in there] == ["Fri 10:00", "Sun 10:00", "Mon 09:00"]


def test_a_reminder_that_would_come_after_the_visit_begins_is_left_out() -> None:
    visit = MONDAY - 2 * HOUR  # 08:00

    found = reminders(visit, zone=ZONE, agreed=[Channel.EMAIL])

    assert all(reminder.at < visit for reminder in found)
    assert len(found) == 2


def test_without_an_agreed_channel_there_is_no_reminder() -> None:
    assert reminders(MONDAY, zone=ZONE, agreed=[]) == []


def test_a_reminder_names_neither_study_nor_condition_nor_clinic() -> None:
    found = reminders(MONDAY, zone=ZONE, agreed=[Channel.TEXT], call_back="+1 617 555 0100")

    assert {reminder.words for reminder in found} == {
        "A reminder of your appointment on Mon 4 May at 10:00."
        " If you cannot come, call +1 617 555 0100."
    }
