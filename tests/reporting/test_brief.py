"""The short answers of a report: what is most, what is late, and what is asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reporting.figures.asks import AskRow, AskTable
from reporting.figures.breakdowns import Breakdown, Row, in_order
from reporting.figures.brief import brief
from reporting.figures.cells import WITHHELD, Cell, exact, held, small
from reporting.figures.report import Report, weekly_report
from reporting.figures.source_words import cohort_words, source_words
from reporting.figures.stalled import Stalled
from reporting.render import enrolled_words
from tests.reporting.samples import HEADER, sample_inputs

DAY = timedelta(days=1)
ASK = AskRow(
    "protocol",
    "sponsor",
    "May records of 2021 be used?",
    "They are all there is.",
    HEADER.cut_off - 9 * DAY,
    HEADER.cut_off + 2 * DAY,
    9,
    is_late=False,
    freed=None,
)


def sample() -> Report:
    return weekly_report(sample_inputs())


def table(*rows: tuple[str, Cell], total: int = 46) -> Breakdown:
    return Breakdown("x", exact(total), tuple(Row(label, label, cell) for label, cell in rows))


def test_a_number_held_since_the_last_report_counts_as_what_is_printed() -> None:
    rows = [Row(label, label, cell) for label, cell in CLOSED]

    assert [row.label for row in in_order(rows)] == ["Study criteria", "Patient choice", "A", "B"]


CLOSED = (
    ("Patient choice", exact(5)),
    ("B", WITHHELD),
    ("Study criteria", held(5)),
    ("A", small(5)),
)


@pytest.mark.parametrize(("spam", "of"), [(0, "46"), (1, "46 but for spam")])
def test_why_names_the_reasons_that_are_most_as_printed(spam: int, of: str) -> None:
    report = sample()
    rows = table(("Study criteria", held(15)), ("Patient choice", exact(5)), ("A", small(5)))
    closes = replace(report.closes, by_family=rows, spam=spam)

    said = brief(replace(report, closes=closes)).why[-1]

    assert said == f"Closed to date: study criteria 15+, patient choice 5, of {of}."


def test_why_is_never_empty_where_leads_are_stale_or_closed() -> None:
    report = sample()
    unnamed = table(("No reason named yet", exact(7)), total=7)
    stalled = Stalled(exact(7), exact(0), exact(0), unnamed)
    closes = replace(report.closes, by_family=Breakdown("withheld", exact(8), ()))

    none = Breakdown("category", exact(0), ())
    said = brief(replace(report, stalled=stalled, closes=closes, blockers=none)).why

    assert said == (
        "Of the stale leads 7: no reason named yet.",
        "The numbers by reason for closing are too small to print.",
    )


def test_what_is_past_due_is_said_to_be() -> None:
    report = sample()
    first, second, *_ = report.actions.rows
    rows = (
        replace(first, label="Call", cell=exact(9), due_at=HEADER.cut_off - DAY),
        replace(second, label="Decide: close or recover", cell=exact(6), due_at=HEADER.cut_off),
    )

    said = brief(replace(report, actions=replace(report.actions, rows=rows))).following

    late, to_come = said[-2:]
    assert late.startswith("Call (9 leads, overdue since ")
    assert to_come.startswith("Decide: close or recover (6 leads, first due ")


@pytest.mark.parametrize(
    ("due", "says"),
    [
        ((2,), "One decision is needed, due "),
        ((-2,), "One decision is needed, overdue since "),
        ((2, 5), "2 decisions are needed, first due "),
        ((5, -1), "2 decisions are needed, overdue since "),
    ],
)
def test_what_is_asked_stands_among_what_happens_next(due: tuple[int, ...], says: str) -> None:
    rows = tuple(replace(ASK, due_at=HEADER.cut_off + days * DAY) for days in due)

    said = brief(replace(sample(), asks=AskTable(rows, ()))).following

    assert said[0].startswith(says)
    assert len(said) <= 3


def test_one_row_of_sources_is_told_by_the_total_alone() -> None:
    report = sample()
    row = replace(report.sources.rows[0], label="Other sources (4)")
    only = replace(report, sources=replace(report.sources, rows=(row,)))
    named = replace(report, sources=replace(report.sources, rows=(replace(row, label="Web"),)))

    assert [line.label for line in source_words(only)] == ["All sources"]
    assert "Its sources have too few leads to be told apart." in cohort_words(only)
    assert "All came from one: Web." in cohort_words(named)


def test_parts_of_a_total_of_zero_are_zero() -> None:
    report = sample()
    rows = tuple(
        replace(row, reviewable=replace(row.reviewable, reached=WITHHELD, pct=None))
        for row in report.sources.rows
    )
    total = replace(report.sources.total, reviewable=replace(rows[0].reviewable, reached=exact(0)))

    said = source_words(replace(report, sources=replace(report.sources, rows=rows, total=total)))

    assert [line.rates[1].count.split()[0] for line in said] == ["0"] * len(said)


def test_a_plan_is_told_where_enrollment_is_withheld() -> None:
    report = replace(sample(), planned=16)
    rows = [replace(r, to_date=WITHHELD) if r.code == "enrolled" else r for r in report.movement]

    said = enrolled_words(replace(report, movement=tuple(rows)))

    assert said == "16 to be enrolled, as planned; how many were is withheld."
