"""Verifying a PDF or a hash: issued, superseded or unknown, and made again from the snapshot."""

import hashlib
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Role, StudySite
from reporting.models import ReportPaper, SponsorReport
from reporting.services import papers, verifying
from reporting.services.issuing import issue_report
from reporting.services.papers import render_paper
from reporting.services.revising import start_revision
from reporting.views import verifying as views
from tests.factories.recruitment import StudySiteFactory, make_member
from tests.reporting.world import HOUR, make_draft
from trialsnest.lib.pdf import RenderFailed
from trialsnest.lib.throttle import Throttle

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def fresh_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "CHECKS", Throttle(20, 60))


@pytest.fixture
def issued(study_site: StudySite, site_lead: User) -> SponsorReport:
    draft = make_draft(study_site)
    return issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)


@pytest.fixture
def paper(issued: SponsorReport) -> ReportPaper:
    return render_paper(report=issued, size="a4", at=issued.as_of)


def ask(client: Client, content: bytes = b"", digest: str = "") -> HttpResponse:
    data: dict[str, object] = {"hash": digest}
    if content:
        data["file"] = SimpleUploadedFile("report.pdf", content, "application/pdf")
    return client.post(reverse("verify_report"), data)  # type: ignore[return-value]  # the test's answer


def said(client: Client, content: bytes = b"", digest: str = "") -> str:
    response = ask(client, content, digest)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def revise(issued: SponsorReport, by: User) -> SponsorReport:
    at = issued.as_of + HOUR
    draft = start_revision(
        report=issued, reason="wording", changed="Wording.", by=by, at=at, as_of=at
    )
    return issue_report(report=draft, by=by, at=at, with_papers=False)


def test_the_pdf_of_an_issued_report_is_the_same_to_the_last_byte_when_made_again(
    issued: SponsorReport, paper: ReportPaper, sponsor_viewer: User, as_user: AsUser
) -> None:
    page = said(as_user(sponsor_viewer), bytes(paper.pdf))

    assert "This is the report as it stands." in page
    assert "The file is its PDF on A4." in page
    assert "same to the last byte" in page
    assert reverse("report", args=[issued.pk]) in page


@pytest.mark.parametrize("letters", [12, 64])
def test_the_printed_hash_finds_the_report_however_it_was_typed(
    issued: SponsorReport, site_lead: User, as_user: AsUser, letters: int
) -> None:
    digest = issued.snapshot_sha256[:letters].upper()

    page = said(as_user(site_lead), digest=f" {digest[:4]} {digest[4:]} ")

    assert "This is the report as it stands." in page
    assert "No PDF of it has been made yet." in page


def test_a_superseded_pdf_names_the_revision_also_to_a_sponsor(
    issued: SponsorReport,
    paper: ReportPaper,
    site_lead: User,
    sponsor_viewer: User,
    as_user: AsUser,
) -> None:
    second = revise(issued, site_lead)

    page = said(as_user(sponsor_viewer), bytes(paper.pdf))

    assert "a revision has taken its place since" in page
    assert f'<a href="{reverse("report", args=[second.pk])}">Revision B has taken' in page
    assert reverse("report", args=[issued.pk]) + '"' not in page
    assert "Revision A</dt>" not in page


def test_pr2_what_is_not_hers_reads_like_what_is_unknown(
    issued: SponsorReport, paper: ReportPaper, as_user: AsUser
) -> None:
    stranger = as_user(make_member(Role.SPONSOR_VIEWER, StudySiteFactory().study))

    digest = hashlib.sha256(bytes(paper.pdf)).hexdigest()
    pages = [
        said(stranger, digest=digest).replace(digest, ""),
        said(stranger, digest=issued.snapshot_sha256).replace(issued.snapshot_sha256, ""),
        said(stranger, digest="0" * 64).replace("0" * 64, ""),
    ]

    assert "Not known here" in pages[0]
    bodies = [page.partition("<main")[2].partition('name="csrf')[0] for page in pages]
    assert bodies[0] == bodies[1] == bodies[2]


