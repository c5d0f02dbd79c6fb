"""Rendering: a frozen snapshot becomes a PDF on the worker, stored with its hash (LR1, LR3)."""

import hashlib
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from recruitment.models import Job
from recruitment.services import jobs
from reporting.figures.snapshot import sha256
from reporting.models import ReportDownload, ReportPaper, SponsorReport
from reporting.render import HASH_LETTERS, Paper, report_html
from reporting.services.snapshots import snapshot_text
from reporting.sheet import figures_csv
from trialsnest.lib.pdf import Sheet, identifier_of, pdf_bytes, renderer_versions, stylesheet
from trialsnest.lib.prepared import prepared

PAPER_JOB = "report.paper"
PAPERS: tuple[Paper, ...] = ("a4", "letter")
SIZE_OF: dict[str, Paper] = {"a4": "a4", "letter": "letter"}
LAYOUT = (
    *sorted((settings.BASE_DIR / "templates" / "reporting").glob("sponsor_report/*.html")),
    settings.BASE_DIR / "templates" / "reporting" / "sponsor_report.html",
    stylesheet(Sheet.REPORT),
)


def render_paper(*, report: SponsorReport, size: Paper, at: datetime) -> ReportPaper:
    """Make the PDF of what the report says now and store it; `at` is UTC. May run twice.

    Nothing but the snapshot goes in. The row appears whole or not at all, in the caller's
    transaction or one of its own. A draft that changed since `report` was read, or while it was
    laid out, is laid out again; the PDF of an issued report is made once and stays, whatever
    versions come later (SR3).
    Raises RenderFailed, and SponsorReport.DoesNotExist for a draft that was dropped.
    """
    row = report
    while True:
        made = paper_of(row, size) if row.state != "draft" else None
        if made is not None:
            return made
        text = snapshot_text(row)
        pdf = laid_out(text, size)
        with transaction.atomic():
            locked = _locked(report=report.pk)
            if not locked:
                raise SponsorReport.DoesNotExist
            if locked[0].snapshot_sha256 == sha256(text):
                return _store(locked[0], size, pdf, at)
        row = SponsorReport.objects.only("snapshot", "state").get(pk=report.pk)


@prepared
def _locked(*, report: int) -> QuerySet[SponsorReport]:
    rows = SponsorReport.objects.select_for_update(no_key=True).filter(pk=report)
    return rows.only("snapshot_sha256", "state")


def laid_out(text: str, size: Paper) -> bytes:
    """The PDF of a snapshot's text; the same bytes with the same versions. Raises RenderFailed."""
    identifier = identifier_of(sha256(text), size)
    return pdf_bytes(report_html(text, paper=size), identifier=identifier, sheet=Sheet.REPORT)


@cache
def layout_version() -> str:
    """The start of the SHA-256 of the templates and the style sheet that lay a report out."""
    whole = hashlib.sha256()
    for path in LAYOUT:
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:HASH_LETTERS]


def versions() -> dict[str, str]:
    """All that decides a paper's bytes beside its snapshot; stored with it."""
    return {**renderer_versions(), "layout": layout_version()}


def _store(report: SponsorReport, size: Paper, pdf: bytes, at: datetime) -> ReportPaper:
    made = paper_of(report, size) if report.state != "draft" else None
    if made is not None:
        return made
    paper = ReportPaper(report=report, size=size, pdf=pdf, renderer=versions(), rendered_at=at)
    paper.sha256 = hashlib.sha256(pdf).hexdigest()
    ReportPaper.objects.bulk_create(
        [paper],
        update_conflicts=True,
        unique_fields=["report", "size"],
        update_fields=["pdf", "sha256", "renderer", "rendered_at"],
    )
    return paper


def queue_papers(report: SponsorReport, *, at: datetime) -> None:
    """Queue every size that is not there yet. May run twice."""
    for size in PAPERS:
        queue_paper(report, size, at=at)


@transaction.atomic
def queue_paper(report: SponsorReport, size: Paper, *, at: datetime) -> Job:
    """The job that makes this paper of what the report says now; written once, sent once.

    A row that waits longer is sent by the next tick, so asking again costs nothing.
    """
    key = f"{PAPER_JOB}:{report.pk}:{size}:{report.snapshot_sha256[:16]}"
    known = Job.objects.filter(key=key).first()
    return known or jobs.enqueue(PAPER_JOB, key=key, ids={"report": report.pk, "size": size}, at=at)


@transaction.atomic
def hand_out(report: SponsorReport, size: Paper, *, by: User, at: datetime) -> ReportPaper | None:
    """The stored paper, with the fact that `by` took it at `at` (LR2); None when there is none."""
    paper = paper_of(report, size)
    if paper is not None:
        ReportDownload.objects.create(report=report, size=size, user=by, at=at)
    return paper


def paper_of(report: SponsorReport, size: Paper) -> ReportPaper | None:
    """The stored paper; None when there is none. Reads only."""
    return ReportPaper.objects.filter(report=report, size=size).first()


def note_read(report: SponsorReport, *, by: User, at: datetime, size: Paper | None = None) -> None:
    """Note that `by` read the figures at `at` (UTC; LR2). One line each time.

    With `size` they were taken on paper as part of a PDF over all sites, else read on the page.
    """
    ReportDownload.objects.create(report=report, size=size or "page", user=by, at=at)


def hand_out_figures(report: SponsorReport, *, by: User, at: datetime) -> bytes:
    """The figures as CSV, with the fact that `by` took them at `at` (UTC; LR2, D39)."""
    ReportDownload.objects.create(report=report, size="csv", user=by, at=at)
    return figures_csv(snapshot_text(report))


def run_paper_job(ids: jobs.Ids, at: datetime) -> None:
    """Render one paper, unless the draft was dropped meanwhile."""
    report = SponsorReport.objects.filter(pk=ids["report"]).first()
    if report is None:
        return
    render_paper(report=report, size=SIZE_OF[str(ids["size"])], at=at)


jobs.register(PAPER_JOB, run_paper_job)
