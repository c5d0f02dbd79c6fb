"""The PDF: what is in it, how it is tagged, and that making it reads nothing else."""

import hashlib
import io
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import correlation
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps
from pypdf import PdfReader

from reporting import render
from reporting.figures.report import weekly_report
from reporting.figures.snapshot import from_json, sha256, to_json
from tests.reporting.samples import HEADER, sample_inputs
from trialsnest.lib import pdf

IDENTIFIER = b"0123456789abcdef"
REPORT = pdf.Sheet.REPORT
PAPERS = ("a4", "letter")
HEADING_SIZES = {20.0, 12.5, 11.0, 10.5, 10.0}  # points, as print/report.css sets them
POINTS = {"a4": (595, 842), "letter": (612, 792)}


@cache
def snapshot(**kind: object) -> str:
    return to_json(weekly_report(sample_inputs(**kind)))  # type: ignore[arg-type]


@cache
def made(paper: render.Paper, **kind: object) -> bytes:
    html = render.report_html(snapshot(**kind), paper=paper)
    return pdf.pdf_bytes(html, identifier=IDENTIFIER, sheet=REPORT)


def reader(paper: render.Paper = "a4", **kind: object) -> PdfReader:
    return PdfReader(io.BytesIO(made(paper, **kind)))


def text_of(data: bytes) -> str:
    """All the text, that inside charts too (pypdf would miss it)."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def body_of(data: bytes) -> str:
    """The text between the lines that stand on every page."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        pages = [page.crop((0, 30, page.width, page.height - 48)) for page in document.pages]
        return "\n".join(page.extract_text() for page in pages)


@pytest.mark.slow
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("leads", [0, 3, 13, 60])
def test_a_report_has_two_to_four_pages_of_its_paper_and_is_light(
    paper: render.Paper, leads: int
) -> None:
    document = reader(paper, leads_per_week=leads)

    assert made(paper, leads_per_week=leads).startswith(b"%PDF-")
    assert 2 <= len(document.pages) <= 4
    assert len(made(paper, leads_per_week=leads)) < 300_000
    sizes = {(round(page.mediabox.width), round(page.mediabox.height)) for page in document.pages}
    assert sizes == {POINTS[paper]}


@pytest.mark.slow
@pytest.mark.parametrize("paper", PAPERS)
def test_the_notes_do_not_take_a_page_of_their_own(paper: render.Paper) -> None:
    with pdfplumber.open(io.BytesIO(made(paper))) as document:
        last = document.pages[-1].extract_text()

    assert "Words we use" in last
    assert "What the site does next" in last


@pytest.mark.slow
def test_the_paper_says_what_the_snapshot_holds() -> None:
    report = from_json(snapshot())
    said = text_of(made("a4"))

    for row in report.movement:
        assert f"{row.label} {row.this.text}" in said
    for shown in report.open_now.rows:
        drawn = f"{shown.label}{shown.cell.text}".replace(" ", "")  # extraction drops a chart's
        assert drawn in said.replace(" ", "")  # own spaces
    pages = len(reader().pages)
    assert f"Snapshot {sha256(snapshot())[:12]}, page 1 of {pages}" in said
    assert "Early fit is not enrollment." in said


@pytest.mark.slow
def test_the_papers_say_the_same() -> None:
    a4, letter = (Counter(body_of(made(paper)).split()) for paper in ("a4", "letter"))

    assert a4 == letter


@pytest.mark.slow
def test_every_page_carries_the_boundary_and_its_number() -> None:
    with pdfplumber.open(io.BytesIO(made("a4"))) as document:
        pages = [page.extract_text() for page in document.pages]

    for number, said in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in said
        assert "Decisions stay with the authorized study team." in said


def _fonts(document: PdfReader) -> set[str]:
    found = set()
    for page in document.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            name = str(font.get_object()["/BaseFont"])
            assert "+" in name, f"{name} is not embedded as a subset"
            found.add(name.split("+")[1])
    return found


@pytest.mark.slow
def test_only_the_bundled_fonts_are_embedded() -> None:
    assert _fonts(reader()) == {"TN-Pdf", "TN-Pdf-Semi-Bold"}


@pytest.mark.slow
def test_names_in_other_scripts_use_their_own_bundled_subset() -> None:
    header = replace(HEADER, study="Łukasz Nguyễn Ωμέγα Жук שרה سارة")
    html = render.report_html(
        to_json(weekly_report(sample_inputs(leads_per_week=0, header=header))), paper="a4"
    )

    data = pdf.pdf_bytes(html, identifier=IDENTIFIER, sheet=REPORT)

    fonts = _fonts(PdfReader(io.BytesIO(data)))
    assert {name.removesuffix("-Semi-Bold") for name in fonts} == {
        "TN-Pdf",
        "TN-Pdf-Ext",
        "TN-Pdf-Vi",
        "TN-Pdf-Gr",
        "TN-Pdf-Cy",
        "TN-Pdf-He",
        "TN-Pdf-Ar",
    }
    assert "Łukasz Nguyễn Ωμέγα Жук" in text_of(data)


def _ink(image: Image.Image) -> Image.Image:
    """The dark part of a picture, in one size."""
    gray = ImageOps.invert(image.convert("L"))
    box = gray.getbbox()
    assert box is not None, "nothing is printed"
    return gray.crop(box).resize((24, 24))


