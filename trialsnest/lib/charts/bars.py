"""Plain bars, one row a count: numbers side by side, or steps that follow one another."""

from collections.abc import Sequence
from dataclasses import dataclass

from trialsnest.lib.charts.draw import Mode, Sheet

STUB = 21.0


@dataclass(frozen=True)
class Bar:
    """One row. `shown` is what is printed; `count` None is a number that may not be drawn.

    Such a row gets a striped stub of one fixed length, whatever the number is. `before` draws the
    step before behind the bar, pale; `note` stands after the number.
    """

    label: str
    shown: str
    count: int | None
    before: int | None = None
    note: str = ""
    is_trouble: bool = False

    @property
    def told(self) -> str:
        """The row in words, for the description."""
        return f"{self.label} {self.shown}" + (f", {self.note}" if self.note else "")


def bars(
    rows: Sequence[Bar],
    *,
    title: str,
    uid: str = "bars",
    mode: Mode = "web",
    width: float = 640,
    row: float = 26,
    labels: float = 146,
    is_narrow: bool = False,
) -> str:
    """The rows, top to bottom, `labels` wide before them. Trouble is amber; its label says why.

    Steps have their numbers in a column, whether or not one has a note; others at the bars' ends.

    `is_narrow` marks the second geometry of a chart, for a phone.
    """
    label_w, bar_h = labels, row - 12
    is_stepped = any(bar.note or bar.before is not None for bar in rows)
    right_w = 76.0 if is_stepped else 40.0
    plot = width - label_w - right_w
    longest = max((max(bar.count or 0, bar.before or 0) for bar in rows), default=0) or 1
    told = "; ".join(bar.told for bar in rows) or "no rows"
    sheet = Sheet(width, row * len(rows) - 4, title=title, desc=told, mode=mode, uid=uid)
    for index, bar in enumerate(rows):
        y = index * row
        middle = y + bar_h / 2 + 5
        sheet.text(0, middle, bar.label)
        behind = (bar.before or 0) / longest * plot
        sheet.rect(label_w, y, behind, bar_h, "fg", 2)
        end = max(_draw(sheet, bar, label_w, y, bar_h, plot / longest), label_w + behind)
        is_bold = bar.count is not None
        if is_stepped:
            sheet.text(width - 42, middle, bar.shown, anchor="end", bold=is_bold)
            sheet.text(width, middle, bar.note, "t2", anchor="end")
        else:
            sheet.text(end + 8, middle, bar.shown, bold=is_bold)
    if mode != "web":
        return sheet.svg("ch")
    return sheet.svg("ch ch--narrow" if is_narrow else "ch ch--wide")


def _draw(sheet: Sheet, bar: Bar, x: float, y: float, height: float, per_lead: float) -> float:
    """The bar or its stub; returns where it ends."""
    if bar.count is None:
        for step in range(0, int(STUB), 6):
            sheet.rect(x + step, y, 3, height, "f3")
        return x + STUB
    length = bar.count * per_lead
    sheet.rect(x, y, length, height, "f5" if bar.is_trouble else "f1", 2)
    return x + length
