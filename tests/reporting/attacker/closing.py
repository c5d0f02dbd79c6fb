"""Close reasons to date, over all reports: every family of every week, which only grows."""

from collections.abc import Sequence

from reporting.figures.cells import Cell, Shown
from reporting.figures.report import Report
from reporting.figures.words import FAMILIES
from tests.reporting.attacker.recall import Recall, title_of

ANY = 10**6


def closes(reports: Sequence[Report], k: int) -> Recall:
    """Close reasons to date: every family of every week, which only grows."""
    recall = Recall(k)
    unknowns = recall.unknowns
    families = list(FAMILIES)
    before, printed = dict[str, int](), dict[str, int]()
    for report in reports:
        now = {family: unknowns.new() for family in families}
        for family, at in before.items():
            unknowns.say({now[family]: 1, at: -1}, 0)
        table = report.closes.by_family
        assert table.total.known is not None
        recall.unknowns.say(dict.fromkeys(now.values(), 1), table.total.known, table.total.known)
        if not table.is_withheld:
            cells = {row.code: row.cell for row in table.rows}
            for family, at in now.items():
                cell = cells.get(family, Cell(Shown.EXACT, 0))
                recall.tell({at: 1}, cell, k, ANY)
                if cell.known is None:
                    recall.hide(f"report {title_of(report)}, closed, {family}", {at: 1})
                if family in printed:
                    name = f"reports up to {title_of(report)}, closed since, {family}"
                    recall.differ(name, {at: 1, printed[family]: -1})
            printed = now
        else:
            for family, at in now.items():
                recall.differ(f"report {title_of(report)}, closed, {family}, withheld", {at: 1})
        before = now
    return recall
