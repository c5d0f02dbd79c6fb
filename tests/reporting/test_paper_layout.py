"""How a report stands on paper: its cover, its running heads, and columns that say nothing."""

import io
import re
from dataclasses import replace

import pdfplumber
import pytest

from reporting.figures.network import network
from reporting.figures.report import weekly_report
from reporting.figures.snapshot import to_json
from reporting.render import report_html
from reporting.render_network import network_words
from tests.reporting.samples import HEADER, sample_inputs
from trialsnest.lib import pdf

IDENTIFIER = b"0123456789abcdef"
DRAFT = replace(HEADER, issued_by_role="")


def page(**kind: object) -> str:
    return report_html(to_json(weekly_report(sample_inputs(**kind))), paper="a4")  # type: ignore[arg-type]


def pages_of(html: str) -> list[str]:
    made = pdf.pdf_bytes(html, identifier=IDENTIFIER, sheet=pdf.Sheet.REPORT)
    with pdfplumber.open(io.BytesIO(made)) as document:
        return [one.extract_text() for one in document.pages]


def heads(html: str, section: str) -> list[str]:
    """The column heads of the table that follows a heading."""
    table = html[html.index(f"<h2>{section}</h2>") :].partition("</thead>")[0]
    return re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table)


@pytest.mark.slow
def test_every_page_of_a_draft_says_so_and_no_page_of_an_issued_report() -> None:
    draft, issued = pages_of(page(header=DRAFT)), pages_of(page())

    assert len(draft) > 1
    assert all("Draft, not issued" in said for said in draft)
    assert "Nobody yet" in draft[0]
    assert not any("draft" in said.casefold() for said in issued)


@pytest.mark.slow
def test_every_page_after_the_cover_bears_number_and_revision() -> None:
    told = pages_of(page(header=replace(HEADER, revision="B")))

    assert "No. 16, revision B" in told[0]
    for said in told[1:]:
        assert "No. 16, revision B" in said.splitlines()[0]


@pytest.mark.slow
@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("kind", [{"is_first": True}, {"strict": True}, {"leads_per_week": 60}])
def test_the_words_never_take_a_page_of_their_own(paper: str, kind: dict[str, object]) -> None:
    html = page(**kind).replace('data-paper="a4"', f'data-paper="{paper}"')

    last = pages_of(html)[-1]

    assert "Words we use" in last
    assert "What the site does next" in last or "Next actions of open leads" in last


def test_a_first_report_has_no_column_for_what_was_before_it() -> None:
    first, later = page(is_first=True), page()

    assert heads(first, "Movement since the start") == ["Leads", "This period", "To date"]
    assert heads(first, "Scheduling") == ["Visits", "This period", "To date"]
    assert "Recorded late" in heads(later, "Movement since the last report")


def test_strict_mode_says_what_it_leaves_out_instead_of_columns_of_withheld() -> None:
    strict = page(strict=True)

    assert heads(strict, "Movement since the last report") == [
        "Leads",
        "This period",
        "Period before",
    ]
    assert heads(strict, "Scheduling") == ["Visits", "This period", "Before"]
    assert strict.count("What was recorded late and what came to date is not printed") == 2
    for section in ("Balance of open leads", "From inquiry to visit", "Site execution"):
        after = strict[strict.index(f"<h2>{section}</h2>") :].partition("</section>")[0]
        assert "Not printed in strict mode." in after


def test_each_run_of_opening_hours_is_a_part_of_its_own() -> None:
    hours = "Mon to Thu 08:00 to 17:00, Fri 08:00 to 15:00"
    told = [replace(HEADER, site_hours=given) for given in (hours, "")]
    lines = [
        network_words(network([weekly_report(sample_inputs(header=header))]), charts="web")
        for header in told
    ]

    (open_, untold) = (words["clocks"][0] for words in lines)  # type: ignore[index]
    assert open_.openings == ["Mon to Thu 08:00 to 17:00", "Fri 08:00 to 15:00"]
    assert untold.openings == []
