"""Odd reports on paper: many sources, long labels, other scripts, tags in words, nothing at all."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pdfplumber
import pytest

from reporting import render
from reporting.figures.asks import AskRow
from reporting.figures.inputs import Inputs, LeadFacts, SourceFacts
from reporting.figures.report import weekly_report
from reporting.figures.snapshot import to_json
from tests.reporting.samples import sample_inputs
from trialsnest.lib import pdf

IDENTIFIER = b"0123456789abcdef"
HIDDEN = "\N{ZERO WIDTH SPACE}"
POINT = 1.0
MARGIN = 16 * 72 / 25.4  # points; 16 mm, as print/report.css sets it


def paper_of(inputs: Inputs, *, asks: tuple[AskRow, ...] = ()) -> bytes:
    report = weekly_report(inputs)
    report = replace(report, asks=replace(report.asks, open=asks))
    html = render.report_html(to_json(report), paper="a4")
    return pdf.pdf_bytes(html, identifier=IDENTIFIER, sheet=pdf.Sheet.REPORT)


def with_note(note: str) -> Inputs:
    inputs = sample_inputs()
    return replace(inputs, header=replace(inputs.header, note=note))


def with_sources(labels: list[str]) -> Inputs:
    """The leads of a usual report, spread evenly over these sources."""
    inputs = sample_inputs(leads_per_week=40)
    sources = [SourceFacts(f"s{at}", label, "web") for at, label in enumerate(labels)]

    def moved(at: int, lead: LeadFacts) -> LeadFacts:
        return replace(lead, source=sources[at % len(sources)])

    return replace(inputs, leads=tuple(moved(at, lead) for at, lead in enumerate(inputs.leads)))


def pages(data: bytes) -> list[str]:
    """The text of each page; asserts that nothing runs into the margins, a point apart."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            inside = page.width - MARGIN + POINT
            assert all(letter["x1"] < inside for letter in page.chars if letter["text"].strip())
        return [page.extract_text() for page in document.pages]


def words(data: bytes) -> str:
    return " ".join(" ".join(pages(data)).split())


@pytest.mark.slow
def test_forty_sources_with_labels_of_sixty_letters_are_all_there_and_the_head_is_repeated() -> (
    None
):
    labels = [
        f"Campaign {at:02}, letters to households of the county".ljust(60, "x") for at in range(40)
    ]
    assert {len(label) for label in labels} == {60}

    made = paper_of(with_sources(labels))

    told = pages(made)
    flat = "".join(" ".join(told).split())
    assert len(told) <= 6
    assert sum("Reached within 14 days" in page for page in told) >= 1
    shown = [label for label in labels if "".join(label.split()) in flat]
    assert len(shown) == 40 or "Othersources" in flat


@pytest.mark.slow
@pytest.mark.parametrize(
    "label",
    ["x" * 60, "Ω" * 60, "Kampagne-für-Donaudampfschifffahrtsgesellschaftskapitäne-2026"],
    ids=["one word", "Greek", "German"],
)
def test_a_label_without_a_space_stays_in_its_column(label: str) -> None:
    told = words(paper_of(with_sources([label, "Study page", "Letter"])))

    assert "Visit scheduled" in told  # the last column is still on the page
    assert label[:9] in "".join(told.split())


@pytest.mark.slow
def test_a_tag_in_the_sites_sentence_is_printed_and_never_followed() -> None:
    note = '<img src="file:///etc/hostname"><link rel=attachment href="file:///"> Two clinics.'

    made = paper_of(with_note(note))

    assert "Two clinics." in words(made)
    assert "<img" in words(made)
    assert b"/EmbeddedFiles" not in made
    assert b"/FileAttachment" not in made


@pytest.mark.slow
def test_words_from_right_to_left_are_kept_apart_from_the_figures_beside_them() -> None:
    note = "הצוות פתח יום נוסף"
    made = paper_of(with_note(f"{note}."))

    plain = paper_of(with_note("x"))
    assert len(pages(made)) == len(pages(plain))
    first = next(line for line in pages(made)[0].splitlines() if any(c in line for c in "הצוות"))
    assert not any(digit in first for digit in "0123456789")


@pytest.mark.slow
def test_words_without_a_width_change_no_page() -> None:
    shown, plain = (paper_of(with_note(f"Two{gap}clinics.")) for gap in (HIDDEN, ""))

    assert len(pages(shown)) == len(pages(plain))


@pytest.mark.slow
def test_twelve_asks_with_the_longest_words_go_over_pages_and_none_is_lost() -> None:
    at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    asks = tuple(
        AskRow(
            kind="Criteria clarification",
            party="Sponsor",
            question=f"Question {number:02}: " + "may two years of records be enough " * 7,
            why="Because requests take weeks. " * 8,
            raised_at=at,
            due_at=at,
            days=14,
            is_late=True,
            freed=None,
        )
        for number in range(12)
    )

    told = words(paper_of(sample_inputs(), asks=asks))

    assert all(f"Question {number:02}:" in told for number in range(12))


@pytest.mark.slow
def test_a_study_without_a_lead_has_a_whole_report() -> None:
    empty = replace(sample_inputs(leads_per_week=0), last=None)
    header = replace(empty.header, previous_cut_off=None, number=1)

    told = words(paper_of(replace(empty, header=header)))

    assert "Movement since the start" in told
    assert "no leads yet" in told
    assert "nan" not in told.lower().split()


@pytest.mark.slow
def test_a_sponsor_with_a_long_name_leaves_room_for_the_rest_of_the_cover() -> None:
    inputs = sample_inputs(leads_per_week=1)
    sponsor = "The Halden Foundation for the Advancement of Sleep and Light Medicine, Incorporated"

    (first, *_) = pages(paper_of(replace(inputs, header=replace(inputs.header, sponsor=sponsor))))

    assert sponsor in " ".join(first.split())
    assert "Issued by" in first
    assert "Last cut-off" in first
