"""Movement by week: forward above the line, closed and gone stale below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from trialsnest.lib.charts.draw import Mode, Sheet

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Week:
    """Leads in one week, by the day it ended (`8 Nov`). None is a number that may not be shown."""

    label: str
    forward: int | None
    closed: int | None
    stale: int | None

    @property
    def told(self) -> str:
        """The week in a sentence, for the description."""
        parts = (
            f"{_words(self.forward)} moved forward",
            f"{_words(self.closed)} closed",
            f"{_words(self.stale)} went stale",
        )
        return f"week to {self.label}: {', '.join(parts)}"


def _words(number: int | None) -> str:
    return "withheld" if number is None else str(number)


def grid_step(span: int) -> int:
    """The smallest round step that gives at most seven lines."""
    return next((step for step in _STEPS if span / step <= 7), ceil(span / 7))


def _apart(wanted: list[float], gap: float) -> list[float]:
    """The same places, each at least `gap` under the one before, so that labels never overlap."""
    placed: list[float] = []
    for place in wanted:
        placed.append(max(place, placed[-1] + gap) if placed else place)
    return placed


@dataclass(frozen=True)
class _Scale:
    """Where a number of leads stands, in px."""

    zero: float
    per_lead: float
    step: int
    up: int
    down: int


def _scale(weeks: Sequence[Week], top: float, plot_h: float) -> _Scale:
    up = max((week.forward or 0 for week in weeks), default=0)
    down = max(((week.closed or 0) + (week.stale or 0) for week in weeks), default=0)
    step = grid_step(max(up + down, 1))
    up_axis, down_axis = max(ceil(up / step), 1) * step, ceil(down / step) * step
    per_lead = plot_h / (up_axis + down_axis)
    return _Scale(top + up_axis * per_lead, per_lead, step, up_axis, down_axis)


def movement(
    weeks: Sequence[Week],
    *,
    uid: str = "movement",
    mode: Mode = "web",
    width: float = 640,
    height: float = 250,
    is_narrow: bool = False,
) -> str:
    """One bar a week, oldest first; the last is this week, dark and labeled, so no legend."""
    left, right, top, bottom = 30, 108 if is_narrow else 118, 14, 26
    told = "; ".join(week.told for week in weeks)
    sheet = Sheet(width, height, title="Movement by week", desc=told, mode=mode, uid=uid)
    scale = _scale(weeks, top, height - top - bottom)
    plot_w = width - left - right
    for value in range(-scale.down, scale.up + 1, scale.step):
        y = scale.zero - value * scale.per_lead
        if value:
            sheet.line(left, y, left + plot_w, y)
        sheet.text(left - 6, y + 4.5, abs(value), "t2", anchor="end", small=True)
    column = plot_w / max(len(weeks), 1)
    bar_w = min(34.0, column * 0.62)
    for index, week in enumerate(weeks):
        x, is_last = left + index * column + (column - bar_w) / 2, index == len(weeks) - 1
        _bars(sheet, week, x, bar_w, scale, is_last=is_last)
        if not is_narrow or is_last or index == 0:
            tone = "" if is_last else "t2"
            middle = x + bar_w / 2
            sheet.text(
                middle, height - 8, week.label, tone, anchor="middle", bold=is_last, small=True
            )
    if weeks:
        _name_last(sheet, weeks[-1], left + plot_w + 8, scale)
    sheet.line(left, scale.zero, left + plot_w, scale.zero, "la")
    look = "ch ch--narrow" if is_narrow else "ch ch--wide"
    return sheet.svg(look if mode == "web" else "ch")


def _bars(
    sheet: Sheet, week: Week, x: float, bar_w: float, scale: _Scale, *, is_last: bool
) -> None:
    up, closed, stale = (
        (number or 0) * scale.per_lead for number in (week.forward, week.closed, week.stale)
    )
    sheet.rect(x, scale.zero - up, bar_w, up, "f1" if is_last else "f2", 1)
    sheet.rect(x, scale.zero + 1, bar_w, closed, "f4")
    sheet.rect(x, scale.zero + 1 + closed, bar_w, stale, "f5")


def _name_last(sheet: Sheet, week: Week, x: float, scale: _Scale) -> None:
    closed, stale = (week.closed or 0) * scale.per_lead, (week.stale or 0) * scale.per_lead
    forward_y = min(scale.zero - (week.forward or 0) * scale.per_lead + 12, scale.zero - 4)
    places = _apart(
        [forward_y, scale.zero + closed / 2 + 6, scale.zero + closed + stale / 2 + 8], 16
    )
    sheet.text(x, places[0], f"{_words(week.forward)} forward", bold=True)
    sheet.text(x, places[1], f"{_words(week.closed)} closed", "t2")
    sheet.text(x, places[2], f"{_words(week.stale)} went stale", "tw", bold=True)
