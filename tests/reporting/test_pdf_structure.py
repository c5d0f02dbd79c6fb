"""What a screen reader finds in the PDFs: the tags mirror the page that they were made of."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import tinyhtml5
from django.template.loader import render_to_string
from pypdf import PdfReader

from reporting.figures.agreed import AgreedRow, AgreedTable, Outcome
from reporting.figures.asks import AskRow, AskTable
from reporting.figures.network import network
from reporting.figures.report import Report, weekly_report
from reporting.figures.revisions import Difference, Revised
from reporting.figures.snapshot import to_json
from reporting.render import report_html
from reporting.render_network import network_words
from tests.reporting.samples import HEADER, sample_inputs
from tests.reporting.test_pdf import IDENTIFIER, elements
from trialsnest.lib import pdf

pytestmark = pytest.mark.slow
ASKED = datetime(2026, 11, 2, 15, tzinfo=UTC)
DAY = date(2026, 11, 20)
SECTIONS = {
    "What changed",
    "Movement since the last report",
    "Balance of open leads",
    "Open leads by bucket",
    "Source quality",
    "Site execution",
    "Blockers",
    "Records",
    "Scheduling",
    "Stale leads",
    "Why leads closed, to date",
    "Criteria and protocol friction",
    "Changes made from patient-group input",
    "What the site does next",
    "Decisions needed",
    "Answers since the last report",
}


@cache
def full() -> Report:
    """A report in which every section has its table."""
    report = weekly_report(sample_inputs(leads_per_week=60, tells_site_work=True))
    rows = [
        AgreedRow("repeated_blocker", "Clear blockers", "Coordinator", DAY, Outcome.LATE),
        AgreedRow("stale_risk", "Move leads on", "Site lead", DAY, Outcome.DONE, ended_at=ASKED),
    ]
    ask = AskRow(
        kind="Criteria clarification",
        question="Does a stable dose count?",
        why="Several wait.",
        party="Sponsor",
        raised_at=ASKED,
        due_at=ASKED,
        days=14,
        is_late=True,
        freed=None,
        choice="",
        answer="",
        options=("Four weeks", "Eight weeks"),
    )
    answered = replace(ask, choice="Agreed", answer="It does.", option="Four weeks")
    return replace(
        report,
        agreed=AgreedTable(before=(rows[0],), since=(rows[1],)),
        asks=AskTable(open=(ask,), answered=(answered,)),
        revised=Revised(
            "A", "entries", "Two were entered twice.", (Difference("Closed", "late", "1", "2"),)
        ),
    )


def site_page() -> str:
    return report_html(to_json(full()), paper="a4")


def network_page() -> str:
    other = replace(full(), header=replace(HEADER, site_label="Site 099", note="One room only."))
    words = network_words(network([full(), other]), charts="pdf")
    known = {"paper": "letter", "hash": "ab", "hashes": [("Site 014", "cd"), ("Site 099", "ef")]}
    return render_to_string("reporting/network/document.html", words | known)


PAGES: dict[str, Callable[[], str]] = {"site": site_page, "network": network_page}


def root_of(html: str) -> Any:
    made = pdf.pdf_bytes(html, identifier=IDENTIFIER, sheet=pdf.Sheet.REPORT)
    return PdfReader(io.BytesIO(made)).trailer["/Root"]


@cache
def both(name: str) -> tuple[Any, Any]:
    """The page as a tree, and the structure of the PDF made of it."""
    html = PAGES[name]()
    root = root_of(html)
    return tinyhtml5.parse(html, namespace_html_elements=False), root["/StructTreeRoot"]


def tagged(root: Any, *tags: str) -> list[Any]:
    return [element for element in elements(root) if element["/S"] in tags]


def found(page: Any, *tags: str) -> list[Any]:
    """The elements of a page, in its order."""
    return [element for element in page.iter() if element.tag in tags]


def test_the_document_says_its_language_and_that_it_is_tagged() -> None:
    root = root_of(site_page())

    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_full_report_has_every_section() -> None:
    page, _ = both("site")

    assert {"".join(heading.itertext()) for heading in page.iter("h2")} >= SECTIONS
    assert len(list(page.iter("table"))) >= 15


@pytest.mark.parametrize("name", PAGES)
def test_every_heading_is_one_and_none_skips_a_level(name: str) -> None:
    page, root = both(name)

    there = [element["/S"] for element in tagged(root, "/H1", "/H2", "/H3")]

    assert there == [f"/{heading.tag.upper()}" for heading in found(page, "h1", "h2", "h3")]
    levels = [int(tag[2:]) for tag in there]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_every_table_has_its_header_cells_and_each_number_knows_them(name: str) -> None:
    page, root = both(name)
    written, there = list(page.iter("table")), tagged(root, "/Table")

    assert len(there) == len(written)
    for table, element in zip(written, there, strict=True):
        count = Counter(cell.tag for cell in found(table, "th", "td"))
        heads, cells = tagged(element["/K"], "/TH"), tagged(element["/K"], "/TD")
        assert (len(heads), len(cells)) == (count["th"], count["td"])
        assert all(head.get("scope") in {"col", "row"} for head in table.iter("th"))
        known = {str(head["/ID"]) for head in heads}
        for cell in cells:
            assert {str(one) for one in cell["/A"]["/Headers"]} & known


@pytest.mark.parametrize(("name", "figures"), [("site", 3), ("network", 2)])
def test_every_drawing_is_a_figure_with_words(name: str, figures: int) -> None:
    _, root = both(name)

    drawn = tagged(root, "/Figure")

    assert len(drawn) == figures
    assert all(str(figure["/Alt"]).strip() for figure in drawn)
    assert any("Stale" in figure["/Alt"] for figure in drawn)


@pytest.mark.parametrize("name", PAGES)
def test_every_list_has_its_items(name: str) -> None:
    page, root = both(name)
    written = len(list(page.iter("li")))

    assert sum(len(tagged(each["/K"], "/LI")) for each in tagged(root, "/L")) >= written
