"""Contact hours run on the patient's clock, whatever the site's hours are (CK8, D27, D29)."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.contact_hours import (
    DEFAULT_WINDOW,
    HARD_LIMIT,
    ContactWindow,
    NoContactTime,
    may_contact,
    next_allowed,
)
from recruitment.rules.refusals import InvalidInput
from tests.time_cases import NEW_YORK, changing_zones, local, shown
from trialsnest.lib.zones import UnknownZone

LOS_ANGELES = "America/Los_Angeles"
KOLKATA = "Asia/Kolkata"
ZONES = st.sampled_from(changing_zones())
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - st adds the zone
WINDOWS = st.builds(ContactWindow, st.times(time(8), time(12)), st.times(time(13), time(21)))


def test_the_window_is_nine_to_seven_unless_said_otherwise() -> None:
    assert ContactWindow(time(9), time(19)) == DEFAULT_WINDOW
    assert ContactWindow(time(8), time(21)) == HARD_LIMIT


@pytest.mark.parametrize(
    ("clock", "allowed"),
    [
        ("08:59", False),
        ("09:00", True),
        ("18:59", True),
        ("19:00", False),
    ],
)
def test_a_moment_is_judged_on_the_clock_of_the_patient(clock: str, allowed: bool) -> None:
    at = local(f"2026-11-21 {clock}", LOS_ANGELES)

    assert may_contact(at, LOS_ANGELES) is allowed


def test_a_call_at_half_past_eight_in_the_evening_waits_for_the_next_morning() -> None:
    planned = local("2026-11-20 20:30")

    assert not may_contact(planned, NEW_YORK)
    assert shown(next_allowed(planned, NEW_YORK)) == "Sat 2026-11-21 09:00"


def test_an_evening_the_patient_asked_for_may_go_to_the_hard_limit() -> None:
    planned = local("2026-11-20 20:30")

    assert may_contact(planned, NEW_YORK, HARD_LIMIT)
    assert next_allowed(planned, NEW_YORK, HARD_LIMIT) == planned


def test_an_early_moment_waits_for_the_same_morning() -> None:
    assert shown(next_allowed(local("2026-11-20 06:10"), NEW_YORK)) == "Fri 2026-11-20 09:00"


def test_the_morning_after_a_clock_change_starts_at_nine_on_the_new_clock() -> None:
    for evening in ("2026-03-07 22:00", "2026-10-31 22:00"):
        assert shown(next_allowed(local(evening), NEW_YORK))[-5:] == "09:00"


def test_of_several_possible_zones_only_the_overlap_counts() -> None:
    both = (NEW_YORK, LOS_ANGELES)

    assert not may_contact(local("2026-11-20 11:00"), both)
    assert may_contact(local("2026-11-20 12:00"), both)
    assert shown(next_allowed(local("2026-11-20 09:30"), both)) == "Fri 2026-11-20 12:00"
    assert shown(next_allowed(local("2026-11-20 19:00"), both)) == "Sat 2026-11-21 12:00"


def test_zones_whose_windows_never_meet_are_refused_with_a_sentence() -> None:
    short = ContactWindow(time(10), time(12))

    with pytest.raises(NoContactTime, match="ask where the patient is"):
        next_allowed(local("2026-11-20 10:00"), (NEW_YORK, KOLKATA), short)


@pytest.mark.parametrize(
    ("opens", "closes", "sentence", "field"),
    [
        (time(7, 59), time(19), "Nobody is contacted before 08:00 their time.", "opens"),
        (time(9), time(21, 1), "Nobody is contacted after 21:00 their time.", "closes"),
        (time(12), time(12), "The contact window must end after it begins.", "closes"),
        (time(12), time.min, "The contact window must end after it begins.", "closes"),
    ],
)
def test_a_window_beyond_the_hard_limit_is_refused(
    opens: time, closes: time, sentence: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ContactWindow(opens, closes)

    assert str(refusal.value) == sentence
    assert refusal.value.field == field


def test_an_unknown_zone_and_a_naive_moment_are_refused() -> None:
    with pytest.raises(UnknownZone):
        may_contact(local("2026-11-20 10:00"), "Mars/Olympus")
    with pytest.raises(ValueError, match="has no time zone"):
        next_allowed(datetime(2026, 11, 20, 10), NEW_YORK)  # noqa: DTZ001 - the point of the test


@given(MOMENTS, ZONES, WINDOWS)
def test_the_next_allowed_moment_is_allowed_and_none_before_it_is(
    at: datetime, zone: str, window: ContactWindow
) -> None:
    found = next_allowed(at, zone, window)

    assert may_contact(found, zone, window)
    assert found.tzinfo is UTC
    assert at <= found < at + timedelta(hours=25)
    assert (found == at) == may_contact(at, zone, window)
    if found > at:
        assert not may_contact(found - timedelta(microseconds=1), zone, window)
        assert not may_contact(at + (found - at) / 2, zone, window)
