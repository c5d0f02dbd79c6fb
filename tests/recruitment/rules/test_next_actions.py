"""What comes next and by when."""

from datetime import UTC, datetime, timedelta

import pytest

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.next_actions import (
    FIRST_RESPONSE_HOURS,
    Plan,
    check_plan,
    first_response_due,
    proposal,
)
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import ActionType, SourceKind
from trialsnest.lib.zones import local_time

CALENDAR = BusinessCalendar("America/New_York")
MONDAY_10 = datetime(2026, 3, 2, 15, tzinfo=UTC)


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
