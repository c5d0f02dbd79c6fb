"""Closes by criterion and leads that wait on criteria, as far as other tables print them (SC4)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from recruitment.rules.closing import CRITERIA_CODES, CloseCode
from recruitment.rules.vocabulary import BlockerCategory, Party
from reporting.figures.cells import Cell, Shown, exact
from reporting.figures.friction import CATEGORIES
from reporting.figures.inputs import LeadFacts
from reporting.figures.report import Report, as_last, weekly_report
from tests.reporting.facts import DAY, LAST, START, WEEK, blocked, closed, inputs, lead


def criteria(**numbers: int) -> list[LeadFacts]:
    return [
        closed(START + DAY, CloseCode(code))
        for code, number in numbers.items()
        for _ in range(number)
    ]


def friction_of(leads: Sequence[LeadFacts], **more: object) -> Report:
    return weekly_report(inputs(*leads, **more))


def test_closes_for_criteria_are_broken_down_where_the_family_is_printed() -> None:
    found = friction_of(criteria(crit_labs=8, crit_diagnosis=6, burden_cost=9)).friction
    small_family = friction_of(criteria(crit_labs=3, burden_cost=9)).friction
    strict = friction_of(criteria(crit_labs=8, burden_cost=9), strict=True).friction

    assert found is not None
    assert [(row.label, row.cell.text) for row in found.closes.rows] == [
        ("Lab or test values", "8"),
        ("Diagnosis or condition", "6"),
    ]
    assert small_family is not None
    assert small_family.closes.is_withheld
    assert small_family.closes.total.known is None
    assert strict is not None
    assert strict.closes.is_withheld


def test_a_small_criterion_is_not_told_by_the_rest_of_its_family() -> None:
    found = friction_of(criteria(crit_labs=8, crit_diagnosis=2, burden_cost=9)).friction

    assert found is not None
    assert 2 not in [row.cell.known for row in found.closes.rows]
    assert 8 not in [row.cell.known for row in found.closes.rows]


def test_a_criterion_that_grew_by_few_keeps_what_was_published() -> None:
    before = replace(
        LAST,
        released={"criteria": 20, "burden": 9},
        released_criteria={"crit_labs": 10, "crit_diagnosis": 10},
    )
    leads = criteria(crit_labs=12, crit_diagnosis=20, burden_cost=9)

    found = friction_of(leads, last=before).friction

    assert found is not None
    shown = {row.code: row.cell for row in found.closes.rows}
    assert all(cell.known != 12 for cell in shown.values())
    assert dict(found.released).get("crit_labs") == 10


def test_the_next_report_goes_on_from_what_this_one_told() -> None:
    report = friction_of(
        [
            *criteria(crit_labs=8, crit_diagnosis=6),
            *[lead(START - WEEK, bucket="stale") for _ in range(7)],
        ]
    )

    last = as_last(report)

    assert last.released_criteria == {"crit_labs": 8, "crit_diagnosis": 6}
    assert last.stale_is_printed


def test_every_criterion_of_the_list_has_its_word() -> None:
    assert set(CATEGORIES) == set(CRITERIA_CODES)


A = BlockerCategory.CRITERIA_AMBIGUITY


@pytest.mark.parametrize(
    ("team", "sponsor", "cell"),
    [(6, 7, exact(13)), (6, 0, exact(6)), (0, 0, exact(0)), (3, 0, None), (6, 2, None)],
)
def test_leads_that_wait_on_criteria_are_those_of_the_table_of_blockers(
    team: int, sponsor: int, cell: Cell | None
) -> None:
    leads = [
        *[blocked(A, Party.STUDY_TEAM, 3) for _ in range(team)],
        *[blocked(A, Party.SPONSOR, 3) for _ in range(sponsor)],
        *[blocked(BlockerCategory.TRAVEL, Party.PATIENT, 3) for _ in range(9)],
        *[blocked(BlockerCategory.COST, Party.PATIENT, 3) for _ in range(9)],
    ]

    found = friction_of(leads).friction

    assert found is not None
    if cell is None:
        assert found.waiting.shown == Shown.WITHHELD
    else:
        assert found.waiting == cell
