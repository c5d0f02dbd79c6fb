"""Small figures that stand beside the number they draw: a signal, bars, boxes, progress."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from trialsnest.lib.charts.draw import Mode, Sheet, px
from trialsnest.lib.charts.ink import FILL, LIGHT

Reading = Literal["main", "part", "no", "few"]
_DOT = {"main": "f5", "part": "f5", "no": "f1", "few": "f4"}
_BAR = {"bg": "fg", "": "f1"}  # how a bare bar's classes are called among the chart's roles
_QUIET = 'preserveAspectRatio="none" aria-hidden="true" focusable="false"'


def signal(
    value: float,
    *,
    usual: tuple[float, float, float] | None,
    largest: float,
    title: str,
    uid: str,
    reading: Reading = "no",
    mode: Mode = "web",
    width: float = 190,
) -> str:
    """A value against its usual (low, middle, high); None where there are too few to tell."""
    pad, span = 6.0, largest or 1
    plot = width - 2 * pad

    def at(number: float) -> float:
        return pad + max(0.0, min(number, span)) / span * plot

    told = f"usual range {usual[0]:g} to {usual[2]:g}" if usual else "too few for a usual range"
    sheet = Sheet(width, 26, title=title, desc=f"now {value:g}, {told}", mode=mode, uid=uid)
    sheet.line(pad, 13, width - pad, 13, "lg", 2)
    if usual:
        low, middle, high = (at(number) for number in usual)
        sheet.rect(low, 7, high - low, 12, "f3", 2)
        for x in (low, high):  # the ends carry the contrast, not the pale fill
            sheet.line(x, 8, x, 18, "la")
        sheet.line(middle, 5, middle, 21, "la", 2)
    sheet.dot(at(value), 13, 6.5, "fs")
    sheet.dot(at(value), 13, 5, _DOT[reading])
    return sheet.svg("ch ch--small")


def _quiet_bar(
    look: str, parts: list[tuple[str, float, float]], width: float, height: float, mode: Mode
) -> str:
    """Rectangles (class, x, length) side by side, hidden from assistive tech."""
    drawn = []
    for name, x, length in parts:
        if length > 0:
            token = LIGHT[FILL[_BAR.get(name, name)]]
            ink = f'fill="{token}"' if mode == "pdf" else f'class="{name}"' if name else ""
            place = f' x="{px(x)}"' if x else ""
            size = f'width="{px(length)}" height="{px(height)}"'
            drawn.append(f"<rect{place} {size} {ink}".rstrip() + "/>")
    named = "" if mode == "pdf" else f' class="{look}"'
    box = f'viewBox="0 0 {px(width)} {px(height)}"'
    return f"<svg{named} {box} {_QUIET}>{''.join(drawn)}</svg>"


def bar(
    value: float, largest: float, *, width: float = 56, height: float = 8, mode: Mode = "web"
) -> str:
    """A bare bar beside a number that already says it."""
    length = max(0.0, min(1.0, value / largest if largest else 0)) * width
    return _quiet_bar("bar", [("bg", 0, width), ("", 0, length)], width, height, mode)


def overrun(
    days: float, limit: float, longest: float, *, width: float = 72, mode: Mode = "web"
) -> str:
    """Days still: grey up to the stage limit, amber past it. `longest` days fill the width."""
    per_day = width / max(longest, limit, 1)
    within, past = min(days, limit), max(0.0, min(days, longest) - limit)
    parts = [("f3", 0.0, within * per_day), ("f5", limit * per_day, past * per_day)]
    return _quiet_bar("bar", parts, width, 8, mode)


def progress(done: int, total: int, *, mode: Mode = "web") -> str:
    """How much of a list is settled, beside the words that say it."""
    length = 100 * max(0, min(done, total)) / total if total else 0
    return _quiet_bar("meter", [("bg", 0, 100), ("", 0, length)], 100, 6, mode)


class Part(NamedTuple):
    """One part of a whole: its role among the inks, and how much it is."""

    role: str
    value: float


def shares(
    parts: Sequence[Part], *, width: float = 240, height: float = 10, mode: Mode = "web"
) -> str:
    """Parts of a whole side by side; the words beside the bar say how much each is."""
    whole = sum(part.value for part in parts) or 1
    drawn, x = [], 0.0
    for part in parts:
        length = part.value / whole * width
        drawn.append((part.role, x, length))
        x += length
    return _quiet_bar("shares", drawn, width, height, mode)


def swatch(role: str, *, mode: Mode = "web") -> str:
    """The ink of one part of `shares`, before the words that name it."""
    return _quiet_bar("swatch", [(role, 0, 10)], 10, 10, mode)


def pips(have: int, need: int) -> str:
    """Records in hand, as small boxes beside the words `2 of 3`."""
    boxes = "".join(
        f'<rect class="{"on" if index < have else "off"}" x="{index * 11 + 0.75:g}" y=".75"'
        ' width="8.5" height="8.5" rx="2" stroke-width="1.5"/>'
        for index in range(need)
    )
    return (
        f'<svg viewBox="0 0 {need * 11} 10" width="{need * 11}" height="10"'
        f' aria-hidden="true" focusable="false">{boxes}</svg>'
    )
