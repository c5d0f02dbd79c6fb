"""The funnel: a bar per step, over a pale bar as long as the step before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from trialsnest.lib.charts.draw import Mode, Sheet

TITLE = "From inquiry to screening"


@dataclass(frozen=True)
class Step:
    """One step. `count` None is a number that may not be shown: no bar, and `shown` in its place.

    `rate_pct` and `usual_pct` (0-100) are of the step before; None where there is no rate to give.
    """

    label: str
    count: int | None
    this_week: int | None = None
    rate_pct: int | None = None
    usual_pct: int | None = None
    shown: str = "withheld"

    @property
    def words(self) -> str:
        """The count, or what stands for it."""
        return self.shown if self.count is None else f"{self.count:,}"

    @property
    def rate_words(self) -> str:
        """`68% (70%)`, passed and in brackets usual; empty without a rate."""
        if self.rate_pct is None:
            return ""
        usual = "" if self.usual_pct is None else f" ({self.usual_pct}%)"
        return f"{self.rate_pct}%{usual}"

    @property
    def told(self) -> str:
        """The step in a sentence, for the description."""
        rate = "" if self.rate_pct is None else f", {self.rate_pct}% of the step before"
        usual = "" if self.usual_pct is None else f", usually {self.usual_pct}%"
        return f"{self.label} {self.words}{rate}{usual}"


def _lengths(steps: Sequence[Step], plot: float) -> list[tuple[float, float]]:
    """Per step: how long its bar is, and how long the pale one behind it, in px."""
    longest = max((step.count or 0 for step in steps), default=0) or 1
    own = [(step.count or 0) / longest * plot for step in steps]
    pale = [0.0, *own[:-1]] if own else []
    return [
        (
            max(length, 2.0) if step.count is not None else 0.0,
            behind if step.count is not None else 0.0,
        )
        for step, length, behind in zip(steps, own, pale, strict=True)
    ]


def funnel(
    steps: Sequence[Step],
    *,
    uid: str = "funnel",
    slow: int | None = None,
    mode: Mode = "web",
    width: float = 640,
    row: float = 33,
) -> str:
    """The wide funnel. `slow` is the index of the one step furthest under its usual rate."""
    label_w, right_w, top, bar_h = 146, 236, 24, row - 14
    plot = width - label_w - right_w
    told = "; ".join(step.told for step in steps)
    sheet = Sheet(width, top + row * len(steps) - 8, title=TITLE, desc=told, mode=mode, uid=uid)
    count_x, week_x = label_w + plot + 52, label_w + plot + 124
    has_week = any(step.this_week is not None for step in steps)
    has_rate = any(step.rate_pct is not None for step in steps)
    sheet.text(count_x, 12, "Leads", "t2", anchor="end", small=True)
    if has_week:
        sheet.text(week_x, 12, "This week", "t2", anchor="end", small=True)
    if has_rate:
        sheet.text(width, 12, "Passed (usual)", "t2", anchor="end", small=True)
    for index, (step, (length, behind)) in enumerate(
        zip(steps, _lengths(steps, plot), strict=True)
    ):
        y = top + index * row
        middle, is_slow = y + bar_h / 2 + 5, index == slow
        sheet.text(0, middle, step.label, bold=is_slow)
        sheet.rect(label_w, y, behind, bar_h, "fg", 2)
        sheet.rect(label_w, y, length, bar_h, "f5" if is_slow else "f1", 2)
        sheet.text(count_x, middle, step.words, bold=True, anchor="end")
        if step.this_week is not None:
            sheet.text(week_x, middle, f"+{step.this_week}", "t2", anchor="end")
        if step.rate_words:
            tone = "tw" if is_slow else "t2"
            sheet.text(width, middle, step.rate_words, tone, anchor="end", bold=is_slow)
    return sheet.svg("ch ch--wide" if mode == "web" else "ch")


def funnel_narrow(
    steps: Sequence[Step], *, uid: str = "funnel-n", slow: int | None = None, width: float = 350
) -> str:
    """The same funnel for a phone: label over bar, so that text keeps its reading size."""
    row, plot = 40, width - 46
    told = "; ".join(step.told for step in steps)
    sheet = Sheet(width, row * len(steps), title=TITLE, desc=told, mode="web", uid=uid)
    for index, (step, (length, behind)) in enumerate(
        zip(steps, _lengths(steps, plot), strict=True)
    ):
        y, is_slow = index * row, index == slow
        sheet.text(0, y + 14, step.label, bold=is_slow)
        if step.rate_words:
            tone = "tw" if is_slow else "t2"
            sheet.text(plot, y + 14, step.rate_words, tone, anchor="end", bold=is_slow, small=True)
        sheet.rect(0, y + 20, behind, 11, "fg", 2)
        sheet.rect(0, y + 20, length, 11, "f5" if is_slow else "f1", 2)
        sheet.text(width, y + 30, step.words, bold=True, anchor="end")
    return sheet.svg("ch ch--narrow")
