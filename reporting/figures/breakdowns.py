"""Breakdowns of one total: printed at the finest level that tells no small cell (SC1, SC3, D37).

The levels are tried from the finest to the coarsest; a table that would show no number at all
counts as withheld.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from reporting.figures.cells import WITHHELD, Cell, Shown, exact
from reporting.figures.flows import UNBOUNDED
from reporting.figures.inputs import Inputs
from reporting.figures.suppression import partition

T = TypeVar("T")
WITHHELD_LEVEL = "withheld"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a breakdown. `detail`: who is waited on, or the role that owns the action.

    `wait` is the band of the median wait, `due_at` the earliest due time; both are given only where
    the count is printed exactly and so stands for k leads or more.
    """

    code: str
    label: str
    cell: Cell
    detail: str = ""
    wait: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A total and its rows. `level` names what the rows are; "withheld" when there are none."""

    level: str
    total: Cell
    rows: tuple[Row, ...]

    @property
    def is_withheld(self) -> bool:
        return self.level == WITHHELD_LEVEL


@dataclass(frozen=True)
class Level(Generic[T]):
    """One way to break a total down. `words_of` gives a code's label and detail.

    With `codes` the table always lists these, in this order; else it lists the codes that occur.
    """

    name: str
    code_of: Callable[[T], str]
    words_of: Callable[[str], tuple[str, str]]
    codes: tuple[str, ...] = ()


def breakdown(
    items: Sequence[T],
    levels: Sequence[Level[T]],
    inputs: Inputs,
    *,
    describe: Callable[[Row, list[T]], Row] = lambda row, _items: row,
    last: Mapping[str, int] | None = None,
    withhold: Collection[str] = (),
    at_most: int = UNBOUNDED,
) -> Breakdown:
    """The first safe level. `describe` adds to a row whose number is printed exactly.

    `last` holds values published before and makes the table a to-date one (SC4). Numbers of
    the codes `withhold` are not printed in any case, except zero. A total that is not printed
    (strict mode) is known to be no greater than `at_most`. The order of `items` decides nothing:
    of equal numbers the one that is withheld follows from their codes.
    """
    total = WITHHELD if inputs.strict and items else exact(len(items))
    for level in levels:
        found = Counter(level.code_of(item) for item in items)
        counts = dict.fromkeys(level.codes, 0) | dict(sorted(found.items()))
        cells = partition(
            counts,
            k=inputs.k,
            total_is_printed=not inputs.strict,
            last=last,
            withhold=withhold,
            at_most=at_most,
        )
        if cells is None or (items and not any(_tells(cell) for cell in cells.values())):
            continue
        rows = []
        for code, cell in cells.items():
            label, detail = level.words_of(code)
            row = Row(code, label, cell, detail)
            if cell.known:
                row = describe(row, [item for item in items if level.code_of(item) == code])
            rows.append(row)
        return Breakdown(level.name, total, tuple(rows if level.codes else in_order(rows)))
    return Breakdown(WITHHELD_LEVEL, total, ())


def _tells(cell: Cell) -> bool:
    return cell.shown in {Shown.EXACT, Shown.HELD} and bool(cell.n)


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Numbers from the greatest, then hidden ones by label, whose order must tell nothing.

    One held at 12 is printed, as more than 12.
    """
    return sorted(rows, key=lambda r: (r.cell.least is None, -(r.cell.least or 0), r.label))
