"""Asks in a report: age, answers, and what an answer frees, small numbers kept back (AS3, D39)."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from recruitment.rules.vocabulary import BlockerCategory, Party
from reporting.figures.cells import Cell, Shown
from reporting.figures.inputs import AskFacts, BlockerFacts, Inputs, LeadFacts
from reporting.figures.report import Report, weekly_report
from reporting.figures.snapshot import (
    UnreadableSnapshot,
    canonical,
    from_document,
    from_json,
    to_document,
    to_json,
)
from reporting.render import report_html
from reporting.sheet import figures_csv
from tests.reporting.samples import CUT_OFF, WEEK, sample_inputs
from tests.reporting.test_sections import NEW_SECTIONS

A, B = BlockerCategory.CRITERIA_AMBIGUITY, BlockerCategory.VISIT_CAPACITY
DAY = timedelta(days=1)
ASK = AskFacts(
    key=1,
    kind="criteria",
    party="sponsor",
    question="May records of two years be enough?",
    why="The older ones are on paper.",
    raised_at=CUT_OFF - 12 * DAY,
    due_at=CUT_OFF - 5 * DAY,
    category=A,
)


def stopped(category: BlockerCategory, number: int, *asks: int) -> Sequence[LeadFacts]:
    """So many open leads of the sample, stopped by one blocker each, that wait for these asks."""
    party = Party.SPONSOR
    blocker = BlockerFacts(category, party, CUT_OFF - 20 * DAY)
    lead = next(
        lead for lead in sample_inputs().counted if lead.bucket == "contacted" and not lead.is_test
    )
    return [replace(lead, blockers=(blocker,), asks=asks) for _ in range(number)]


def report(*asks: AskFacts, leads: Sequence[LeadFacts] = (), strict: bool = False) -> Report:
    """The sample's report with these asks, and with these leads as the only blocked ones."""
    sample = sample_inputs(is_first=True, strict=strict)
    free = tuple(replace(lead, blockers=()) for lead in sample.leads)
    inputs: Inputs = replace(sample, leads=(*free, *leads), asks=asks)
    return weekly_report(inputs)


def freed(*asks: AskFacts, leads: Sequence[LeadFacts]) -> list[Cell | None]:
    return [row.freed for row in report(*asks, leads=leads).asks.open]


def test_an_open_ask_stands_in_the_report_with_its_age() -> None:
    (row,) = report(ASK).asks.open

    assert (row.kind, row.party, row.days) == ("Criteria clarification", "Sponsor", 12)
    assert row.is_late


def test_an_answer_of_the_period_stands_there_once() -> None:
    told = replace(ASK, choice="agreed", answer="Yes.", answered_at=CUT_OFF - DAY)
    older = replace(told, key=2, answered_at=CUT_OFF - 17 * WEEK)
    back = replace(ASK, key=3, choice="more_needed", answer="Which?", answered_at=CUT_OFF - DAY)
    gone = replace(ASK, key=4, ended_at=CUT_OFF - DAY)

    table = report(told, older, back, gone).asks

    assert [(row.choice, row.days) for row in table.answered] == [("Agreed", 11)]
    assert [row.choice for row in table.open] == ["More information needed"]


EXACT = {0: 0, 6: 6, 14: 14, 20: 20}


@pytest.mark.parametrize("number", range(21))
def test_what_an_answer_frees_is_told_where_neither_part_of_the_row_is_small(number: int) -> None:
    leads = [*stopped(A, number, 1), *stopped(A, 20 - number), *stopped(B, 9)]

    (cell,) = freed(ASK, leads=leads)

    rest = 20 - number
    is_told = number in {0, 20} or (number >= 5 and rest >= 5)
    assert cell is not None
    assert cell.known == (number if is_told else None)
    assert EXACT.get(number, cell.known) == cell.known


@pytest.mark.parametrize("number", range(1, 5))
def test_a_small_row_is_told_by_no_ask(number: int) -> None:
    (cell,) = freed(ASK, leads=[*stopped(A, number, 1), *stopped(B, 9)])

    assert cell is not None
    assert cell.shown == Shown.WITHHELD


