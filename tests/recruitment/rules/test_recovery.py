"""Who may decide what of a stale lead, and what counts as recovered (6.2, 6.3)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.recovery import (
    ACTIONS,
    FOR_SEVERAL,
    USUAL,
    AgingLane,
    Decision,
    Rate,
    aging_lane,
    check_outcome,
    ordinal,
    recover_by,
    recovery_rate,
    times_stale,
)
from recruitment.rules.recovery_codes import PatientReason, RecoveryOutcome
from recruitment.rules.refusals import InvalidInput

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # Monday 12:00 in New York
DAY = timedelta(days=1)
SITE = BusinessCalendar("America/New_York")


def test_every_outcome_says_what_comes_next_and_only_a_close_leaves_nothing() -> None:
    assert set(ACTIONS) == set(RecoveryOutcome)
    assert [outcome for outcome in ACTIONS if not ACTIONS[outcome]] == [RecoveryOutcome.CLOSE]
    assert set(USUAL) == set(PatientReason)
    assert all(ACTIONS[outcome] for outcome in FOR_SEVERAL)


@pytest.mark.parametrize(
    ("outcome", "patient", "times", "leads_site"),
    list(product(RecoveryOutcome, PatientReason, (1, 2, 3, 4), (False, True))),
)
def test_the_third_time_and_likely_not_a_fit_narrow_what_may_be_decided(
    outcome: RecoveryOutcome, patient: PatientReason, times: int, leads_site: bool
) -> None:
    not_settled_here = patient == PatientReason.NOT_A_FIT and outcome not in {
        RecoveryOutcome.SEND_TO_REVIEW,
        RecoveryOutcome.ESCALATE,
    }
    only_a_lead = (
        times >= 3
        and not leads_site
        and outcome not in {RecoveryOutcome.CLOSE, RecoveryOutcome.ESCALATE}
    )
    if not (not_settled_here or only_a_lead):
        check_outcome(outcome, patient, times=times, leads_site=leads_site)
        return
    with pytest.raises(InvalidInput) as refusal:
        check_outcome(outcome, patient, times=times, leads_site=leads_site)
    assert refusal.value.field == "outcome"
    expected = "settled in a review" if not_settled_here else "only a site lead"
    assert expected in str(refusal.value)


def test_numbers_are_said_in_order() -> None:
    said = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 23: "23rd"}
    assert {number: ordinal(number) for number in said} == said


@pytest.mark.parametrize("is_blocked", [False, True])
@pytest.mark.parametrize("first_action_at", [None, NOON])
def test_every_lead_ages_in_one_lane(first_action_at: datetime | None, is_blocked: bool) -> None:
    expected = AgingLane.STALLED if first_action_at else AgingLane.NO_FIRST_ACTION
    lane = aging_lane(first_action_at=first_action_at, is_blocked=is_blocked)
    assert lane == (AgingLane.BLOCKED if is_blocked else expected)


def test_a_lead_the_job_has_not_flagged_yet_counts_as_stale_once_more() -> None:
    def times(flagged: int, flagged_for: datetime | None, stale_at: datetime | None) -> int:
        return times_stale(flagged, flagged_for=flagged_for, stale_at=stale_at, at=NOON)

    assert times(0, None, None) == 0
    assert times(0, None, NOON + DAY) == 0
    assert times(0, None, NOON) == 1
    assert times(1, NOON, NOON) == 1
    assert times(2, NOON - DAY, NOON) == 3
    assert times(2, NOON - DAY, NOON + DAY) == 2


def test_recovery_is_movement_within_ten_working_days_of_the_decision() -> None:
    assert recover_by(NOON, SITE) == datetime(2026, 3, 16, 16, 0, tzinfo=UTC)  # still 12:00 there


def test_a_movement_counts_for_the_last_decision_before_it_and_once() -> None:
    first, second = (Decision(1, NOON + n * DAY, NOON + (n + 14) * DAY) for n in (0, 4))
    other = Decision(2, NOON, NOON + 2 * DAY)
    at = NOON + 10 * DAY

    def rate(*recoveries: tuple[int, datetime]) -> Rate:
        return recovery_rate([second, other, first], recoveries, at=at)

    assert rate() == Rate(0, 3, 2)
    assert rate((1, NOON + 5 * DAY)) == Rate(1, 3, 1)
    assert rate((1, NOON + 5 * DAY), (1, NOON + 6 * DAY)) == Rate(1, 3, 1)
    assert rate((1, NOON + 3 * DAY), (1, NOON + 6 * DAY)) == Rate(2, 3, 0)
    assert rate((1, NOON - DAY), (3, NOON)) == Rate(0, 3, 2)
    assert rate((1, NOON + 5 * DAY), (2, NOON + DAY)).percent == 67
    assert recovery_rate([], [], at=at).percent is None
