"""A number as a sponsor may see it (SC1, SC4, D37)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Shown(StrEnum):
    """How a cell is printed."""

    EXACT = "exact"
    SMALL = "small"
    HELD = "held"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Cell:
    """One published number.

    `n` is the number itself when exact, the floor k when small, the last published value when held,
    and None when withheld: what is hidden is nowhere in the cell.
    """

    shown: Shown
    n: int | None = None

    @property
    def text(self) -> str:
        """As printed: 12, <5, 12+ or withheld."""
        match self.shown:
            case Shown.EXACT:
                return f"{self.n:,}"
            case Shown.SMALL:
                return f"<{self.n}"
            case Shown.HELD:
                return f"{self.n:,}+"
            case Shown.WITHHELD:
                return "withheld"

    def counted(self, one: str, many: str) -> str:
        """In a sentence: 1 lead, 12 leads, no leads, fewer than 5 leads; empty when withheld."""
        match self.shown:
            case Shown.EXACT:
                return f"{self.n:,} {one if self.n == 1 else many}" if self.n else f"no {many}"
            case Shown.SMALL:
                return f"fewer than {self.n} {many}"
            case Shown.HELD:
                return f"more than {self.n:,} {many}"
            case Shown.WITHHELD:
                return ""

    @property
    def known(self) -> int | None:
        """The number, if it is published exactly."""
        return self.n if self.shown == Shown.EXACT else None

    @property
    def least(self) -> int | None:
        """The least that it can be, as printed: of one held at 12 that is 13. None if hidden."""
        match self.shown:
            case Shown.EXACT:
                return self.n
            case Shown.HELD:
                return (self.n or 0) + 1
            case _:
                return None


def exact(n: int) -> Cell:
    return Cell(Shown.EXACT, n)


def small(k: int) -> Cell:
    return Cell(Shown.SMALL, k)


def held(last: int) -> Cell:
    return Cell(Shown.HELD, last)


WITHHELD = Cell(Shown.WITHHELD)


def added(cells: Sequence[Cell]) -> Cell:
    """The sum, where every part is printed exactly; one part as it is printed; else withheld."""
    if len(cells) == 1:
        return cells[0]
    known = [cell.known for cell in cells]
    return exact(sum(n for n in known if n is not None)) if None not in known else WITHHELD