def test_two_asks_that_share_a_blocker_do_not_tell_each_other() -> None:
    two = replace(ASK, key=2)
    leads = [*stopped(A, 8, 1), *stopped(A, 8, 2), *stopped(A, 4)]

    cells = freed(ASK, two, leads=leads)

    assert [cell.shown for cell in cells if cell] == [Shown.WITHHELD, Shown.WITHHELD]


def test_a_lead_counts_under_its_oldest_blocker_and_a_strict_report_tells_none() -> None:
    leads = list(stopped(A, 6, 1))
    older = BlockerFacts(B, Party.SPONSOR, CUT_OFF - 30 * DAY)
    other = [replace(lead, blockers=(*lead.blockers, older)) for lead in leads]

    (cell,) = freed(ASK, leads=[*leads, *other])
    (hidden,) = report(ASK, leads=leads, strict=True).asks.open

    assert cell is not None
    assert cell.known == 6
    assert hidden.freed is not None


def test_an_ask_that_no_lead_waits_for_says_so() -> None:
    page = report_html(to_json(report(replace(ASK, category=""))), paper="a4")

    assert "Decisions needed" in page
    assert "no lead waits" in page
    assert "May records of two years be enough?" in page
    assert "12 days" in page


OPTIONS = ("Two years", "Two years & a letter", "=All of them")
OFFERING = replace(ASK, category="", options=OPTIONS)


def test_options_and_the_one_that_was_named_stand_in_paper_and_csv() -> None:
    told = replace(
        OFFERING,
        key=2,
        choice="agreed",
        option=OPTIONS[1],
        answer="From May on.",
        answered_at=CUT_OFF - DAY,
    )
    made = report(OFFERING, told)
    paper = report_html(to_json(made), paper="a4")
    figures = figures_csv(to_json(made)).decode("utf-8-sig")

    assert (made.asks.open[0].options, made.asks.open[0].option) == (OPTIONS, "")
    assert made.asks.answered[0].option == OPTIONS[1]
    assert "<ol><li>Two years</li><li>Two years &amp; a letter</li>" in paper
    assert "<td>Agreed: Two years &amp; a letter. From May on.</td>" in paper
    assert f'asks,"{ASK.question}, 1",open options,Two years' in figures.replace("\r", "")
    assert f"asks,{ASK.question},answered option,Two years & a letter" in figures
    assert ",'=All of them" in figures  # no cell is run as a formula


def test_a_question_without_options_prints_no_list() -> None:
    assert "Options" not in report_html(to_json(report(ASK)), paper="a4")


def test_a_report_without_asks_has_no_heading_for_them() -> None:
    page = report_html(to_json(report()), paper="a4")

    assert "Decisions needed" not in page
    assert "Answers since" not in page


def test_a_report_with_asks_survives_the_round_trip_and_an_older_one_is_read() -> None:
    made = report(ASK, leads=stopped(A, 6, 1))
    older = to_document(report())
    older["schema"] = 1
    inner = older["report"]
    assert isinstance(inner, dict)
    for section in ("asks", *NEW_SECTIONS):
        del inner[section]

    assert from_json(to_json(made)) == made
    assert from_document(older) == replace(report(), **dict.fromkeys(NEW_SECTIONS))


def test_a_report_of_before_there_were_options_is_read_and_printed_without_them() -> None:
    answered = replace(ASK, key=2, choice="agreed", answered_at=CUT_OFF - DAY)
    made = report(ASK, answered)
    older = to_document(made)
    older["schema"] = 4
    inner = json.loads(json.dumps(older["report"]))
    for row in [*inner["asks"]["open"], *inner["asks"]["answered"]]:
        del row["options"], row["option"]
    for name in ("site_zone", "site_hours", "next_review_on"):
        del inner["header"][name]
    older["report"] = inner

    read = from_document(older)

    plain = replace(made.header, site_zone="", site_hours="", next_review_on=None)
    assert read == replace(made, header=plain)
    assert "Next weekly review" not in report_html(canonical(older), paper="a4")


@pytest.mark.parametrize("spoil", [{"header": 1}, {"asks": []}, {"asks": {"open": [1]}}])
def test_an_older_text_of_another_shape_is_refused(spoil: dict[str, Any]) -> None:
    document = to_document(report())
    document["schema"] = 4
    document["report"] = {**json.loads(json.dumps(document["report"])), **spoil}

    with pytest.raises(UnreadableSnapshot):
        from_document(document)
