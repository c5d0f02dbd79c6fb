"""How many leads stood still at the end of each week: stale, and at risk on top of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from trialsnest.lib.charts.draw import Mode, Sheet
from trialsnest.lib.charts.movement import grid_step


@dataclass(frozen=True)
class Point:
    """One moment, by its label (`8 Nov`); None is a moment that was not counted."""

    label: str
    stale: int | None
    at_risk: int | None

    @property
    def told(self) -> str:
        """The moment in words, for the description."""
        if self.stale is None or self.at_risk is None:
            return f"{self.label}: not counted"
        return f"{self.label}: {self.stale} stale, {self.at_risk} at risk"


def standing(
    points: Sequence[Point],
    *,
    uid: str = "standing",
    mode: Mode = "web",
    width: float = 640,
    height: float = 200,
    is_narrow: bool = False,
) -> str:
    """One bar a moment, oldest first; the last one is named directly, so no legend."""
    left, right, top, bottom = 30, 96, 14, 26
    told = "; ".join(point.told for point in points)
    sheet = Sheet(width, height, title="Stale and at risk", desc=told, mode=mode, uid=uid)
    most = max(((point.stale or 0) + (point.at_risk or 0) for point in points), default=0)
    step = grid_step(max(most, 1))
    axis = max(ceil(most / step), 1) * step
    floor, plot_w = height - bottom, width - left - right
    per_lead = (floor - top) / axis
    for value in range(0, axis + 1, step):
        y = floor - value * per_lead
        if value:
            sheet.line(left, y, left + plot_w, y)
        sheet.text(left - 6, y + 4.5, value, "t2", anchor="end", small=True)
    column = plot_w / max(len(points), 1)
    bar_w = min(34.0, column * 0.62)
    for index, point in enumerate(points):
        x, is_last = left + index * column + (column - bar_w) / 2, index == len(points) - 1
        stale, risk = (point.stale or 0) * per_lead, (point.at_risk or 0) * per_lead
        sheet.rect(x, floor - stale, bar_w, stale, "f5", 1)
        sheet.rect(x, floor - stale - risk, bar_w, risk, "f4", 1)
        if not is_narrow or is_last or index == 0:
            tone = "" if is_last else "t2"
            middle = x + bar_w / 2
            sheet.text(
                middle, height - 8, point.label, tone, anchor="middle", bold=is_last, small=True
            )
    if points:
        _name_last(sheet, points[-1], left + plot_w + 6, floor, per_lead)
    sheet.line(left, floor, left + plot_w, floor, "la")
    look = "ch ch--narrow" if is_narrow else "ch ch--wide"
    return sheet.svg(look if mode == "web" else "ch")


def _name_last(sheet: Sheet, point: Point, x: float, floor: float, per_lead: float) -> None:
    """The two numbers beside the last bar, each at its part and never over the other."""
    stale, risk = point.stale or 0, point.at_risk or 0
    low = min(floor - stale * per_lead / 2 + 5, floor - 3)
    high = min(floor - (stale + risk / 2) * per_lead + 5, low - 17)
    sheet.text(x, low, f"{stale} stale", "tw", bold=True)
    sheet.text(x, high, f"{risk} at risk", "t2")
