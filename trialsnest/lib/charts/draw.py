"""A sheet to draw one chart on: shapes by role, one geometry for two inks."""

from html import escape
from typing import Literal

from trialsnest.lib.charts.ink import FILL, LIGHT, PDF_FONTS, STROKE, TEXT

Mode = Literal["web", "pdf"]
Anchor = Literal["start", "middle", "end"]


def px(value: float) -> str:
    """A coordinate to a tenth of a pixel, without a trailing zero."""
    return f"{value:.1f}".removesuffix(".0")


class Sheet:
    """Collects shapes, then writes them as one SVG. `uid` must be unique on the page."""

    def __init__(
        self, width: float, height: float, *, title: str, desc: str, mode: Mode, uid: str
    ) -> None:
        self.width, self.height, self.mode, self.uid = width, height, mode, uid
        self.title, self.desc = title, desc
        self._parts: list[str] = []

    def rect(self, x: float, y: float, w: float, h: float, role: str, r: float = 0) -> None:
        """A bar. Nothing is drawn for no width or no height."""
        if w > 0 and h > 0:
            corner = f' rx="{px(r)}"' if r else ""
            box = f'x="{px(x)}" y="{px(y)}" width="{px(w)}" height="{px(h)}"{corner}'
            self._parts.append(f"<rect {box} {self._fill(role)}/>")

    def line(
        self, x1: float, y1: float, x2: float, y2: float, role: str = "lg", width: float = 1
    ) -> None:
        """A rule or a tick."""
        ends = f'x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}"'
        ink = f'class="{role}"' if self.mode == "web" else f'stroke="{LIGHT[STROKE[role]]}"'
        self._parts.append(f'<line {ends} stroke-width="{px(width)}" {ink}/>')

    def dot(self, x: float, y: float, r: float, role: str) -> None:
        """A round mark."""
        self._parts.append(f'<circle cx="{px(x)}" cy="{px(y)}" r="{px(r)}" {self._fill(role)}/>')

    def text(
        self,
        x: float,
        y: float,
        words: object,
        tone: str = "",
        *,
        anchor: Anchor = "start",
        bold: bool = False,
        small: bool = False,
    ) -> None:
        """Words at their reading size: 14 px, 13 when `small`. `tone` is "", "t2" or "tw"."""
        size = 13 if small else 14
        if self.mode == "web":
            names = [tone] if tone else []
            names += ["tb"] * bold + ["ts"] * small
            ink = f' class="{" ".join(names)}"' if names else ""
        else:
            color, weight = LIGHT[TEXT.get(tone, "ink")], 600 if bold else 400
            ink = (
                f' font-family="{PDF_FONTS}" font-size="{size}" font-weight="{weight}"'
                f' fill="{color}"'
            )
        place = f'x="{px(x)}" y="{px(y)}" text-anchor="{anchor}"'
        self._parts.append(f"<text {place}{ink}>{escape(str(words))}</text>")

    def svg(self, look: str = "ch") -> str:
        """The chart. On the web it has a title and a description; on paper the title holds both."""
        title, desc, body = escape(self.title), escape(self.desc), "".join(self._parts)
        box = f'viewBox="0 0 {px(self.width)} {px(self.height)}"'
        if self.mode == "pdf":  # WeasyPrint makes <title> the figure's alternate text, nothing else
            return f'<svg {box} width="100%"><title>{title}. {desc}.</title>{body}</svg>'
        size = f'width="{px(self.width)}" height="{px(self.height)}"'
        uid = escape(self.uid)
        named = f'role="img" aria-labelledby="{uid}-t {uid}-d"'
        return (
            f'<svg class="{look}" {box} {size} {named}><title id="{uid}-t">{title}</title>'
            f'<desc id="{uid}-d">{desc}</desc>{body}</svg>'
        )

    def _fill(self, role: str) -> str:
        return f'class="{role}"' if self.mode == "web" else f'fill="{LIGHT[FILL[role]]}"'
