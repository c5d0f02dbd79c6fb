"""Plain bars: what is drawn, what is only said, and what may not be told by a length."""

import re

from trialsnest.lib.charts.bars import Bar, bars


def widths(svg: str) -> list[float]:
    return [float(w) for w in re.findall(r'<rect [^>]*width="([\d.]+)"', svg)]


def test_a_bar_is_as_long_as_its_number() -> None:
    svg = bars([Bar("Contacted", "20", 20), Bar("Scheduled", "5", 5)], title="Open", mode="pdf")

    long, short = widths(svg)
    assert long == 4 * short


def test_every_hidden_number_is_drawn_alike() -> None:
    def drawn(shown: str) -> str:
        svg = bars([Bar("Contacted", "20", 20), Bar("Stale", shown, None)], title="Open")
        return re.sub(r"<(title|desc|text).*?</\1>", "", svg)

    assert drawn("<5") == drawn("withheld")


def test_the_description_says_what_the_bars_show() -> None:
    svg = bars(
        [Bar("Reached", "16", 16, before=45, note="36%"), Bar("Stale", "<5", None)],
        title="From inquiry to visit",
        mode="pdf",
    )

    assert "<title>From inquiry to visit. Reached 16, 36%; Stale &lt;5.</title>" in svg


def test_labels_are_escaped_and_no_rows_are_no_error() -> None:
    assert "<b>" not in bars([Bar("<b>", "1", 1)], title="<b>", uid="x")
    assert "no rows" in bars([], title="Open")


def test_trouble_is_amber_and_zero_has_no_bar() -> None:
    svg = bars([Bar("Stale", "3", 3, is_trouble=True), Bar("Scheduled", "0", 0)], title="Open")

    assert svg.count("<rect") == 1
    assert 'class="f5"' in svg
