"""Intervals of shares (SN1)."""

from math import sqrt

_Z = 1.959963984540054  # two-sided 95 %


def wilson(part: int, base: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of `part` in `base`, as shares of 1. `base` is above 0."""
    share = part / base
    stretch = 1 + _Z**2 / base
    center = (share + _Z**2 / (2 * base)) / stretch
    half = _Z * sqrt(share * (1 - share) / base + _Z**2 / (4 * base**2)) / stretch
    return max(0.0, center - half), min(1.0, center + half)
