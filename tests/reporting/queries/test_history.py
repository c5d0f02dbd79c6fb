"""One lead's log as plain values, and how it stood at a cut-off."""

from datetime import datetime

import pytest

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.stages import Bucket
from recruitment.rules.staleness import REST_DAYS
from recruitment.rules.terms import Terms as ClockTerms
from reporting.figures.inputs import LeadFacts, SourceFacts
from reporting.queries.history import Terms, in_order, lead_facts
from tests.factories.recruitment import MONDAY
from tests.reporting.world import DAY, WEEK

CLOCKS = ClockTerms(calendars=((None, BusinessCalendar("America/New_York")),))
TERMS = Terms(CLOCKS, REST_DAYS, max_attempts=5)
SOURCE = SourceFacts("REF", "Referrals", "referral")
RECEIVED = Fact(kind=EventKind.RECEIVED, occurred_at=MONDAY, by_staff=False, seq=1)
K = EventKind


def move(at: datetime, source: str, target: str, reason: str = "") -> Fact:
    return Fact(
        kind=K.STAGE_CHANGED,
        occurred_at=at,
        by_staff=True,
        from_stage=source,
        to_stage=target,
        reason_code=reason,
    )


def told(*facts: Fact, cut_off: datetime = MONDAY + WEEK) -> LeadFacts:
    log = in_order([(fact, MONDAY + WEEK) for fact in (RECEIVED, *facts)])
    found = lead_facts(log, source=SOURCE, is_test=False, cut_off=cut_off, terms=TERMS)
    assert found is not None
    return found


def test_a_stage_change_entered_late_counts_after_the_one_entered_before() -> None:
    facts = told(
        move(MONDAY + 3 * DAY, "contacted", "closed_other", "burden_travel"),
        move(MONDAY + 4 * DAY, "closed_other", "coordinator_review"),
        move(MONDAY + 2 * DAY, "coordinator_review", "closed_other", "burden_cost"),
    )

    days = [(turn.occurred_at - MONDAY).days for turn in facts.turns]
    assert days == [3, 4, 4]
    assert facts.bucket == Bucket.CLOSED


def test_a_change_from_closed_to_closed_is_no_second_close() -> None:
    facts = told(
        move(MONDAY + DAY, "contacted", "closed_other", "burden_travel"),
        move(MONDAY + 2 * DAY, "closed_other", "not_qualified", "crit_labs"),
    )

    assert [turn.reason for turn in facts.turns] == ["burden_travel"]


@pytest.mark.parametrize(
    ("reason", "is_burden"), [("transport", True), ("weak_reminder", False), ("", False)]
)
def test_a_missed_visit_for_want_of_transport_counts_as_burden(
    reason: str, is_burden: bool
) -> None:
    missed = Fact(
        kind=K.VISIT_ENDED,
        occurred_at=MONDAY + DAY,
        by_staff=True,
        code="no_show",
        reason_code=reason,
    )

    facts = told(missed, move(MONDAY + 2 * DAY, "scheduled", "closed_other", "sched_noshow"))

    assert facts.turns[0].burden_no_show is is_burden


@pytest.mark.parametrize(
    ("states", "rolled_up"),
    [
        ({1: "needed", 2: "reviewed"}, "needed"),
        ({1: "incomplete", 2: "requested"}, "requested"),
        ({1: "received", 2: "not_required"}, "received"),
        ({1: "reviewed", 2: "waived"}, "reviewed"),
        ({1: "not_required"}, ""),
        ({}, ""),
    ],
)
def test_records_roll_up_to_the_least_advanced_one_that_is_needed(
    states: dict[int, str], rolled_up: str
) -> None:
    changes = [
        Fact(
            kind=K.RECORDS_CHANGED,
            occurred_at=MONDAY + DAY,
            by_staff=True,
            code=state,
            subject_id=item,
        )
        for item, state in states.items()
    ]

    assert told(*changes).records == rolled_up


def test_the_first_time_without_response_is_kept_apart_from_the_milestones() -> None:
    facts = told(
        move(MONDAY + 2 * DAY, "contacted", "no_response"),
        move(MONDAY + 3 * DAY, "no_response", "contacted"),
        move(MONDAY + 4 * DAY, "contacted", "no_response"),
    )

    assert facts.milestones["no_response"].occurred_at == MONDAY + 2 * DAY


def test_a_lead_received_at_the_cut_off_is_not_told() -> None:
    log = in_order([(RECEIVED, MONDAY)])

    assert lead_facts(log, source=SOURCE, is_test=False, cut_off=MONDAY, terms=TERMS) is None
