"""How often somebody is tried, by what and when (CD1-CD3, D27)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from recruitment.rules.cadence import DEFAULT, INSTEAD, Cadence, Step, next_attempt
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.contact_zones import SITE, ContactZones
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType, Channel
from trialsnest.lib.zones import local_time

CALENDAR = BusinessCalendar("America/New_York")
MONDAY_10 = datetime(2026, 3, 2, 15, tzinfo=UTC)
PHONE = Step(Channel.PHONE)


def _next(
    attempts: int, at: datetime = MONDAY_10, zone: str = "America/New_York", **values: Any
) -> Plan:
    values = {"cadence": DEFAULT} | values
    where = ContactZones((zone,), SITE)
    return next_attempt(attempts, at=at, calendar=CALENDAR, where=where, **values)


def test_the_default_spreads_five_attempts_over_ten_business_days_and_three_times_of_day() -> None:
    at, days, clocks = MONDAY_10, [], []
    for attempts in range(1, 5):
        at = _next(attempts, at).due_at
        local = local_time(at, "America/New_York")
        days.append(f"{local:%a %d}")
        clocks.append(f"{local:%H:%M}")

    assert days == ["Tue 03", "Thu 05", "Tue 10", "Fri 13"]
    assert len(set(clocks)) == 3
    assert any(clock < "09:00" or clock > "17:00" for clock in clocks)
    assert len(DEFAULT.steps) == DEFAULT.max_attempts == 5


def test_the_third_attempt_goes_by_another_channel_where_it_is_permitted() -> None:
    by_mail = _next(2)
    by_phone = _next(2, permitted=[Channel.PHONE])

    assert (by_mail.type, by_mail.detail) == (ActionType.MESSAGE, "By e-mail")
    assert by_phone.type == ActionType.CALL
    assert by_phone.due_at == by_mail.due_at


@pytest.mark.parametrize("channel", INSTEAD)
@pytest.mark.parametrize("attempts", [1, 2, 3, 4])
def test_a_step_on_a_channel_that_is_not_permitted_falls_to_one_that_is(
    attempts: int, channel: Channel
) -> None:
    plan = _next(attempts, permitted=[channel])

    if channel == Channel.PHONE:
        assert plan.type == ActionType.CALL
    else:
        assert plan == Plan(ActionType.MESSAGE, plan.due_at, detail=f"By {channel.label.lower()}")


def test_with_no_permitted_channel_a_person_decides_at_once() -> None:
    assert _next(1, permitted=[]) == Plan(ActionType.DECIDE_CLOSE, MONDAY_10)


def test_an_attempt_before_opening_is_not_followed_by_one_the_same_day() -> None:
    early = MONDAY_10 - timedelta(hours=2)

    assert local_time(_next(1, early).due_at, "America/New_York").day == 3


def test_after_the_last_attempt_a_person_decides_when_the_call_back_window_ends() -> None:
    own = replace(DEFAULT, call_back_days=21)

    assert _next(5) == Plan(ActionType.DECIDE_CLOSE, MONDAY_10 + timedelta(days=14))
    assert _next(5, cadence=own).due_at == MONDAY_10 + timedelta(days=21)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"])
@pytest.mark.parametrize("attempts", [1, 2, 3, 4])
def test_a_proposed_contact_falls_into_her_contact_window(attempts: int, zone: str) -> None:
    local = local_time(_next(attempts, zone=zone).due_at, zone)

    assert 9 <= local.hour < 19


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"steps": ()}, "channel_1"),
        ({"steps": (Step(Channel.PHONE, 1, time(9)),)}, "days_1"),
        ({"steps": (PHONE, Step(Channel.TEXT, 0, time(9)))}, "days_2"),
        ({"steps": (PHONE, Step(Channel.TEXT, 2))}, "clock_2"),
        ({"steps": (PHONE, Step(Channel.TEXT, 2, time(7, 59)))}, "clock_2"),
        ({"steps": (PHONE, Step(Channel.TEXT, 2, time(21)))}, "clock_2"),
        ({"steps": (PHONE, Step(Channel.TEXT, 91, time(9)))}, "days_2"),
        ({"steps": (PHONE, Step(Channel.TEXT, 1, time(9))), "max_attempts": 1}, "max_attempts"),
        ({"steps": (PHONE,), "max_attempts": 0}, "max_attempts"),
        ({"steps": (PHONE,), "max_attempts": 21}, "max_attempts"),
        ({"steps": (PHONE,), "call_back_days": 0}, "call_back_days"),
        ({"steps": (PHONE,), "call_back_days": 91}, "call_back_days"),
    ],
)
def test_a_cadence_that_cannot_be_is_refused_at_its_field(
    values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Cadence(**values)

    assert refusal.value.field == field
