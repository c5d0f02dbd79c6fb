"""Close reasons to date, over all reports: every family and every criterion, which only grow."""

from collections.abc import Collection, Sequence

from recruitment.rules.closing import Family
from reporting.figures.breakdowns import Breakdown
from reporting.figures.cells import Cell, Shown
from reporting.figures.friction import CATEGORIES
from reporting.figures.report import Report
from reporting.figures.words import FAMILIES
from tests.reporting.attacker.known import Recall, title_of

ANY = 10**5


def closes(reports: Sequence[Report], k: int) -> Recall:
    """Both tables at once: the criteria of a report add up to their family."""
    recall = Recall(k)
    by_family = [report.closes.by_family for report in reports]
    by_criterion = [_criteria_of(report) for report in reports]
    families = _grown(recall, reports, by_family, FAMILIES, "closed")
    criteria = _grown(recall, reports, by_criterion, CATEGORIES, "closed for")
    for family, criterion in zip(families, criteria, strict=True):
        parts = dict.fromkeys(criterion.values(), -1)
        recall.unknowns.say({family[Family.CRITERIA]: 1, **parts}, 0, 0)
    return recall


def _criteria_of(report: Report) -> Breakdown:
    assert report.friction is not None
    return report.friction.closes


def _grown(
    recall: Recall,
    reports: Sequence[Report],
    tables: Sequence[Breakdown],
    rows: Collection[str],
    what: str,
) -> list[dict[str, int]]:
    """The unknowns of tables to date, by row, one report after another."""
    unknowns, found = recall.unknowns, list[dict[str, int]]()
    before, printed = dict[str, int](), dict[str, int]()
    for report, table in zip(reports, tables, strict=True):
        now = {row: unknowns.new(0, ANY) for row in rows}
        for row, at in before.items():
            unknowns.say({now[row]: 1, at: -1}, 0)
        total = table.total.known
        if total is not None:
            unknowns.say(dict.fromkeys(now.values(), 1), total, total)
        if not table.is_withheld:
            cells = {row.code: row.cell for row in table.rows}
            for row, at in now.items():
                cell = cells.get(row, Cell(Shown.EXACT, 0))
                recall.tell({at: 1}, cell, recall.k, ANY)
                if cell.known is None:
                    recall.hide(f"report {title_of(report)}, {what}, {row}", {at: 1})
                if row in printed:
                    name = f"reports up to {title_of(report)}, {what} since, {row}"
                    recall.differ(name, {at: 1, printed[row]: -1})
            printed = now
        else:
            for row, at in now.items():
                recall.differ(f"report {title_of(report)}, {what}, {row}, withheld", {at: 1})
        before = now
        found.append(now)
    return found
