"""How often a target was met, and what counts as a miss (CK4; small numbers: SN1, SN2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from fractions import Fraction

from recruitment.rules.clock_codes import ClockOutcome

FEWEST = 10  # clocks below which no percentage is shown (SN1)


class Kept(Enum):
    """How a clock counts: towards the target, or as one of the three kinds of miss."""

    MET = "met"
    MET_LATE = "met_late"
    MISSED = "missed"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class MetRate:
    """Met, of all that were met, met late, missed or are overdue (CK4).

    What is open in time and what fell away in time stand in neither number. Leaving out the
    overdue and the missed ones would flatter the site.
    """

    met: int = 0
    met_late: int = 0
    missed: int = 0
    overdue: int = 0

    @property
    def misses(self) -> int:
        """What was not done in time."""
        return self.met_late + self.missed + self.overdue

    @property
    def base(self) -> int:
        """The denominator."""
        return self.met + self.misses

    @property
    def rate(self) -> Fraction | None:
        """Between 0 and 1; None where nothing counts yet, which is not nought (SN6)."""
        return Fraction(self.met, self.base) if self.base else None

    @property
    def words(self) -> str:
        """`3 of 7`, from ten on with the percentage, rounded half up (SN1)."""
        if not self.base:
            return "None due yet"
        said = f"{self.met:,} of {self.base:,}"
        percent = (200 * self.met + self.base) // (2 * self.base)
        return f"{said} ({percent}%)" if self.base >= FEWEST else said


def kept(outcome: str, due_at: datetime | None, *, now: datetime) -> Kept | None:
    """How a clock counts at `now` (UTC); None for one that counts nowhere (CK4).

    A running clock counts from the moment it is due: being answered later or never does not make
    it anything but a miss.
    """
    if outcome == ClockOutcome.NOT_APPLICABLE:
        return None
    if outcome:
        return Kept(outcome)
    return Kept.OVERDUE if due_at is not None and due_at <= now else None


def rate_of(clocks: Iterable[Kept | None]) -> MetRate:
    """The rate over these clocks."""
    counted = [each for each in clocks if each is not None]
    return MetRate(**{each.value: counted.count(each) for each in Kept})
