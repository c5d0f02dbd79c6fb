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

SCREEN = "\n".join(
    re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    for path in sorted(CSS.rglob("*.css"))
    if "print" not in str(path.relative_to(CSS)) and path.name != "tokens.css"
)
MIXES = re.findall(r"color-mix\(in srgb, var\(--([\w-]+)\) (\d+)%, var\(--([\w-]+)\)\)", SCREEN)


def used(properties: str) -> set[str]:
    """The color tokens that the style sheets use in properties of these names, mixes apart."""
    declared = re.findall(rf"(?<![\w-])(?:{properties})\s*:\s*([^;{{}}]+);", SCREEN)
    values = " ".join(value for value in declared if "color-mix" not in value)
    return set(re.findall(r"var\(--([\w-]+)\)", values)) & set(TOKENS)


# What is left out below is left out for a reason; whatever else the style sheets use is tried,
# every ink on every surface, so that a new use of a token needs no line here.
OWN_INK = {"brand": "on-brand", "brand-deep": "on-brand", "toast": "on-toast"}
"""Surfaces that carry one ink alone, and that ink, which stands nowhere else."""
BARE = {
    "line": "a rule under the stages",
    "ch-2": "a rule under the stages that are done",
    "warn": "the mark of a stale lead in the timeline",
    "straw": "a selection, which brings its own ink",
    "ink-2": "the arrow of a list, drawn as a gradient",
}
"""Backgrounds on which nothing is written."""
MARKERS = {"ch-2": "the dot of a list"}
"""Colors of text that color no letters."""
DECORATION = {
    "line": "parts what space parts already",
    "straw": "stands beside a quotation that is set in",
    "halo": "stands around the ring, which has the contrast",
    "surface": "parts two shapes of a chart",
}
"""Lines and shapes that tell nothing by themselves."""

INKS = used("color") - set(OWN_INK.values()) - set(MARKERS)
UNDER = used("background|background-color") - set(OWN_INK) - set(BARE)
CHARTS = {name for name in TOKENS if name.startswith("ch-")}
QUIET_CHARTS = {"ch-3", "ch-grid"}  # ranges and grids; the numbers stand beside them
LINES = used(r"border[\w-]*|outline|outline-color|stroke|fill|box-shadow|accent-color")
LINES -= CHARTS | set(DECORATION) | set(OWN_INK.values())

TEXT = {(ink, under) for ink in INKS for under in UNDER}
TEXT |= {(ink, under) for under, ink in OWN_INK.items()}
SHAPES = {(line, under) for line in LINES for under in UNDER}
SHAPES |= {(chart, "surface") for chart in CHARTS - QUIET_CHARTS}
SHAPES |= {("ch-1", "ch-grid"), ("ring", "halo"), ("on-toast", "toast"), ("ch-2", "surface")}
SHAPES |= {("warn", under) for under in UNDER}
PAIRS = [(*pair, 4.5) for pair in sorted(TEXT)] + [(*pair, 3.0) for pair in sorted(SHAPES)]


def luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """`share` of one color and the rest of the other, as color-mix does in sRGB."""
    pairs = [[int(color[at : at + 2], 16) for color in (one, other)] for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


@pytest.mark.parametrize(("over", "under", "floor"), PAIRS)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_pair_reaches_its_contrast(over: str, under: str, floor: float, theme: int) -> None:
    assert contrast(TOKENS[over][theme], TOKENS[under][theme]) >= floor


@pytest.mark.parametrize(("over", "share", "under"), MIXES)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_on_a_mixed_color_reach_their_contrast(
    over: str, share: str, under: str, theme: int
) -> None:
    color = mixed(TOKENS[over][theme], TOKENS[under][theme], int(share) / 100)
    assert contrast(TOKENS["ink"][theme], color) >= 4.5


def test_what_is_left_out_is_used_so() -> None:
    assert set(OWN_INK) | set(BARE) <= used("background|background-color|background-image")
    assert set(MARKERS) | set(OWN_INK.values()) <= used("color")
    assert {"ink", "ink-2", "ink-3", "brand", "bad", "warn", "good"} <= INKS
    assert {"surface", "paper", "hover", "pick", "sunken", "warn-tint"} <= UNDER
    assert {"edge", "ring"} <= LINES


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
