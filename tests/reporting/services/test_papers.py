"""A paper is made of the snapshot alone, once, and whole."""

import hashlib
from pathlib import Path

import pytest
from django.conf import LazySettings

from accounts.models import User
from recruitment.models import Job, Study, StudySite
from recruitment.services import jobs
from reporting.models import ReportPaper
from reporting.services import papers
from reporting.services.drafts import refresh_draft
from reporting.services.issuing import issue_report
from reporting.services.papers import queue_paper, queue_papers, render_paper
from tests.factories.recruitment import MONDAY, make_lead
from tests.reporting.world import HOUR, WEEK, make_draft
from trialsnest.lib.pdf import RenderFailed, Sheet

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_the_paper_stays_the_same_when_everything_but_the_snapshot_changes(
    study_site: StudySite, site_lead: User
) -> None:
    make_lead(study_site)
    issued = issue_report(report=make_draft(study_site), by=site_lead, at=MONDAY + WEEK)
    first = render_paper(report=issued, size="a4", at=MONDAY + WEEK)
    make_lead(study_site)
    Study.objects.update(title="Another title", report_zone="Asia/Tokyo")

    second = render_paper(report=issued, size="a4", at=MONDAY + 2 * WEEK)

    assert first.pk == second.pk
    assert first.sha256 == second.sha256 == hashlib.sha256(bytes(second.pdf)).hexdigest()
    assert "weasyprint" in ReportPaper.objects.get().renderer


@pytest.mark.slow
def test_the_two_sizes_are_two_papers(study_site: StudySite) -> None:
    draft = make_draft(study_site)
    queue_papers(draft, at=draft.as_of)
    queue_papers(draft, at=draft.as_of)

    for job in Job.objects.all():
        assert jobs.run_job(job.pk, at=draft.as_of)

    assert sorted(ReportPaper.objects.values_list("size", flat=True)) == ["a4", "letter"]
    assert len(set(ReportPaper.objects.values_list("sha256", flat=True))) == 2


def test_a_draft_that_changes_while_it_is_laid_out_is_laid_out_again(
    study_site: StudySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft(study_site)
    laid_out = []

    def slow(html: str, *, identifier: bytes, sheet: Sheet) -> bytes:
        laid_out.append(html)
        if len(laid_out) == 1:
            refresh_draft(draft, as_of=draft.as_of + HOUR, at=draft.as_of + HOUR)
        return html.encode()

    monkeypatch.setattr(papers, "pdf_bytes", slow)

    paper = render_paper(report=draft, size="a4", at=draft.as_of)

    assert len(laid_out) == 2
    assert bytes(paper.pdf) == laid_out[1].encode() != laid_out[0].encode()


def test_a_layout_that_fails_leaves_no_paper_and_is_tried_again(
    study_site: StudySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft(study_site)
    job = queue_paper(draft, "a4", at=draft.as_of)

    def fail(html: str, *, identifier: bytes, sheet: Sheet) -> bytes:
        raise RenderFailed("The layout failed.")

    with monkeypatch.context() as broken:
        broken.setattr(papers, "pdf_bytes", fail)
        assert not jobs.run_job(job.pk, at=draft.as_of)
    job.refresh_from_db()
    assert (job.state, job.error) == ("waiting", "RenderFailed")
    assert not ReportPaper.objects.exists()

    assert jobs.run_job(job.pk, at=job.due_at)

    assert ReportPaper.objects.count() == 1


def test_a_template_that_is_broken_leaves_no_paper_and_the_repaired_one_makes_it(
    study_site: StudySite, settings: LazySettings, tmp_path: Path
) -> None:
    draft = make_draft(study_site)
    job = queue_paper(draft, "a4", at=draft.as_of)
    usual = settings.TEMPLATES
    part = tmp_path / "reporting" / "sponsor_report" / "_movement.html"
    part.parent.mkdir(parents=True)
    part.write_text("{% for row in %}")

    settings.TEMPLATES = [{**usual[0], "DIRS": [tmp_path, *usual[0]["DIRS"]]}]
    assert not jobs.run_job(job.pk, at=draft.as_of)
    job.refresh_from_db()
    assert (job.state, job.error, job.tries) == ("waiting", "TemplateSyntaxError", 1)
    assert not ReportPaper.objects.exists()
    settings.TEMPLATES = usual

    assert jobs.run_job(job.pk, at=job.due_at)
    assert bytes(ReportPaper.objects.get().pdf).rstrip().endswith(b"%%EOF")


def test_a_changed_draft_has_a_job_of_its_own(study_site: StudySite) -> None:
    draft = make_draft(study_site)
    first = queue_paper(draft, "a4", at=draft.as_of)

    fresh = refresh_draft(draft, as_of=draft.as_of + HOUR, at=draft.as_of + HOUR)

    assert queue_paper(draft, "a4", at=draft.as_of) == first
    assert queue_paper(fresh, "a4", at=draft.as_of) != first
