"""The papers of a weekly review: the pack to print, its PDF, and copies with names (W9, W12)."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pdfplumber
import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from recruitment.models import Lead, SiteOnlyCopy, StudySite, WeeklyReview
from recruitment.rules.weekly.codes import ItemKind
from recruitment.services.weekly_reviews import correct_review
from recruitment.views import weekly_papers
from tests.recruitment.views.lead_steps import words_of
from tests.recruitment.weekly.held import OPENED, act, blocked_leads, end, end_all, held_open
from trialsnest.lib.pdf import RenderFailed

AsUser = Callable[[User], Client]
SITE_ONLY = "Site use only: contains names of patients. Do not send outside the site."


@pytest.fixture
def done(
    review: WeeklyReview, leads: list[Lead], coordinator: User, site_lead: User
) -> WeeklyReview:
    """The same review, completed with one action and one correction."""
    item = review.items.get(kind=ItemKind.REPEATED_BLOCKER)
    keys = [lead.pk for lead in leads[:3]]
    end(item, act(item, coordinator, leads=keys, done_when="unblocked"), site_lead)
    end_all(review, site_lead)
    correct_review(review=review, words="It was Tom.", by=site_lead, at=OPENED)
    review.refresh_from_db()
    return review


def pack(review: WeeklyReview, query: str = "") -> str:
    return reverse("weekly_pack", args=[review.pk]) + query


def pdf(review: WeeklyReview, query: str = "", size: str = "a4") -> str:
    return reverse("weekly_pack_pdf", args=[review.pk, size]) + query


def pages_of(data: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(data)) as document:
        return [re.sub(r"\s+", " ", page.extract_text()) for page in document.pages]


def names_of(leads: list[Lead]) -> set[str]:
    return {lead.person.first_name for lead in leads} | {lead.person.last_name for lead in leads}


def everything_in(data: bytes) -> str:
    """Text, outline, metadata and XMP of a PDF."""
    reader = PdfReader(io.BytesIO(data))
    root: Any = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    return " ".join([*pages_of(data), str(reader.metadata), str(reader.outline), xmp])


def test_the_pack_of_a_review_in_progress_is_a_draft_with_room_to_write(
    led: Client, review: WeeklyReview, leads: list[Lead]
) -> None:
    answer = led.get(pack(review))

    said = words_of(answer)
    assert "Draft, review in progress" in said
    assert "Missing records: 4 leads stopped" in said
    assert "Which step frees the most leads before the next review?" in said
    assert "What will happen, or why not" in said
    assert "Figures of Mon 2 Mar 2026, 11:00" in said
    assert all(lead.number in said for lead in leads)
    assert not any(name in said for name in names_of(leads))
    assert "no-store" in answer["Cache-Control"]


def test_the_pack_of_a_completed_review_is_its_minutes_with_the_leads(
    led: Client, done: WeeklyReview, leads: list[Lead]
) -> None:
    said = words_of(led.get(pack(done)))

    assert "Draft" not in said
    assert "1 item ended: 1 action, 0 accepted, 0 closed" in said
    assert f"3 leads: {', '.join(lead.number for lead in leads[:3])}" in said
    assert "It was Tom." in said
    assert leads[3].number in said


@pytest.mark.slow
def test_the_pdf_says_what_the_page_says_and_whose_it_is(
    led: Client, done: WeeklyReview, leads: list[Lead], site_lead: User, coordinator: User
) -> None:
    answer = led.get(pdf(done))

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    site = done.site
    assert answer["Content-Disposition"] == (
        f'attachment; filename="weekly-review-{site.code}-2026-03-02.pdf"'
    )
    said = set(" ".join(pages_of(answer.content)).replace(",", " ").split())
    for words in (
        f"{site.name} week of Mon 2 Mar 2026",
        "Phone the clinic on its direct line.",
        "3 leads: ",
        coordinator.name,
        "Thu 5 Mar 2026",
        "The blocker is gone from each lead",
        f"{site_lead.name}",
        "It was Tom.",
        "Lead numbers no names",
        "Page 1 of",
        *(lead.number for lead in leads),
    ):
        assert set(words.split()) <= said, words  # cells of a row are read line by line
    assert "Draft" not in said


@pytest.mark.slow
def test_the_pdf_is_tagged_in_english_with_bookmarks_and_a_title(
    led: Client, done: WeeklyReview
) -> None:
    reader = PdfReader(io.BytesIO(led.get(pdf(done)).content))

    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    title = f"Weekly review, minutes: {done.site.name}, week of Mon 2 Mar 2026"
    assert dict(reader.metadata or {})["/Title"] == title
    outline: Any = reader.outline
    assert [entry["/Title"] for entry in outline[1] if not isinstance(entry, list)] == [
        "Movement and visits to come",
        "Actions",
        "Corrections",
        "The leads behind it",
    ]
    tags = Counter(_tags(root["/StructTreeRoot"]))
    assert tags["/H1"] == 1
    assert tags["/Table"] >= 2
    assert tags["/TH"] >= 12


def _tags(node: Any) -> Iterator[str]:
    node = node.get_object()
    if isinstance(node, list):
        for each in node:
            yield from _tags(each)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from _tags(node["/K"])


@pytest.mark.slow
def test_minutes_with_numbers_are_the_same_file_whenever_they_are_made(
    led: Client, done: WeeklyReview
) -> None:
    first, again, letter = (
        led.get(pdf(done, size=size)).content for size in ("a4", "a4", "letter")
    )

    assert first == again
    sizes = [PdfReader(io.BytesIO(data)).pages[0].mediabox for data in (first, letter)]
    assert [(round(box.width), round(box.height)) for box in sizes] == [(595, 842), (612, 792)]


@pytest.mark.slow
def test_the_pdf_of_a_review_in_progress_says_that_it_is_a_draft(
    led: Client, review: WeeklyReview
) -> None:
    answer = led.get(pdf(review))

    pages = pages_of(answer.content)
    assert all("Draft, review in progress" in page for page in pages)
    assert "draft.pdf" in answer["Content-Disposition"]


@pytest.mark.slow
def test_no_name_is_anywhere_in_a_paper_with_numbers(
    led: Client, done: WeeklyReview, leads: list[Lead]
) -> None:
    answer = led.get(pdf(done))

    found = everything_in(answer.content) + str(answer.headers)
    assert not any(name in found for name in names_of(leads))
    assert not SiteOnlyCopy.objects.exists()


@pytest.mark.slow
def test_a_site_only_copy_names_the_leads_and_says_on_each_page_where_it_may_not_go(
    led: Client, study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    leads = blocked_leads(study_site, coordinator, 30)
    review = held_open(study_site, site_lead)

    answer = led.get(pdf(review, "?names=yes"))

    pages = pages_of(answer.content)
    assert len(pages) >= 2
    assert all(SITE_ONLY in page for page in pages)
    listed = [lead for lead in leads if lead.number in " ".join(pages)]
    assert listed
    assert all(lead.person.display_name in " ".join(pages) for lead in listed)
    assert f"for {site_lead.name}" in " ".join(pages)
    reader = PdfReader(io.BytesIO(answer.content))
    about = f"{answer['Content-Disposition']} {reader.metadata} {reader.outline}"
    assert "site-use-only.pdf" in about
    assert not any(name in about for name in names_of(leads))
    copy = SiteOnlyCopy.objects.get()
    assert (copy.review, copy.size, copy.by) == (review, "a4", site_lead)


def test_the_page_with_names_is_noted_and_says_so(
    led: Client, review: WeeklyReview, leads: list[Lead], site_lead: User
) -> None:
    said = words_of(led.get(pack(review, "?names=yes")))

    assert SITE_ONLY in said
    assert all(lead.person.display_name in said for lead in leads)
    assert f"Site-only copies: {site_lead.name}, Mon 2 Mar 2026, 11:00 (On the page)." in said
    assert "?names=yes" in led.get(pack(review, "?names=yes")).content.decode()


def test_looking_at_the_head_alone_notes_nothing(led: Client, review: WeeklyReview) -> None:
    led.head(pack(review, "?names=yes"))

    assert not SiteOnlyCopy.objects.exists()


def test_while_the_shield_is_up_no_copy_has_names(
    led: Client, review: WeeklyReview, leads: list[Lead]
) -> None:
    led.post(reverse("shield"))

    page = led.get(pack(review, "?names=yes"))
    refused = led.get(pdf(review, "?names=yes"), follow=True)

    for answer in (page, refused):
        said = answer.content.decode()
        assert "The shield is on" in said
        assert not any(name in said for name in names_of(leads))
    assert refused["Content-Type"].startswith("text/html")
    assert not SiteOnlyCopy.objects.exists()


def test_without_the_libraries_of_the_pdf_one_may_print_the_page(
    led: Client, review: WeeklyReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> bytes:
        raise RenderFailed("Pango is missing.")

    monkeypatch.setattr(weekly_papers, "pdf_bytes", refuse)

    answer = led.get(pdf(review, "?names=yes"), follow=True)

    assert "Pango is missing. Print this page instead." in words_of(answer)
    assert not SiteOnlyCopy.objects.exists()


def test_another_size_of_paper_is_not_there(led: Client, review: WeeklyReview) -> None:
    assert led.get(pdf(review, size="a5")).status_code == 404
