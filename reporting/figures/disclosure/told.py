"""What a published report told, as far as a later one could give away what it hid (SC4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reporting.figures.breakdowns import Breakdown
from reporting.figures.cells import Cell, Shown, exact
from reporting.figures.funnel import FunnelStep
from reporting.figures.sources import SourceTable

ZERO = exact(0)


@dataclass(frozen=True, slots=True)
class Told:
    """The tables of one published report of the same study and site. Times are UTC.

    `k` is the floor it was made with. `movement` is what it printed of its period, by code (the
    totals of visits too), and `spam` the closes of no person to date. `needed` is how many leads
    need records. `criteria` is the table of closes for a study criterion; it, `went_stale` and
    `recovered` are None in a report without that section.
    """

    cut_off: datetime
    as_of: datetime
    k: int
    strict: bool
    movement: Mapping[str, Cell]
    closes: Breakdown
    spam: int
    open_now: Breakdown
    needed: Cell
    went_stale: Cell | None
    recovered: Cell | None
    criteria: Breakdown | None
    sources: SourceTable
    funnel: tuple[FunnelStep, ...]

    @property
    def is_own_cohort(self) -> bool:
        """Whether its source table was its own, and not an older one printed again."""
        return self.sources.cohort.end == self.cut_off


def limits(cell: Cell, k: int, *, withheld: tuple[int, int]) -> tuple[int, int]:
    """The least and the most that a printed cell can stand for; `withheld` says it of that word."""
    n = cell.n or 0
    match cell.shown:
        case Shown.EXACT:
            return n, n
        case Shown.SMALL:
            return 1, n - 1
        case Shown.HELD:
            return n + 1, n + k - 1
        case Shown.WITHHELD:
            return withheld


def cells_of(table: Breakdown) -> Mapping[str, Cell]:
    """The printed cells by code; codes that are not listed are zero."""
    return {row.code: row.cell for row in table.rows}
