"""Charts are well-formed, say their numbers in words, escape text and come out the same twice."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from trialsnest.lib.charts import small
from trialsnest.lib.charts.funnel import Step, funnel, funnel_narrow
from trialsnest.lib.charts.movement import Week, movement
from trialsnest.lib.charts.standing import Point, standing

STEPS = [
    Step("New <interest> & more", 214, 31),
    Step("Reached", 141, 20, 66, 70),
    Step("Hidden", None),
    Step("Screened", 0, 0, 0),
]
WEEKS = [Week("8 Nov", 41, 9, 7), Week("15 Nov", 37, None, 9)]
CHARTS: dict[str, Callable[[], str]] = {
    "funnel": lambda: funnel(STEPS, slow=1),
    "funnel pdf": lambda: funnel(STEPS, slow=1, mode="pdf"),
    "funnel narrow": lambda: funnel_narrow(STEPS, slow=1),
    "funnel of nothing": lambda: funnel([]),
    "movement": lambda: movement(WEEKS),
    "movement pdf": lambda: movement(WEEKS, mode="pdf"),
    "movement narrow": lambda: movement(WEEKS, is_narrow=True),
    "movement of nothing": lambda: movement([]),
    "movement of zeros": lambda: movement([Week("8 Nov", 0, 0, 0)]),
    "standing": lambda: standing([Point("8 Nov", None, None), Point("Now", 6, 1)]),
    "standing pdf": lambda: standing([Point("Now", 6, 1)], mode="pdf"),
    "standing narrow": lambda: standing([Point("Now", 0, 0)], is_narrow=True),
    "standing of nothing": lambda: standing([]),
    "signal": lambda: small.signal(11, usual=(4, 5, 7), largest=9, title="Days", uid="s"),
    "signal pdf": lambda: small.signal(0, usual=None, largest=0, title="D", uid="s", mode="pdf"),
    "bar": lambda: small.bar(9, 31),
    "bar of nothing": lambda: small.bar(0, 0),
    "bar pdf": lambda: small.bar(9, 31, mode="pdf"),
    "overrun": lambda: small.overrun(19, 7, 21),
    "overrun within": lambda: small.overrun(3, 7, 21),
    "progress": lambda: small.progress(2, 9),
    "progress of nothing": lambda: small.progress(0, 0),
    "shares": lambda: small.shares([small.Part("f1", 3), small.Part("f3", 1)]),
    "shares of nothing": lambda: small.shares([]),
    "shares pdf": lambda: small.shares([small.Part("f1", 3)], mode="pdf"),
    "swatch": lambda: small.swatch("f4"),
    "pips": lambda: small.pips(2, 3),
}


def shapes(markup: str, kind: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(markup).iter(kind))  # noqa: S314 - drawn by the project


@pytest.mark.parametrize("name", list(CHARTS))
def test_chart_is_well_formed_and_the_same_twice(name: str) -> None:
    markup = CHARTS[name]()

    assert len(shapes(markup, "svg")) == 1
    assert CHARTS[name]() == markup
    assert "style=" not in markup
    assert "nan" not in markup


@pytest.mark.parametrize("name", [name for name in CHARTS if "pdf" in name])
def test_chart_for_paper_carries_its_own_ink(name: str) -> None:
    markup = CHARTS[name]()

    assert "class=" not in markup
    assert "fill=" in markup


def test_chart_tells_its_numbers_in_words() -> None:
    web, pdf = funnel(STEPS, uid="f"), funnel(STEPS, mode="pdf")

    assert 'aria-labelledby="f-t f-d"' in web
    assert "Reached 141, 66% of the step before, usually 70%" in web
    assert "<title>From inquiry to screening. " in pdf
    assert "Reached 141, 66% of the step before, usually 70%" in pdf


def test_shares_fill_the_bar_in_the_order_given() -> None:
    first, second = shapes(small.shares([small.Part("f1", 3), small.Part("f3", 1)]), "rect")

    assert (first.get("width"), second.get("x"), second.get("width")) == ("180", "180", "60")


def test_chart_escapes_the_words_of_people() -> None:
    assert "New &lt;interest&gt; &amp; more" in funnel(STEPS)


def test_funnel_draws_no_bar_for_a_count_that_may_not_be_shown() -> None:
    shown, hidden = funnel(STEPS[:2]), funnel([STEPS[0], STEPS[2]])

    assert len(shapes(shown, "rect")) == 3, "two bars and the pale one behind the second"
    assert len(shapes(hidden, "rect")) == 1, "the hidden step draws neither bar nor shadow"
    assert "withheld" in hidden


def test_movement_draws_no_bar_for_a_count_that_may_not_be_shown() -> None:
    assert len(shapes(movement([Week("8 Nov", 41, 9, 7)]), "rect")) == 3
    assert len(shapes(movement([Week("8 Nov", 41, None, 7)]), "rect")) == 2


def test_movement_keeps_the_labels_of_the_last_week_apart() -> None:
    texts = shapes(movement([Week("8 Nov", 100, 1, 1)]), "text")
    places = {(text.text or "").split(" ", 1)[-1]: float(text.attrib["y"]) for text in texts}

    assert places["went stale"] - places["closed"] >= 16
    assert places["closed"] > places["forward"]


def test_signal_stays_inside_its_scale() -> None:
    marks = shapes(small.signal(99, usual=(1, 2, 3), largest=9, title="D", uid="s"), "circle")

    assert {mark.attrib["cx"] for mark in marks} == {"184"}


def test_numbers_of_a_progress_never_pass_its_end() -> None:
    bars = shapes(small.progress(12, 9), "rect")

    assert bars[-1].attrib["width"] == "100"