def test_a_draft_is_known_to_its_site_only(
    study_site: StudySite, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    digest = make_draft(study_site).snapshot_sha256[:12]

    assert "It was not issued and may still change." in said(as_user(site_lead), digest=digest)
    assert "Not known here" in said(as_user(sponsor_viewer), digest=digest)


def test_one_changed_byte_makes_it_unknown(
    paper: ReportPaper, site_lead: User, as_user: AsUser
) -> None:
    assert "Not known here" in said(as_user(site_lead), bytes(paper.pdf) + b"\n")


@pytest.mark.parametrize(
    ("content", "digest", "sentence"),
    [
        (b"", "", "Choose a PDF or type a hash"),
        (b"%PDF-1.7", "0" * 12, "Choose a PDF or type a hash"),
        (b"<html>%PDF-", "", "This file is no PDF."),
        (b"\0", "", "This file is no PDF."),
        (b"", "12", "A hash is 12 or 64"),
        (b"", "z" * 12, "A hash is 12 or 64"),
        (b"", "\uff11" * 12, "A hash is 12 or 64"),
        (b"", "0" * 201, "At most 200"),
    ],
)
def test_what_is_neither_pdf_nor_hash_is_refused_with_a_sentence(
    site_lead: User, as_user: AsUser, content: bytes, digest: str, sentence: str
) -> None:
    response = ask(as_user(site_lead), content, digest)

    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_large_file_is_refused(
    site_lead: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporting.forms.MOST_BYTES", 20)

    response = ask(as_user(site_lead), b"%PDF-" + b"x" * 16)

    assert "The file is too large" in response.content.decode()


def test_who_verifies_very_often_waits(
    site_lead: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "CHECKS", Throttle(1, 60))
    client = as_user(site_lead)

    answers = [ask(client, digest="0" * 12).status_code for _ in range(2)]

    assert answers == [200, 429]


def test_another_version_of_a_part_leaves_the_words(
    issued: SponsorReport, paper: ReportPaper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ReportPaper.objects.update(renderer=paper.renderer | {"weasyprint": "1.0"})
    made, found = bytes(paper.pdf), SponsorReport.objects.all()
    monkeypatch.setattr(verifying, "laid_out", lambda text, size: made + b"%\n")

    verdict = verifying.verify(found, paper.sha256)

    assert verdict is not None
    assert verdict.agreement == verifying.Agreement.TEXT


def test_another_layout_is_said_and_is_no_alarm(
    issued: SponsorReport, paper: ReportPaper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ReportPaper.objects.update(renderer=paper.renderer | {"layout": "0" * 12})
    letter = render_paper(report=issued, size="letter", at=issued.as_of)
    other = bytes(letter.pdf)
    monkeypatch.setattr(verifying, "laid_out", lambda text, size: other)
    monkeypatch.setattr(verifying, "words_of", lambda pdf: [str(len(pdf))])

    verdict = verifying.verify(SponsorReport.objects.all(), paper.sha256)

    assert verdict is not None
    assert verdict.agreement == verifying.Agreement.OTHER_LAYOUT


def test_the_same_versions_that_make_another_file_are_an_alarm(
    issued: SponsorReport,
    paper: ReportPaper,
    site_lead: User,
    as_user: AsUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verifying, "laid_out", lambda text, size: b"%PDF-other")

    assert "Made again from them, the PDF differs." in said(as_user(site_lead), bytes(paper.pdf))


def test_a_stored_pdf_that_was_changed_is_an_alarm(
    issued: SponsorReport, paper: ReportPaper
) -> None:
    ReportPaper.objects.update(pdf=b"%PDF-changed")

    verdict = verifying.verify(SponsorReport.objects.all(), paper.sha256)

    assert verdict is not None
    assert verdict.agreement == verifying.Agreement.DIFFERENT


def test_figures_that_do_not_have_their_hash_are_an_alarm(
    study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    draft = make_draft(study_site)
    SponsorReport.objects.update(snapshot=draft.snapshot | {"schema": 2})

    page = said(as_user(site_lead), digest=draft.snapshot_sha256)

    assert "do not have the hash that was printed" in page


def test_without_a_renderer_the_answer_says_so(
    paper: ReportPaper, site_lead: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> bytes:
        raise RenderFailed("no")

    monkeypatch.setattr(papers, "pdf_bytes", refuse)

    assert "cannot be made again here" in said(as_user(site_lead), bytes(paper.pdf))


def test_the_pdf_of_an_issued_report_is_made_once_whatever_versions_come_later(
    issued: SponsorReport, paper: ReportPaper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "laid_out", lambda text, size: b"%PDF-newer")

    again = render_paper(report=issued, size="a4", at=issued.as_of + HOUR)

    assert again == paper
    assert bytes(ReportPaper.objects.get().pdf) == bytes(paper.pdf)
    assert paper.renderer["layout"] == papers.layout_version()
