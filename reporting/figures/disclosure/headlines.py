"""The totals of a strict study beside those of its earlier reports (D2, D37).

A reader knows how many leads came. No lead comes to a milestone twice, so small totals of a row,
however far apart, leave little room together where few leads came: then one is withheld.
"""

from collections.abc import Sequence
from dataclasses import replace

from reporting.figures.cells import WITHHELD, Cell, Shown
from reporting.figures.disclosure.told import Told
from reporting.figures.inputs import Inputs
from reporting.figures.movement import MovementRow

ONCE = frozenset(
    {
        "attempted_contact",
        "prescreen_completed",
        "reviewable",
        "visit_scheduled",
        "visit_attended",
        "no_response",
    }
)
"""Rows that count each lead once. New interest and enrolled are known to the reader (D37)."""
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
    return tuple(
        replace(
            row,
            this=_this(row, inputs, before),
            previous=_previous(row, last[-1] if last else None),
        )
        for row in rows
    )


def _previous(row: MovementRow, last: Told | None) -> Cell | None:
    if row.previous is None:
        return None
    return last.movement.get(row.code, WITHHELD) if last else row.previous


def _this(row: MovementRow, inputs: Inputs, before: Sequence[Told]) -> Cell:
    """Every small total of the row, now and before, keeps k-1 possible values."""
    if row.code == CLOSED and row.previous is None and row.this.n:
        return WITHHELD  # with nothing late it is all that the table of closes adds up to
    if row.code not in ONCE:
        return row.this
    cut_off = inputs.header.cut_off
    floors = [inputs.k] if row.this.shown == Shown.SMALL else []
    least = dict.fromkeys([told.cut_off for told in before if told.cut_off < cut_off], 0)
    for told in before:
        cell = told.movement.get(row.code, WITHHELD)
        if told.cut_off < cut_off:
            least[told.cut_off] = max(least[told.cut_off], _least(cell))
        if cell.shown == Shown.SMALL:
            floors.append(told.k)
    room = len(inputs.counted) - sum(least.values()) - _least(row.this)
    return row.this if all(room + 1 >= floor - 1 for floor in floors) else WITHHELD


def _least(cell: Cell) -> int:
    """The least that a printed total can be."""
    match cell.shown:
        case Shown.EXACT:
            return cell.n or 0
        case Shown.SMALL:
            return 1
        case _:
            return 0
