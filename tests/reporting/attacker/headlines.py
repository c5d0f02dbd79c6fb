"""The totals of a strict study, over all its reports (D2): what it prints of them, and their order.

The reader knows how many leads came and how many enrolled (D37). What came late she is not told,
but in a first report there is nothing late.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reporting.figures.cells import Cell, Shown
from reporting.figures.report import Report
from reporting.figures.sources import SourceRow
from reporting.figures.words import FAMILIES
from tests.reporting.attacker.closing import ANY
from tests.reporting.attacker.known import Recall, title_of
from tests.reporting.attacker.recall import fresh

ORDER = ("attempted_contact", "prescreen_completed", "reviewable", "visit_scheduled")
ORDER += ("visit_attended",)
"""Nobody comes to one without the one before."""
ROWS = (*ORDER, "no_response", "closed")
COHORT = {"reviewable": 1, "visit_scheduled": 2}
"""Totals of the source table that a row of movement holds, by their column."""


@dataclass
class Seen:
    """The unknowns of one report: its rows in the period and to date, and its closes by family."""

    report: Report
    this: Mapping[str, int]
    to_date: Mapping[str, int]
    families: Mapping[str, int]


def headlines(reports: Sequence[Report], k: int, leads: Sequence[int]) -> Recall:
    """Movement and closes; `leads` are how many each report counted as new to date."""
    recall = Recall(k)
    seen = list[Seen]()
    for report, most in zip(reports, leads, strict=True):
        found = _seen(recall, report, most)
        same = [s for s in seen if s.report.header.cut_off == report.header.cut_off]
        before = [s for s in seen if s.report.header.cut_off == report.header.period_start]
        _go_on(recall, found, before[-1] if before else None)
        for earlier in same[-1:] or before[-1:]:
            for row in FAMILIES:
                recall.unknowns.say({found.families[row]: 1, earlier.families[row]: -1}, 0)
        for earlier in same[-1:]:
            _revised(recall, found, earlier)
        seen.append(found)
    return recall


def _seen(recall: Recall, report: Report, leads: int) -> Seen:
    unknowns, k = recall.unknowns, recall.k
    this = {row: unknowns.new(0, ANY) for row in ROWS}
    to_date = {row: unknowns.new(0, ANY if row == "closed" else leads) for row in ROWS}
    families = {family: unknowns.new(0, ANY) for family in FAMILIES}
    people = {row: {at: 1} for row, at in this.items()}
    if (
        report.moved("closed").previous is None
    ):  # all to date, and spam, which is printed, is nobody
        people["closed"] = dict.fromkeys(families.values(), 1)
    for row in ROWS:
        _tell(
            recall,
            f"report {title_of(report)}, {row}",
            this[row],
            report.moved(row).this,
            people[row],
        )
    for more, fewer in pairwise(ORDER):
        unknowns.say({to_date[more]: 1, to_date[fewer]: -1}, 0)
    parts = dict.fromkeys(families.values(), -1)
    unknowns.say({to_date["closed"]: 1, **parts}, report.closes.spam, report.closes.spam)
    cells = {row.code: row.cell for row in report.closes.by_family.rows}
    for family, at in families.items() if not report.closes.by_family.is_withheld else ():
        cell = cells.get(family, Cell(Shown.EXACT, 0))
        recall.tell({at: 1}, cell, k, ANY)
        if cell.known is None:
            recall.hide(f"report {title_of(report)}, closed, {family}", {at: 1})
    for row, column in COHORT.items() if fresh([report]) else ():
        unknowns.say({to_date[row]: 1}, _least_of(report, column))
    return Seen(report, this, to_date, families)


def _least_of(report: Report, column: int) -> int:
    """The least that a total of the source table can be, by itself and by its rows."""

    def least(line: SourceRow) -> int:
        cell = line.rates[column].reached
        return {Shown.EXACT: cell.n or 0, Shown.SMALL: 1}.get(cell.shown, 0)

    return max(least(report.sources.total), sum(least(line) for line in report.sources.rows))


def _tell(recall: Recall, name: str, at: int, cell: Cell, people: Mapping[int, int]) -> None:
    recall.tell({at: 1}, cell, 0, ANY)
    if cell.shown == Shown.SMALL:
        recall.hide(name, {at: 1})
    elif cell.known is None:
        recall.differ(name, people)


def _go_on(recall: Recall, now: Seen, before: Seen | None) -> None:
    """To date is what it was, what was told late, and what came in the period."""
    for row in ROWS:
        if before is None:
            recall.unknowns.say({now.to_date[row]: 1, now.this[row]: -1}, 0, 0)
            continue
        terms = {now.to_date[row]: 1, now.this[row]: -1, before.to_date[row]: -1}
        recall.unknowns.say(terms, 0)
        previous = now.report.moved(row).previous
        assert previous is not None
        recall.tell({before.this[row]: 1}, previous, 0, ANY)


def _revised(recall: Recall, now: Seen, before: Seen) -> None:
    """The same period again, with what was told since."""
    for row in ROWS:
        more = {now.this[row]: 1, before.this[row]: -1}
        recall.unknowns.say(more, 0)
        both = (now.report.moved(row).this, before.report.moved(row).this)
        if all(cell.shown != Shown.WITHHELD for cell in both):
            recall.differ(f"report {title_of(now.report)}, {row}, since its last revision", more)
        recall.unknowns.say({now.to_date[row]: 1, before.to_date[row]: -1}, 0)
