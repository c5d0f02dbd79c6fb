"""What comes next and by when."""

from datetime import UTC, datetime, timedelta

import pytest

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.next_actions import (
    Plan,
    check_plan,
    first_response_due,
    proposal,
)
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.targets import Target, TargetKey, Unit
from recruitment.rules.terms import TargetVersion, Terms
from recruitment.rules.vocabulary import ActionType, SourceKind
from trialsnest.lib.zones import local_time

TERMS = Terms(((None, BusinessCalendar("America/New_York")),))
MONDAY_10 = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize("stage", list(Stage))
def test_every_open_stage_has_a_proposal_ahead_and_a_closed_one_none(stage: Stage) -> None:
    visit = MONDAY_10 + timedelta(days=7)
    plan = proposal(stage, at=MONDAY_10, terms=TERMS, visit_at=visit)

    assert (plan is None) == (stage in CLOSED)
    assert plan is None or plan.due_at >= MONDAY_10


def test_a_visit_is_confirmed_two_business_days_before() -> None:
    visit = datetime(2026, 3, 10, 14, tzinfo=UTC)  # Tuesday 10:00
    plan = proposal(Stage.SCHEDULED, at=MONDAY_10, terms=TERMS, visit_at=visit)

    assert plan == Plan(ActionType.CONFIRM_VISIT, datetime(2026, 3, 6, 15, tzinfo=UTC))


def test_an_own_inquiry_is_answered_sooner_than_a_referral() -> None:
    own = first_response_due(MONDAY_10, SourceKind.WEB, TERMS)
    referral = first_response_due(MONDAY_10, SourceKind.REFERRAL, TERMS)

    assert own - MONDAY_10 == timedelta(hours=4)
    assert local_time(referral, "America/New_York").strftime("%a %H:%M") == "Tue 10:00"


def _set(key: TargetKey, amount: int, unit: Unit) -> Terms:
    """Terms in which one target is another than usual, from an hour before on."""
    began = MONDAY_10 - timedelta(hours=1)
    version = TargetVersion(key, "", is_own=False, in_force_from=began, target=Target(amount, unit))
    return Terms(TERMS.calendars, (version,))


def test_what_is_proposed_takes_its_time_from_the_target_in_force() -> None:
    terms = _set(TargetKey.OUTCOME, 3, Unit.HOURS)

    plan = proposal(Stage.SCREENED, at=MONDAY_10, terms=terms)

    assert plan == Plan(ActionType.RECORD_OUTCOME, MONDAY_10 + timedelta(hours=3))


def test_a_visit_is_confirmed_as_long_before_as_the_target_says() -> None:
    visit = datetime(2026, 3, 10, 14, tzinfo=UTC)  # Tuesday 10:00
    terms = _set(TargetKey.VISIT_CONFIRM, 1, Unit.BEFORE)

    plan = proposal(Stage.SCHEDULED, at=MONDAY_10, terms=terms, visit_at=visit)

    assert plan == Plan(ActionType.CONFIRM_VISIT, datetime(2026, 3, 9, 14, tzinfo=UTC))


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
