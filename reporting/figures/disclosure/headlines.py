"""The totals of a strict study beside those of its earlier reports (D2, D37).

A reader knows how many leads came. No lead comes to a milestone twice, so small totals of a row,
however far apart, leave little room together where few leads came: then one is withheld.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from reporting.figures.cells import WITHHELD, Cell, Shown
from reporting.figures.disclosure.told import Told
from reporting.figures.inputs import Inputs
from reporting.figures.movement import MovementRow

WAYS = (
    (
        "attempted_contact",
        "prescreen_completed",
        "reviewable",
        "visit_scheduled",
        "visit_attended",
    ),
    ("no_response",),
)
"""Rows that count each lead once; nobody comes to one without those before it in its way.

New interest and enrolled are known to the reader (D37).
"""
CLOSED = "closed"


def headlines_beside(
    rows: Sequence[MovementRow], inputs: Inputs, before: Sequence[Told]
) -> tuple[MovementRow, ...]:
    """The rows of a strict study as they may be printed; others as they are.

    `previous` is what the last report printed of its period, and nothing else.
    """
    if not inputs.strict:
        return tuple(rows)
    last = [told for told in before if told.cut_off == inputs.header.period_start]
    may = _that_leave_room(rows, inputs, before)
    return tuple(
        replace(
            row,
            this=_this(row) if may.get(row.code, True) else WITHHELD,
            previous=_previous(row, last[-1] if last else None),
        )
        for row in rows
    )


def _previous(row: MovementRow, last: Told | None) -> Cell | None:
    if row.previous is None:
        return None
    return last.movement.get(row.code, WITHHELD) if last else row.previous


def _this(row: MovementRow) -> Cell:
    if row.code == CLOSED and row.previous is None and row.this.n:
        return WITHHELD  # with nothing late it is all that the table of closes adds up to
    return row.this


def _that_leave_room(
    rows: Sequence[MovementRow], inputs: Inputs, before: Sequence[Told]
) -> dict[str, bool]:
    """Whether every small total, now and before, keeps k-1 possible values with this one."""
    found, cells = dict[str, bool](), {row.code: row.this for row in rows}
    leads, now = len(inputs.counted) + inputs.quiet.leads, inputs.header.cut_off
    for way in WAYS:
        if not set(way) <= set(cells):
            continue
        past = [(told.cut_off, told.k, told.movement) for told in before if told.cut_off <= now]
        printed = dict[str, Cell]()
        for code in way:
            trial = [*past, (now, inputs.k, printed | {code: cells[code]})]
            found[code] = _leaves_room(trial, way, leads)
            if found[code]:
                printed[code] = cells[code]
    return found


Periods = Sequence[tuple[datetime, int, Mapping[str, Cell]]]
"""Reports in order: cut-off, floor, and what they printed of their period, by row."""


def _leaves_room(periods: Periods, way: Sequence[str], leads: int) -> bool:
    """Whether each small total can be as great as k-1, with all others as small as can be."""
    least = dict[datetime, dict[str, int]]()
    for cut_off, _, cells in periods:
        here = least.setdefault(cut_off, dict.fromkeys(way, 0))
        for code in way:
            here[code] = max(here[code], _least(cells.get(code, WITHHELD)))
    for cut_off, k, cells in periods:
        for code in way:
            if cells.get(code, WITHHELD).shown == Shown.SMALL:
                most = {**least, cut_off: {**least[cut_off], code: k - 1}}
                if _came(most, way) > leads:
                    return False
    return True


def _came(least: Mapping[datetime, Mapping[str, int]], way: Sequence[str]) -> int:
    """How many leads there must be at least: none comes twice, or to a row but by those before."""
    to_date = dict.fromkeys(way, 0)
    for cut_off in sorted(least):
        later = 0
        for code in reversed(way):
            later = to_date[code] = max(to_date[code] + least[cut_off][code], later)
    return to_date[way[0]]


def _least(cell: Cell) -> int:
    """The least that a printed total can be."""
    match cell.shown:
        case Shown.EXACT:
            return cell.n or 0
        case Shown.SMALL:
            return 1
        case _:
            return 0
