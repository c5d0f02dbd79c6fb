"""The figures as CSV: what the report prints, and nothing beside it (D39, SC5)."""

import csv
import io
import json
from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.figures.cells import Cell, Shown
from reporting.figures.report import Report, weekly_report
from reporting.figures.snapshot import sha256, to_json
from reporting.sheet import HEADS, figures_csv
from tests.reporting.samples import HEADER, sample_inputs


def rows_of(report: Report) -> list[list[str]]:
    text = figures_csv(to_json(report)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def value(rows: list[list[str]], *path: str) -> str:
    (found,) = [row[3] for row in rows if tuple(row[:3]) == path]
    return found


def test_it_begins_with_the_hash_and_says_what_the_report_says() -> None:
    report = weekly_report(sample_inputs())
    rows = rows_of(report)

    assert tuple(rows[0]) == HEADS
    assert rows[1] == ["report", "", "snapshot sha256", sha256(to_json(report))]
    assert value(rows, "header", "", "cut off") == HEADER.cut_off.isoformat()
    assert value(rows, "movement", "New interest", "this") == report.moved("new_interest").this.text
    assert report.balance is not None
    assert value(rows, "balance", "", "open now") == str(report.balance.open_now)
    source = report.sources.rows[0]
    assert value(rows, "sources", source.label, "rows inquiries") == str(source.inquiries)
    close = report.closes.by_family.rows[0]
    assert value(rows, "closes", close.label, "by family rows cell") == close.cell.text


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=15)
def test_every_cell_of_the_snapshot_is_there_as_printed_and_none_else(
    seed: int, strict: bool
) -> None:
    report = weekly_report(sample_inputs(seed, strict=strict))

    printed = Counter(cell.text for cell in _cells(json.loads(to_json(report))["report"]))

    written = Counter(row[3] for row in rows_of(report) if not row[2].endswith("level"))
    assert all(written[text] >= n for text, n in printed.items())
    hidden = {text: n for text, n in printed.items() if text.startswith(("<", "withheld"))}
    assert {text: written[text] for text in hidden} == hidden


def _cells(found: object) -> list[Cell]:
    if isinstance(found, dict):
        if set(found) == {"shown", "n"}:
            return [Cell(Shown(found["shown"]), found["n"])]
        return [cell for item in found.values() for cell in _cells(item)]
    if isinstance(found, list):
        return [cell for item in found for cell in _cells(item)]
    return []


def test_a_label_is_no_formula_and_a_number_below_zero_stays_one() -> None:
    report = weekly_report(sample_inputs())
    assert report.balance is not None
    report = replace(
        report,
        header=replace(HEADER, note='=HYPERLINK("http://x")', study_title="+1\r\n@SUM(A1)"),
        balance=replace(report.balance, late=-3),
    )

    rows = rows_of(report)

    assert value(rows, "header", "", "note") == '\'=HYPERLINK("http://x")'
    assert value(rows, "header", "", "study title").startswith("'+1")
    assert value(rows, "balance", "", "late") == "-3"
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@\t\r" and cell]
