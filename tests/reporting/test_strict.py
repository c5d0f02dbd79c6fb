"""What a strict study prints of its totals, beside what it printed before (SC2; D2, D37)."""

from dataclasses import replace
from datetime import timedelta

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MilestoneCode
from reporting.figures.cells import WITHHELD, exact, small
from reporting.figures.inputs import Inputs, LeadFacts
from reporting.figures.report import Report, as_last, told, weekly_report
from reporting.figures.revising import revised_report
from reporting.figures.revisions import Revised
from reporting.figures.suppression import partition, total_share
from tests.reporting.facts import CUT_OFF, DAY, START, at, closed, inputs, lead, mature
from tests.reporting.samples import HEADER, WEEK

K = 5
ATTEMPT = MilestoneCode.FIRST_ATTEMPT.value


def tried(n: int, *, when: timedelta = DAY, of: int = 0) -> list[LeadFacts]:
    """Leads received before the last cut-off, of whom so many were tried `when` after it."""
    moment = at(START + when)
    return [
        lead(START - 2 * WEEK, milestones={ATTEMPT: moment} if number < n else {})
        for number in range(max(n, of))
    ]


def strict(*leads: LeadFacts, **more: object) -> Inputs:
    return inputs(*leads, strict=True, **more)


def first(given: Inputs) -> Report:
    """The report before the sample's, of the same leads; a first one."""
    header = replace(HEADER, period_start=START - WEEK, cut_off=START, as_of=START + DAY / 8)
    return weekly_report(
        replace(given, header=header, last=None, cohort_start=given.cohort_start - WEEK)
    )


def after(given: Inputs, before: Report) -> Report:
    return weekly_report(replace(given, last=as_last(before)), [told(before)])


def test_a_small_total_is_withheld_where_few_leads_came() -> None:
    """ "<5" of three leads is one to three."""
    assert weekly_report(strict(*tried(1, of=3))).moved("attempted_contact").this == WITHHELD
    assert weekly_report(strict(*tried(1, of=9))).moved("attempted_contact").this == small(K)
    assert weekly_report(strict(*tried(0, of=3))).moved("attempted_contact").this == exact(0)


def test_two_totals_together_leave_room_for_the_small_one() -> None:
    """Of ten leads two were tried one week and eight the next: "<5", then 8, would be a 2."""
    some, others = tried(2, when=-DAY), tried(8)
    before = first(strict(*some, *others))
    assert before.moved("attempted_contact").this == small(K)

    assert after(strict(*some, *others), before).moved("attempted_contact").this == WITHHELD
    more = [lead(START - 2 * WEEK) for _ in range(9)]
    assert after(strict(*some, *others, *more), before).moved("attempted_contact").this == exact(8)


def test_the_period_before_is_printed_as_it_was() -> None:
    given = strict(*tried(1, when=-DAY, of=3))
    before = first(given)
    assert before.moved("attempted_contact").this == WITHHELD

    assert after(given, before).moved("attempted_contact").previous == WITHHELD


def test_a_first_report_leaves_out_what_its_other_tables_would_tell() -> None:
    closes = [closed(START + DAY, CloseCode.PT_NOT_INTERESTED) for _ in range(8)]
    report = weekly_report(strict(*closes, *mature(30, contacted=12), last=None))

    assert report.moved("closed").this == WITHHELD
    assert {rate.reached for rate in report.sources.total.rates} == {WITHHELD}
    again = weekly_report(strict(*closes, *mature(30, contacted=12)))
    assert again.moved("closed").this == exact(8)
    assert again.sources.total.contact.reached == exact(12)


def test_two_strict_totals_are_not_printed_when_they_differ_by_few() -> None:
    given = strict(*mature(40, contacted=20))
    before = after(given, first(given))
    reached = {MilestoneCode.FIRST_TWO_WAY_CONTACT.value: at(CUT_OFF - 14 * DAY)}
    two = [lead(CUT_OFF - 15 * DAY, milestones=reached) for _ in range(2)]
    header = replace(
        HEADER,
        number=17,
        period_start=CUT_OFF,
        cut_off=CUT_OFF + WEEK,
        as_of=CUT_OFF + WEEK,
        previous_cut_off=CUT_OFF,
    )
    now = replace(strict(*mature(40, contacted=20), *two), header=header)

    found = after(now, before)

    assert before.sources.total.contact.reached == exact(20)
    assert found.sources.total.contact.reached in {exact(20), WITHHELD}


def test_a_study_stays_strict_once_it_published_so() -> None:
    given = strict(*tried(2, of=12))
    before = first(given)

    report = after(replace(given, strict=False), before)

    assert report.strict
    assert report.moved("attempted_contact").to_date == WITHHELD


def test_a_revision_withholds_a_total_that_it_would_print_otherwise() -> None:
    before = weekly_report(strict(*tried(6, of=20)))
    now = weekly_report(strict(*tried(8, of=20)))

    revised = revised_report(now, before, Revised("A", "late", "More came."))

    assert revised.moved("attempted_contact").this == WITHHELD
    assert revised.moved("reviewable") == now.moved("reviewable")
    assert revised.revised is not None
    assert [row.after for row in revised.revised.differences] == ["withheld"]


def test_a_total_of_few_leads_tells_nothing_not_even_a_zero() -> None:
    assert total_share(1, 1, k=K, strict=True) == WITHHELD
    assert total_share(0, 4, k=K, strict=True) == WITHHELD
    assert total_share(1, 1, k=K, strict=False) == exact(1)


def test_a_hidden_total_is_known_to_be_no_more_than_came() -> None:
    counts = {"a": 6, "b": 2}

    assert partition(counts, k=K, total_is_printed=False) == {"a": exact(6), "b": small(K)}
    tight = partition(counts, k=K, total_is_printed=False, at_most=9)
    assert tight is None or tight["a"] == WITHHELD
