"""Shares with their base, and what may be said of them (Q6, SN1, SN2)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from reporting.figures.cells import Cell
from trialsnest.lib.intervals import wilson

FEWEST_FOR_PERCENT = 10
FEWEST_FOR_FIRM = 30


@dataclass(frozen=True, slots=True)
class Rate:
    """`reached` of `base`. `pct` and its 95 % interval are whole percents, or None (SN1).

    The interval is given for bases of 10 to 29 only, which are an early signal (SN2).
    """

    reached: Cell
    base: int
    pct: int | None = None
    low: int | None = None
    high: int | None = None

    @property
    def is_early(self) -> bool:
        return self.low is not None


def percent(part: int, base: int, *, digits: int = 0) -> Decimal:
    """`part` of `base` in percent, half rounded up. Raises ZeroDivisionError for an empty base."""
    if not base:
        raise ZeroDivisionError("a share of nothing has no percentage")
    unit = Decimal(1).scaleb(-digits)
    return (Decimal(100 * part) / Decimal(base)).quantize(unit, ROUND_HALF_UP)


def rate(reached: Cell, base: int) -> Rate:
    """The published rate: a percentage only of an exact part and a base of 10 and more."""
    part = reached.known
    if part is None or base < FEWEST_FOR_PERCENT:
        return Rate(reached, base)
    pct = int(percent(part, base))
    if base >= FEWEST_FOR_FIRM:
        return Rate(reached, base, pct)
    low, high = wilson(part, base)
    return Rate(reached, base, pct, round(100 * low), round(100 * high))
