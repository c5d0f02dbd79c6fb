"""What a report prints beside earlier ones (SC3, SC4; D37), by example."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from time import monotonic

import pytest

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MilestoneCode
from reporting.figures.disclosure.closes import close_reasons_beside
from reporting.figures.disclosure.program import NothingFits, Program, Secret, TooLong
from reporting.figures.disclosure.sources import source_table_beside
from reporting.figures.disclosure.told import Told
from reporting.figures.inputs import Inputs, LeadFacts
from reporting.figures.report import told, weekly_report
from reporting.figures.source_words import cohort_words
from reporting.figures.sources import source_table
from tests.reporting.facts import CUT_OFF, DAY, LAST, START, at, closed, inputs, lead
from tests.reporting.samples import HEADER, WEEK

K = 5
REASONS = {
    "burden": CloseCode.BURDEN_TRAVEL,
    "choice": CloseCode.PT_NOT_INTERESTED,
    "criteria": CloseCode.CRIT_LABS,
    "source": CloseCode.SRC_OUT_OF_AREA,
}


def soon() -> float:
    return monotonic() + 30


def closes(**counts: int) -> list[LeadFacts]:
    before = START - 2 * WEEK
    return [
        closed(before, REASONS[f], received=before) for f, n in counts.items() for _ in range(n)
    ]


def earlier(given: Inputs, *, weeks: int = 1) -> Told:
    """What the report told whose period ended `weeks` before the sample's."""
    cut_off = CUT_OFF - weeks * WEEK
    header = replace(
        HEADER, period_start=cut_off - WEEK, cut_off=cut_off, as_of=cut_off, next_cut_off=CUT_OFF
    )
    then = replace(given, header=header, last=None, cohort_start=given.cohort_start - weeks * WEEK)
    return told(weekly_report(then))


def closes_now(before: Told, given: Sequence[LeadFacts]) -> dict[str, str]:
    known = {row.code: row.cell.known for row in before.closes.rows if row.cell.known is not None}
    last = replace(LAST, released=known)
    table = close_reasons_beside(inputs(*given, last=last), [before], ends=soon()).by_family
    return {row.code: row.cell.text for row in table.rows}


def test_a_number_that_passes_the_floor_does_not_tell_what_it_was_before() -> None:
    """ "<5", then 5, while one lead closed, was a 4."""
    first = {"burden": 4, "choice": 2, "criteria": 2, "source": 20}
    before = earlier(inputs(*closes(**first)))
    assert {row.code: row.cell.text for row in before.closes.rows}["burden"] == "<5"

    now = closes_now(before, closes(**{**first, "burden": 5}))

    assert now.get("burden") != "5"


def test_what_came_since_is_told_where_it_is_no_small_number() -> None:
    first = {"burden": 10, "choice": 10, "criteria": 10}
    before = earlier(inputs(*closes(**first)))

    now = closes_now(before, closes(**{**first, "burden": 16}))

    assert now == {"burden": "16", "choice": "10", "criteria": "10"}


def test_a_table_does_not_tell_what_a_withheld_one_held() -> None:
    """Everybody closed for one reason: then so had the two of last week."""
    before = earlier(inputs(*closes(burden=2)))
    assert before.closes.is_withheld

    assert closes_now(before, closes(burden=9)) == {}
    assert closes_now(before, closes(burden=9, choice=8)) == {"burden": "9", "choice": "8"}


def test_entries_that_were_voided_are_no_contradiction() -> None:
    before = earlier(inputs(*closes(burden=20, choice=3, criteria=4, source=9)))

    now = closes_now(before, closes(burden=12, choice=3, criteria=4, source=9))

    assert now.get("burden") in {None, "12", "withheld"}


def test_what_is_not_checked_in_time_is_withheld() -> None:
    given = inputs(*closes(burden=20, choice=3, criteria=4, source=9))
    before = earlier(given)

    assert close_reasons_beside(given, [before], ends=0).by_family.is_withheld
    rows = source_table_beside(inputs(*from_page(30)), [], ends=0).rows
    assert {rate.reached.text for row in rows for rate in row.rates} == {"withheld"}


def test_a_revision_of_a_report_that_others_followed_breaks_nothing_down() -> None:
    given = inputs(*closes(burden=20, choice=13), *from_page(30))
    after = replace(earlier(given), cut_off=CUT_OFF + WEEK)

    assert close_reasons_beside(given, [after], ends=soon()).by_family.is_withheld
    rows = source_table_beside(given, [after], ends=soon()).rows
    assert {rate.reached.text for row in rows for rate in row.rates} == {"withheld"}


def from_page(n: int, *, contacted: int = 0, received: int = 36) -> list[LeadFacts]:
    """Leads of two sources, a few more every day, of whom so many were reached the next day."""
    found = []
    for number in range(n):
        when = CUT_OFF - received * DAY + (number % 7) * DAY
        reply = {MilestoneCode.FIRST_TWO_WAY_CONTACT.value: at(when + DAY)}
        source = lead().source if number % 2 else replace(lead().source, label="Flyers")
        found.append(lead(when, source=source, milestones=reply if number < contacted else {}))
    return found


