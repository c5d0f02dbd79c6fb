"""Movement and balance, case by case (domain.md 12.1 sections 3-4, 12.4)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MilestoneCode
from recruitment.rules.stages import Bucket
from reporting.figures import words
from reporting.figures.cells import exact
from reporting.figures.inputs import (
    NO_RESPONSE,
    LastReport,
    Moment,
    Turn,
    TurnKind,
)
from reporting.figures.movement import Imbalance, balance, counted
from reporting.figures.report import as_last, weekly_report
from reporting.figures.sources import source_table
from tests.reporting.facts import (
    AS_OF,
    CUT_OFF,
    DAY,
    INSTANT,
    LAST,
    START,
    at,
    balanced,
    closed,
    inputs,
    lead,
    reached,
)
from tests.reporting.samples import HEADER, WEEK


@pytest.mark.parametrize(
    ("when", "this"),
    [(START - INSTANT, 0), (START, 1), (CUT_OFF - INSTANT, 1), (CUT_OFF, 0)],
)
def test_a_period_holds_its_start_and_not_its_end(when: datetime, this: int) -> None:
    found = counted(inputs(reached(MilestoneCode.REVIEWABLE, when)), "reviewable")

    assert found.this == this


@pytest.mark.parametrize(
    ("code", "milestone"),
    [
        ("attempted_contact", MilestoneCode.FIRST_ATTEMPT),
        ("prescreen_completed", MilestoneCode.PRESCREEN_COMPLETED),
        ("reviewable", MilestoneCode.REVIEWABLE),
        ("visit_scheduled", MilestoneCode.VISIT_SCHEDULED),
        ("visit_attended", MilestoneCode.VISIT_ATTENDED),
        ("no_response", NO_RESPONSE),
    ],
)
def test_each_row_of_movement_counts_its_own_milestone(code: str, milestone: str) -> None:
    found = {row: counted(inputs(reached(milestone, START)), row).this for row in words.MOVEMENT}

    assert {row: n for row, n in found.items() if n} == {code: 1}


def test_new_interest_closes_and_enrollments_are_counted_in_the_period() -> None:
    enrolled = Turn(TurnKind.ENROLLED, START, START)
    given = inputs(
        lead(START), closed(START), lead(START - WEEK, turns=(enrolled,), bucket="closed")
    )

    found = {row: counted(given, row).this for row in words.MOVEMENT}
    assert {row: n for row, n in found.items() if n} == {
        "new_interest": 1,
        "closed": 1,
        "enrolled": 1,
    }


def test_what_was_recorded_after_the_as_of_is_not_known() -> None:
    given = inputs(reached(MilestoneCode.REVIEWABLE, START, told=AS_OF + INSTANT))

    assert counted(given, "reviewable").to_date == 0


def test_test_leads_count_nowhere() -> None:
    report = weekly_report(inputs(lead(is_test=True)))

    assert report.moved("new_interest").to_date == exact(0)
    assert report.open_now.total == exact(0)


def test_s67_an_entry_dated_before_the_last_cut_off_shows_as_late() -> None:
    in_time = reached(MilestoneCode.REVIEWABLE, START - DAY, told=LAST.as_of)
    late = reached(MilestoneCode.REVIEWABLE, START - DAY, told=LAST.as_of + INSTANT)

    found = counted(inputs(in_time, late), "reviewable")

    assert (found.this, found.previous, found.late, found.to_date) == (0, 1, 1, 2)


def test_s65_a_skipped_week_lengthens_the_period() -> None:
    header = replace(HEADER, period_start=CUT_OFF - 2 * WEEK)
    last = LastReport(CUT_OFF - 3 * WEEK, CUT_OFF - 2 * WEEK, CUT_OFF - 2 * WEEK, None)
    given = inputs(lead(CUT_OFF - 10 * DAY), last=last, header=header)

    assert counted(given, "new_interest").this == 1


def test_a_merged_duplicate_counts_as_interest_and_nowhere_else() -> None:
    twice = closed(START + DAY, CloseCode.SRC_DUPLICATE, received=START)
    twice = replace(twice, milestones={MilestoneCode.FIRST_ATTEMPT.value: at(START)})
    given = inputs(twice)

    assert counted(given, "new_interest").this == 1
    assert counted(given, "attempted_contact").this == 0
    assert counted(given, "closed").this == 0
    assert balance(given).merged == 1


def test_s66_the_balance_closes() -> None:
    found = balance(balanced())

    assert (found.opening, found.new, found.reopened, found.closed, found.enrolled) == (
        42,
        11,
        1,
        6,
        2,
    )
    assert found.open_now == found.worked_out == 46
    assert weekly_report(balanced()).open_now.total == exact(46)


def test_a_balance_that_does_not_close_is_refused() -> None:
    wrong = lead(START, bucket=Bucket.CLOSED.value)

    with pytest.raises(Imbalance, match=r"47 open leads, the buckets hold 46"):
        weekly_report(replace(balanced(), leads=(*balanced().leads, wrong)))


def test_the_balance_goes_on_from_the_issued_one_and_shows_a_late_close() -> None:
    first = weekly_report(replace(balanced(), last=None))
    header = replace(HEADER, period_start=CUT_OFF, cut_off=CUT_OFF + WEEK, as_of=CUT_OFF + WEEK)
    told_late = closed(CUT_OFF - DAY, received=START - WEEK, told=AS_OF + INSTANT)
    leads = (told_late, *balanced().leads[1:])  # the first of 34 that stood open

    found = balance(replace(balanced(), header=header, last=as_last(first), leads=leads))

    assert (found.opening, found.late, found.closed, found.open_now) == (46, -1, 0, 45)


def test_a_lead_recorded_late_stands_on_the_line_of_late_entries() -> None:
    late = replace(lead(), received=Moment(START - DAY, LAST.as_of + INSTANT))

    found = balance(inputs(late, lead(START - WEEK)))

    assert (found.opening, found.late, found.new, found.open_now) == (1, 1, 0, 2)


def test_closing_twice_after_a_reopening_counts_twice_and_the_inquiry_once() -> None:
    turns = tuple(
        Turn(kind, START + hours * timedelta(hours=1), START + DAY, CloseCode.OTHER_TRIAL.value)
        for hours, kind in ((1, TurnKind.CLOSED), (2, TurnKind.REOPENED), (3, TurnKind.CLOSED))
    )
    given = inputs(lead(START, turns=turns, bucket="closed"))

    assert (balance(given).closed, balance(given).reopened) == (2, 1)
    assert source_table(given).total.inquiries == 1  # Q4, scenario 54


@pytest.mark.parametrize(
    ("header", "words_of_refusal"),
    [
        (replace(HEADER, cut_off=START), "ends after it starts"),
        (replace(HEADER, as_of=CUT_OFF - INSTANT), "read after it ended"),
        (replace(HEADER, period_start=START + DAY), "starts at the cut-off of the last"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(header: object, words_of_refusal: str) -> None:
    with pytest.raises(ValueError, match=words_of_refusal):
        weekly_report(replace(inputs(), header=header))  # type: ignore[arg-type]


def test_a_study_without_leads_has_a_report_of_zeros() -> None:
    report = weekly_report(inputs(last=None))

    assert {row.to_date.text for row in report.movement} == {"0"}
    assert [row.previous for row in report.movement] == [None] * len(words.MOVEMENT)
    assert not report.blockers.is_withheld
    assert (report.sources.rows, report.sources.total.inquiries) == ((), 0)
