"""Every pair of colors that stands together reaches its contrast, in both themes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from trialsnest.lib.charts import ink

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+):\s*light-dark\((#\w+),\s*(#\w+)\)", (CSS / "tokens.css").read_text()
    )
}

SURFACES = ("surface", "paper", "hover", "pick")
TEXT = [(ink, under) for ink in ("ink", "ink-2", "ink-3") for under in (*SURFACES, "sunken")]
TEXT += [(ink, under) for ink in ("brand", "bad", "warn", "good") for under in SURFACES]
TEXT += [(tone, f"{tone}-tint") for tone in ("bad", "warn", "good")]
TEXT += [(ink, f"{tone}-tint") for ink in ("ink", "ink-2") for tone in ("bad", "warn", "good")]
TEXT += [("on-brand", "brand"), ("on-brand", "brand-deep"), ("on-toast", "toast")]
TEXT += [("brand", f"{tone}-tint") for tone in ("bad", "warn", "good")]
SHAPES = [("edge", under) for under in ("surface", "paper", "pick")]
SHAPES += [("ring", under) for under in ("surface", "paper", "pick", "halo")]
SHAPES += [(chart, "surface") for chart in ("ch-1", "ch-2", "ch-4", "ch-5")]
SHAPES += [("ch-1", "ch-grid"), ("brand", "pick"), ("on-toast", "toast")]
PAIRS = [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in SHAPES]


def luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("over", "under", "floor"), PAIRS)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_pair_reaches_its_contrast(over: str, under: str, floor: float, theme: int) -> None:
    assert contrast(TOKENS[over][theme], TOKENS[under][theme]) >= floor


def test_contrast_is_computed_as_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_charts_on_paper_use_the_light_tokens() -> None:
    assert {name: TOKENS[name][0] for name in ink.LIGHT} == ink.LIGHT


def test_no_color_is_written_outside_the_tokens() -> None:
    files = [path for path in CSS.rglob("*.css") if "print" not in str(path.relative_to(CSS))]
    allowed = {"tokens.css", "base.css"}  # base.css: the selection, which must not follow a theme

    strays = {
        path.name: re.findall(r"#[0-9a-fA-F]{3,8}\b(?![\w-]*\s*\{)", path.read_text())
        for path in files
        if path.name not in allowed
    }

    assert {name: colors for name, colors in strays.items() if colors} == {}


def test_every_variable_that_is_used_is_declared_and_the_other_way_round() -> None:
    declared = set(re.findall(r"(--[\w-]+):", (CSS / "tokens.css").read_text()))
    screen = [path for path in CSS.rglob("*.css") if path.parent.name != "print"]

    used = {name for path in screen for name in re.findall(r"var\((--[\w-]+)", path.read_text())}

    assert used == declared
