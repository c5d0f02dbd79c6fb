"""Every category with every party: what stops the clocks, and until when (7.1, PZ1, PZ2)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from recruitment.rules.blocking import (
    DECIDERS,
    DECIDES,
    MAX_REVIEW_AHEAD,
    PAUSES,
    REVIEW_DAYS,
    needs_review_by,
    pauses,
    proposed_review,
    review_limit,
)
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory, Party

B, P = BlockerCategory, Party
NEW_YORK = BusinessCalendar(zone="America/New_York")
MONDAY_NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)

# Written out from the table of 7.1, apart from how the rule works it out.
PAUSING = {
    (B.MISSING_RECORDS, P.RECORDS_PROVIDER),
    (B.MISSING_RECORDS, P.PATIENT),
    (B.MEDICATION_REVIEW, P.STUDY_TEAM),
    (B.PENDING_REVIEW, P.STUDY_TEAM),
    (B.PATIENT_AVAILABILITY, P.PATIENT),
    (B.VISIT_CAPACITY, P.SPONSOR),
    (B.PATIENT_DECIDING, P.PATIENT),
    (B.TRAVEL, P.PATIENT),
    (B.CAREGIVER, P.PATIENT),
    (B.COST, P.PATIENT),
    (B.TIME_OFF, P.PATIENT),
    (B.CRITERIA_AMBIGUITY, P.STUDY_TEAM),
    (B.CRITERIA_AMBIGUITY, P.SPONSOR),
    (B.SPONSOR_DECISION, P.SPONSOR),
    (B.CONTACT_PERMISSION, P.PATIENT),
    (B.STUDY_PAUSED, P.SPONSOR),
}
RUNNING = {
    (B.VISIT_CAPACITY, P.VISIT_CAPACITY),
    (B.SCHEDULING_CONSTRAINT, P.COORDINATOR),
    (B.SCHEDULING_CONSTRAINT, P.STUDY_TEAM),
    (B.INTERPRETER, P.COORDINATOR),
    (B.UNCLEAR_INFORMATION, P.COORDINATOR),
    (B.UNCLEAR_INFORMATION, P.SPONSOR),
    (B.SOURCE_MISMATCH, P.COORDINATOR),
}


@pytest.mark.parametrize(("category", "party"), list(product(BlockerCategory, Party)))
def test_every_blocker_stops_the_clocks_exactly_where_the_table_says(
    category: BlockerCategory, party: Party
) -> None:
    assert pauses(category, party) == ((category, party) in PAUSING)
    assert needs_review_by(category, party) == pauses(category, party)


def test_the_table_has_a_line_for_every_category_with_every_party_it_may_wait_on() -> None:
    every = {(category, party) for category in B for party in BLOCKER_PARTIES[category]}

    assert every == PAUSING | RUNNING == set(PAUSES)


def test_s22_a_capacity_blocker_that_waits_on_the_site_stops_no_clock() -> None:
    assert not pauses(B.VISIT_CAPACITY, P.VISIT_CAPACITY)
    assert pauses(B.VISIT_CAPACITY, P.SPONSOR)


@pytest.mark.parametrize("category", list(BlockerCategory))
def test_waiting_on_the_site_itself_never_stops_a_clock(category: BlockerCategory) -> None:
    assert not pauses(category, P.COORDINATOR)
    assert not pauses(category, P.VISIT_CAPACITY)


@pytest.mark.parametrize("category", list(BlockerCategory))
def test_what_is_proposed_lies_within_what_is_allowed(category: BlockerCategory) -> None:
    for hours in range(0, 24 * 14, 5):
        at = MONDAY_NOON + timedelta(hours=hours)
        proposed = proposed_review(category, at=at, calendar=NEW_YORK)

        assert at < proposed < review_limit(at=at, calendar=NEW_YORK)


def test_the_tenth_working_day_is_allowed_to_its_end_and_the_next_one_is_not() -> None:
    limit = review_limit(at=MONDAY_NOON, calendar=NEW_YORK)

    assert limit == datetime(2026, 3, 17, 4, tzinfo=UTC)  # Monday 16 March ends, summer time
    assert MAX_REVIEW_AHEAD == 10


def test_a_closed_day_counts_from_the_next_opening() -> None:
    saturday = datetime(2026, 2, 28, 17, tzinfo=UTC)

    assert review_limit(at=saturday, calendar=NEW_YORK) == review_limit(
        at=MONDAY_NOON, calendar=NEW_YORK
    )


def test_every_category_has_its_days_and_only_parties_that_decide_are_named() -> None:
    assert set(REVIEW_DAYS) == set(BlockerCategory)
    assert set(DECIDES.values()) <= set(DECIDERS)
    assert max(REVIEW_DAYS.values()) <= MAX_REVIEW_AHEAD