def _likeness(one: Image.Image, other: Image.Image) -> float:
    """1 for the same picture, about 0 for unrelated ones."""
    return float(correlation(list(map(float, one.tobytes())), list(map(float, other.tobytes()))))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sign", "font_file"),
    [
        ("R", "source-sans-3-latin"),
        ("Ł", "source-sans-3-latin-ext"),
        ("ễ", "source-sans-3-vietnamese"),
        ("Ω", "source-sans-3-greek"),
        ("Ж", "source-sans-3-cyrillic"),
        ("ש", "noto-sans-hebrew-hebrew"),
        ("ل", "noto-sans-arabic-arabic"),
    ],
)
def test_the_printed_shape_is_that_of_the_letter(sign: str, font_file: str) -> None:
    """Text extraction cannot tell: with subsets under one name wrong shapes were printed."""
    html = f"<!doctype html><html lang=en><title>x</title><body><h1>{sign}</h1>"
    page = pypdfium2.PdfDocument(pdf.pdf_bytes(html, identifier=IDENTIFIER, sheet=REPORT))[0]
    printed = page.render(scale=6).to_pil()
    printed = printed.crop((0, 0, printed.width, printed.height // 4))  # without the footer
    font = ImageFont.truetype(str(pdf.STATIC / f"fonts/pdf/{font_file}-600-normal.woff2"), 120)

    def drawn(letter: str) -> Image.Image:
        image = Image.new("L", (300, 300), 255)
        ImageDraw.Draw(image).text((60, 60), letter, font=font, fill=0)
        return _ink(image)

    assert _likeness(_ink(printed), drawn(sign)) > 0.9


def elements(node: Any) -> Iterator[Any]:
    """The structure elements of a tagged PDF, parents first."""
    node = node.get_object()
    if isinstance(node, list):
        for item in node:
            yield from elements(item)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


@pytest.mark.slow
def test_headings_are_bookmarks() -> None:
    outline = reader().outline

    assert outline[0]["/Title"] == "WREN-2 at Site 014"  # type: ignore[index,call-overload]
    titles = [item["/Title"] for item in outline[1]]  # type: ignore[index,union-attr]
    assert "Source quality" in titles


@pytest.mark.slow
def test_the_metadata_says_study_site_and_period_only() -> None:
    document = reader()

    assert dict(document.metadata or {}) == {
        "/Title": "WREN-2 at Site 014, Mon 9 Nov to Mon 16 Nov 2026",
        "/Producer": "WeasyPrint 70.0",
    }
    xmp = document.trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index]
    assert "Halden" not in xmp
    assert 'pdfuaid:part="1"' in xmp


@pytest.mark.slow
def test_no_heading_stands_alone_at_the_foot_of_a_page() -> None:
    for leads in (3, 13, 60):
        with pdfplumber.open(io.BytesIO(made("letter", leads_per_week=leads))) as document:
            for page in document.pages:
                words = page.extract_words(extra_attrs=["size"])
                body = [word for word in words if word["bottom"] < page.height - 48]
                last = max(body, key=lambda word: word["bottom"])
                assert round(last["size"], 1) not in HEADING_SIZES, f"{last['text']} ends a page"


@pytest.mark.slow
def test_the_same_report_is_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    html = render.report_html(snapshot(), paper="a4")
    page = tmp_path / "report.html"
    page.write_text(html)
    script = (
        "import hashlib, pathlib, sys; from trialsnest.lib.pdf import Sheet, pdf_bytes;"
        "made = pdf_bytes(pathlib.Path(sys.argv[1]).read_text(), identifier=b'0123456789abcdef',"
        " sheet=Sheet.REPORT);"
        "print(hashlib.sha256(made).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", script, str(page)],
        check=True,
        capture_output=True,
        text=True,
        cwd=pdf.STATIC.parent,
    )

    again = pdf.pdf_bytes(html, identifier=IDENTIFIER, sheet=REPORT)
    assert again == made("a4")
    assert other.stdout.strip() == hashlib.sha256(again).hexdigest()


def test_the_identifier_names_the_snapshot_and_the_paper() -> None:
    html = "<!doctype html><html lang=en><title>x</title><p>x"
    snapshot_sha256 = sha256(snapshot())
    names = [pdf.identifier_of(snapshot_sha256, paper) for paper in PAPERS]

    assert names == [pdf.identifier_of(snapshot_sha256, paper) for paper in PAPERS]
    assert len({pdf.pdf_bytes(html, identifier=name, sheet=REPORT) for name in names}) == 2
    with pytest.raises(ValueError, match="16 bytes"):
        pdf.pdf_bytes(html, identifier=b"short", sheet=REPORT)


def test_without_pango_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library(name: str) -> object:
        raise OSError("cannot load library 'libpango-1.0-0'")

    pdf._tools.cache_clear()
    monkeypatch.setattr(pdf, "import_module", no_library)
    try:
        with pytest.raises(pdf.PangoMissing, match=r"apt-get install libpango-1\.0-0"):
            pdf.pdf_bytes("<p>x", identifier=IDENTIFIER, sheet=REPORT)
    finally:
        pdf._tools.cache_clear()


def test_the_versions_that_decide_the_bytes_are_known() -> None:
    versions = pdf.renderer_versions()

    assert versions["weasyprint"] == "70.0"
    assert versions["pango"].count(".") == 2