def test_the_same_leads_are_not_told_of_twice_with_a_few_more() -> None:
    """Two more of one source were reached: the table of last week is printed again as it was."""
    leads = from_page(60, contacted=30)
    before = earlier(inputs(*leads))
    assert before.sources.rows[0].contact.reached.text == "15"
    joined = CUT_OFF - 15 * DAY
    reply = {MilestoneCode.FIRST_TWO_WAY_CONTACT.value: at(joined + DAY)}
    others = [lead(joined) for _ in range(9)]
    given = inputs(*leads, *others, *(lead(joined, milestones=reply) for _ in range(2)))

    alone, beside = source_table(given), source_table_beside(given, [before], ends=soon())

    assert alone.cohort.end == CUT_OFF
    assert beside == before.sources
    report = weekly_report(given, [before])
    assert (report.sources, report.funnel) == (before.sources, before.funnel)
    assert "As in the report of that time" in cohort_words(report)
    assert "As in the report" not in cohort_words(weekly_report(given))


def test_a_table_that_changed_by_many_is_a_new_one() -> None:
    leads = from_page(60, contacted=30)
    before = earlier(inputs(*leads))
    given = inputs(*leads, *from_page(60, contacted=30, received=20))

    assert source_table_beside(given, [before], ends=soon()) == source_table(given)


def test_a_report_on_another_weekday_prints_the_last_table_again() -> None:
    """Its totals would be of other stretches of time than the older table was tried with."""
    leads = from_page(60, contacted=30)
    before = earlier(inputs(*leads))
    given = inputs(*leads, *from_page(60, contacted=30, received=20))
    header = replace(HEADER, cut_off=CUT_OFF + 2 * DAY, as_of=CUT_OFF + 2 * DAY)
    moved = replace(given, header=header, cohort_start=given.cohort_start + 2 * DAY)

    assert source_table_beside(moved, [before], ends=soon()) == before.sources
    assert source_table_beside(moved, [], ends=soon()).cohort.end == header.cut_off
    later = replace(header, cut_off=CUT_OFF + 8 * WEEK + 2 * DAY, as_of=CUT_OFF + 9 * WEEK)
    long_after = replace(given, header=later, cohort_start=CUT_OFF + 2 * DAY)
    found = source_table_beside(long_after, [before], ends=soon())
    assert found.cohort.end == later.cut_off


def test_a_table_is_not_printed_again_for_ever() -> None:
    leads = from_page(60, contacted=30, received=50)
    before = earlier(inputs(*leads), weeks=4)
    joined = CUT_OFF - 15 * DAY
    reply = {MilestoneCode.FIRST_TWO_WAY_CONTACT.value: at(joined + DAY)}
    given = inputs(*leads, *(lead(joined) for _ in range(9)), lead(joined, milestones=reply))

    assert source_table_beside(given, [before], ends=soon()).cohort.end == CUT_OFF


def test_the_same_inputs_give_the_same_report() -> None:
    given = inputs(*from_page(60, contacted=30), *closes(burden=20, choice=3, criteria=4))
    before = [earlier(given)]

    assert weekly_report(given, before) == weekly_report(given, before)


def test_the_possible_values_of_a_program_are_those_of_counting() -> None:
    """Three unknowns from 0 to 6 and two random sums of them."""
    rng = random.Random(3)
    for _ in range(20):
        truth = [rng.randint(0, 6) for _ in range(3)]
        sums = [{at: rng.choice((-1, 1, 2)) for at in rng.sample(range(3), 2)} for _ in range(2)]
        limits = [sum(n * truth[at] for at, n in terms.items()) for terms in sums]
        program = Program(soon())
        for _ in truth:
            program.unknown(0, 6)
        for terms, limit in zip(sums, limits, strict=True):
            program.say(terms, limit, limit + 1)
        fits = [
            values
            for values in product(range(7), repeat=3)
            if all(
                limit <= sum(n * values[at] for at, n in terms.items()) <= limit + 1
                for terms, limit in zip(sums, limits, strict=True)
            )
        ]
        for unknown in range(3):
            span = max(f[unknown] for f in fits) - min(f[unknown] for f in fits) + 1
            kept = Secret({unknown: 1}, span, "", is_past=False)
            lost = replace(kept, values=span + 1)
            assert program.out([kept]) == []
            assert program.out([lost]) == [lost]
            assert program.least({unknown: 1}) == min(f[unknown] for f in fits)


@pytest.mark.parametrize(
    ("low", "high", "is_out"), [(2, 2, True), (0, 0, False), (5, 5, False), (2, 3, False)]
)
def test_a_difference_is_out_when_it_is_sure_to_be_small(low: int, high: int, is_out: bool) -> None:
    secret = Secret({0: 1}, 2, "", is_past=False, small_under=K)

    assert secret.is_out(low, high) is is_out


def test_a_program_says_when_nothing_fits_and_when_its_time_is_over() -> None:
    program = Program(soon())
    program.say({program.unknown(): 1}, 3, 2)
    with pytest.raises(NothingFits):
        program.least({0: 1})
    with pytest.raises(TooLong):
        Program(ends=0).out([Secret({}, 2, "", is_past=False)])
