"""A column of a source table as a reader meets it: whose leads its cells count, how they hide."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from reporting.figures.cells import Cell, Shown
from reporting.figures.disclosure.program import NothingFits, Program, Secret
from reporting.figures.disclosure.slices import INSTANT, Place
from reporting.figures.disclosure.told import limits
from reporting.figures.inputs import Window
from reporting.figures.sources import OTHER_SOURCES, SourceTable
from reporting.figures.words import SOURCE_KINDS

CONTACT, REVIEWABLE, SCHEDULED = range(3)


@dataclass(frozen=True, slots=True)
class CellOf:
    """A printed part of a printed base, and the sources it counts."""

    label: str
    sources: frozenset[str]
    cell: Cell
    base: int

    def limits(self, k: int) -> tuple[int, int]:
        """What it can stand for; "withheld" protects a small rest or another number."""
        least = 1 if self.base < 2 * k else k
        low, high = limits(self.cell, k, withheld=(least, self.base - 1))
        return low, min(high, self.base)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one report's own table, over leads received in (after, until].

    `total` is None where every reader is taken to know it; of a strict study it is one more cell,
    over all sources (D2).
    """

    number: int
    k: int
    after: datetime
    until: datetime
    cells: tuple[CellOf, ...]
    total: CellOf | None = None

    @property
    def is_printed(self) -> bool:
        """Whether it tells more than a total that is known."""
        return self.is_broken_down or (
            self.total is not None and self.total.cell.shown != Shown.WITHHELD
        )

    @property
    def is_broken_down(self) -> bool:
        return any(cell.cell.shown != Shown.WITHHELD for cell in self.cells)

    @property
    def told(self) -> tuple[CellOf, ...]:
        """The cells that say something, were it only that they are no zero."""
        rows = self.cells if self.is_broken_down else ()
        return (*rows, self.total) if self.total and self.is_printed else rows

    def __contains__(self, place: Place) -> bool:
        return self.after <= place.start < self.until

    def overlaps(self, later: "Column") -> bool:
        return self.until > later.after


def column(
    table: SourceTable,
    number: int,
    *,
    k: int,
    matures: timedelta,
    kinds: dict[str, str],
    strict: bool,
) -> Column:
    """A column of a table; `kinds` are the kinds of the sources of its cohort by their labels.

    With `strict` its total is one more cell. Raises NothingFits when a row is of no source that is
    known today.
    """
    named = {
        label: SOURCE_KINDS.get(kind, kind) if table.level == "kind" else label
        for label, kind in kinds.items()
    }
    listed = {row.label for row in table.rows}
    cells = []
    for row in table.rows:
        sources = frozenset(label for label, name in named.items() if name == row.label)
        if not sources and row.label.startswith(OTHER_SOURCES):
            sources = frozenset(label for label, name in named.items() if name not in listed)
        if not sources:
            raise NothingFits
        rate = row.rates[number]
        cells.append(CellOf(row.label, sources, rate.reached, rate.base))
    cohort: Window = table.cohort
    whole = table.total.rates[number]
    total = CellOf(table.total.label, frozenset(kinds), whole.reached, whole.base)
    return Column(
        number,
        k,
        cohort.start - INSTANT,
        cohort.end - matures,
        tuple(cells),
        total if strict and kinds else None,
    )


def tell(program: Program, of: Column, unknowns: dict[Place, int]) -> None:
    """Say what the column prints."""
    for cell in of.told:
        terms = _terms(of, cell, unknowns)
        low, high = cell.limits(of.k)
        if terms:
            program.say(terms, low, high)
        elif low > 0:
            raise NothingFits


def hidden(of: Column, unknowns: dict[Place, int], *, is_past: bool) -> list[Secret]:
    """Its hidden numbers, each of which keeps k-1 possible values (D37)."""
    return [
        Secret(_terms(of, cell, unknowns), of.k - 1, cell.label, is_past)
        for cell in of.told
        if cell.cell.known is None
    ]


def in_all(of: Column, unknowns: dict[Place, int], *, is_past: bool) -> list[Secret]:
    """Each source and each row of the column's table: it may not be told when it is small.

    So it is for a source inside a row of several, and for a column that is withheld as a whole.
    """
    groups = {cell.sources for cell in of.cells}
    groups |= {frozenset({place.source}) for place in unknowns if place in of}
    if of.total and not of.is_printed:
        groups.add(of.total.sources)
    sums = [
        {at: 1 for place, at in unknowns.items() if place in of and place.source in sources}
        for sources in sorted(groups, key=sorted)
    ]
    return differences(sums, k=of.k, of="", is_past=is_past)


def each(column: Column, unknowns: Iterable[Place]) -> list[frozenset[str]]:
    """Each source, and all of them together where the total is a cell as well."""
    every = sorted({place.source for place in unknowns})
    together = [frozenset(every)] if column.total else []
    return [frozenset({source}) for source in every] + together


def _terms(of: Column, cell: CellOf, unknowns: dict[Place, int]) -> dict[int, int]:
    return {at: 1 for place, at in unknowns.items() if place in of and place.source in cell.sources}


def differences(parts: Iterable[dict[int, int]], *, k: int, of: str, is_past: bool) -> list[Secret]:
    """What two reports differ by may not be told when it is small (SC4)."""
    return [Secret(terms, 2, of, is_past, small_under=k) for terms in parts if terms]


def chained(
    column_of: Callable[[int], Column | None], reports: int, now: Column, *, most: int
) -> list[int]:
    """Which of the earlier columns share leads with `now`, or with a printed one that does.

    Those of so many `reports` are asked for from the last one on, until `most` are found. A column
    that was withheld is among them: what it counted may not follow from a later one.
    """
    chain, last = list[int](), now
    for at in reversed(range(reports)):
        column = column_of(at)
        if column is None:
            continue
        if len(chain) == most or not column.overlaps(last):
            break
        chain.insert(0, at)
        last = column if column.is_printed else last
    return chain
