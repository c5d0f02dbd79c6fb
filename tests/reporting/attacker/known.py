"""What the reader knows and must not work out: sums of unknowns, and how each cell limits them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from reporting.figures.cells import Cell, Shown
from reporting.figures.report import Report
from tests.reporting.attacker.unknowns import Terms, Unknowns


@dataclass(frozen=True)
class Secret:
    """A number that must not be worked out.

    A hidden `cell` keeps k-1 possible values (D37). Of a difference of two reports (SC4) it must
    not be certain that it is one of 1..k-1; there `needed` is 2.
    """

    name: str
    terms: Terms
    needed: int
    is_cell: bool


@dataclass
class Recall:
    """Everything known, and everything that must not follow from it."""

    k: int
    unknowns: Unknowns = field(default_factory=Unknowns)
    secrets: list[Secret] = field(default_factory=list)

    def tell(self, terms: Terms, cell: Cell, least: int, most: int) -> None:
        """A printed cell; `least` and `most` are what "withheld" stands for."""
        match cell.shown:
            case Shown.EXACT:
                self.unknowns.say(terms, cell.n or 0, cell.n or 0)
            case Shown.SMALL:
                self.unknowns.say(terms, 1, self.k - 1)
            case Shown.HELD:
                self.unknowns.say(terms, (cell.n or 0) + 1, (cell.n or 0) + self.k - 1)
            case Shown.WITHHELD:
                self.unknowns.say(terms, least, most)

    def hide(self, name: str, terms: Terms) -> None:
        self.secrets.append(Secret(name, terms, self.k - 1, is_cell=True))

    def differ(self, name: str, terms: Terms) -> None:
        if terms:
            self.secrets.append(Secret(name, terms, 2, is_cell=False))

    def found(self) -> list[tuple[Secret, int, int]]:
        """The secrets that are out, with the least and the most that each can be."""
        asked = self.secrets
        spans = self.unknowns.ranges([s.terms for s in asked], enough=[s.needed for s in asked])
        return [
            (secret, low, high)
            for secret, (low, high) in zip(asked, spans, strict=True)
            if high - low + 1 < secret.needed and (secret.is_cell or 0 < low < self.k)
        ]


def title_of(report: Report) -> str:
    """Its number, and when it was read."""
    return f"{report.header.number} ({report.header.as_of:%d %b})"


def minus(later: Iterable[int], earlier: Iterable[int]) -> dict[int, int]:
    """A sum of unknowns less another."""
    terms = dict.fromkeys(later, 1)
    for at in earlier:
        terms[at] = terms.get(at, 0) - 1
    return {at: n for at, n in terms.items() if n}
