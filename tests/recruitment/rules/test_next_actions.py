"""What comes next and by when."""

from datetime import UTC, datetime, timedelta

import pytest

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.next_actions import (
    FIRST_RESPONSE_HOURS,
    Plan,
    check_plan,
    first_response_due,
    next_attempt,
    proposal,
)
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import ActionType, SourceKind
from trialsnest.lib.zones import local_time

CALENDAR = BusinessCalendar("America/New_York")
MONDAY_10 = datetime(2026, 3, 2, 15, tzinfo=UTC)


def _next(attempts: int, at: datetime = MONDAY_10, zone: str = "America/New_York") -> Plan:
    return next_attempt(attempts, at=at, calendar=CALENDAR, zone=zone, maximum=5)


def test_the_cadence_spreads_five_attempts_over_ten_business_days_and_times_of_day() -> None:
    at, days, clocks = MONDAY_10, [], []
    for attempts in range(1, 5):
        at = _next(attempts, at).due_at
        local = local_time(at, "America/New_York")
        days.append(f"{local:%a %d}")
        clocks.append(f"{local:%H:%M}")

    assert days == ["Tue 03", "Thu 05", "Tue 10", "Fri 13"]
    assert len(set(clocks)) == 4
    assert any(clock < "09:00" or clock > "17:00" for clock in clocks)


def test_an_attempt_before_opening_is_not_followed_by_one_the_same_day() -> None:
    early = MONDAY_10 - timedelta(hours=2)

    assert local_time(_next(1, early).due_at, "America/New_York").day == 3


def test_after_the_last_attempt_a_person_decides_when_the_call_back_window_ends() -> None:
    plan = _next(5)

    assert plan.type == ActionType.DECIDE_CLOSE
    assert plan.due_at == MONDAY_10 + timedelta(days=14)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"])
@pytest.mark.parametrize("attempts", [1, 2, 3, 4])
def test_a_proposed_call_falls_into_her_contact_window(attempts: int, zone: str) -> None:
    local = local_time(_next(attempts, zone=zone).due_at, zone)

    assert 9 <= local.hour < 19


@pytest.mark.parametrize("stage", list(Stage))
def test_every_open_stage_has_a_proposal_ahead_and_a_closed_one_none(stage: Stage) -> None:
    visit = MONDAY_10 + timedelta(days=7)
    plan = proposal(stage, at=MONDAY_10, calendar=CALENDAR, visit_at=visit)

    assert (plan is None) == (stage in CLOSED)
    assert plan is None or plan.due_at >= MONDAY_10


def test_a_visit_is_confirmed_two_business_days_before() -> None:
    visit = datetime(2026, 3, 10, 14, tzinfo=UTC)  # Tuesday 10:00
    plan = proposal(Stage.SCHEDULED, at=MONDAY_10, calendar=CALENDAR, visit_at=visit)

    assert plan == Plan(ActionType.CONFIRM_VISIT, datetime(2026, 3, 6, 15, tzinfo=UTC))


def test_an_own_inquiry_is_answered_sooner_than_a_referral() -> None:
    own = first_response_due(MONDAY_10, SourceKind.WEB, CALENDAR)
    referral = first_response_due(MONDAY_10, SourceKind.REFERRAL, CALENDAR)

    assert own - MONDAY_10 == timedelta(hours=4)
    assert local_time(referral, "America/New_York").strftime("%a %H:%M") == "Tue 10:00"
    assert set(FIRST_RESPONSE_HOURS) == set(SourceKind)


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (None, "action"),
        (Plan(ActionType.CALL, datetime(2026, 3, 3)), "due_at"),  # noqa: DTZ001  (naive on purpose)
        (Plan(ActionType.CALL, MONDAY_10 - timedelta(hours=1)), "due_at"),
        (Plan(ActionType.CALL, MONDAY_10 + timedelta(days=400)), "due_at"),
        (Plan(ActionType.CALL, MONDAY_10, detail="x" * 201), "detail"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_field(plan: Plan | None, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_plan(plan, at=MONDAY_10)

    assert refusal.value.field == field
