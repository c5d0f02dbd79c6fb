"""What leads that nothing happens to any more add to the totals to date (SR2)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from recruitment.rules.closing import CloseCode

L = TypeVar("L")
"""A lead as figures know it."""

STEPS = (
    "first_attempt",
    "prescreen_completed",
    "reviewable",
    "visit_scheduled",
    "visit_attended",
)
"""Milestones whose totals are printed; a lead is told apart by how many of them it came to."""


class Closed(NamedTuple):
    """A close that counts: its family, DX1 and DX3 worked out, and its code (9.2, 9.3)."""

    family: str
    reason: str

    @property
    def is_spam(self) -> bool:
        """Whether it turned out to be no person's inquiry (Q2)."""
        return self.reason == CloseCode.SRC_SPAM


Sums = Counter[str]
"""What leads add to movement, balance and funnel of one report, by the name of each number."""


def to_date(code: str) -> str:
    """The name of the total to date of the movement's row `code`."""
    return f"{code} to date"


@dataclass(frozen=True, slots=True)
class Share:
    """What one such lead counts to date. Many leads have the same.

    `moved` are the rows of the movement it counts in, and how often; `closes` are its closes but
    for merges; `steps` is how many of `STEPS` it came to, 0 for a merged duplicate.
    """

    moved: tuple[tuple[str, int], ...] = ()
    closes: tuple[Closed, ...] = ()
    steps: int = 0
    is_enrolled: bool = False


@dataclass(frozen=True)
class QuietLeads(Generic[L]):
    """The leads that a report counts by their shares; `shares` says how many have each.

    `recent` reads those of them that were not quiet yet at a moment (UTC), the latest first. The
    check against earlier reports looks at how these stood then.
    """

    shares: Mapping[Share, int] = field(default_factory=dict)
    recent: Callable[[datetime], Sequence[L]] = lambda _since: ()

    @property
    def leads(self) -> int:
        return sum(self.shares.values())

    @property
    def enrolled(self) -> int:
        return sum(number for share, number in self.shares.items() if share.is_enrolled)

    @property
    def closes(self) -> list[Closed]:
        return [
            closed
            for share, number in self.shares.items()
            for closed in share.closes
            for _ in range(number)
        ]

    @property
    def steps(self) -> Counter[int]:
        """How many came how far."""
        found = Counter[int]()
        for share, number in self.shares.items():
            found[share.steps] += number
        return found

    @property
    def sums(self) -> Sums:
        """What they add to a report: totals to date, and nothing else."""
        found = Sums()
        for share, number in self.shares.items():
            for row, times in share.moved:
                found[to_date(row)] += times * number
        return found


@dataclass(frozen=True)
class CountedAhead(Generic[L]):
    """What was counted for this very report before it is made; `apart` are all leads but those."""

    sums: Sums
    apart: Sequence[L]
