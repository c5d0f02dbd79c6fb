"""Taking a PDF, and waiting for one that is being made."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Job, StudySite
from recruitment.services import jobs
from reporting.models import ReportDownload, SponsorReport
from reporting.services.issuing import issue_report
from reporting.services.papers import render_paper
from tests.reporting.world import make_draft
from trialsnest.lib.throttle import Throttle

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


@pytest.fixture
def issued(study_site: StudySite, site_lead: User) -> SponsorReport:
    draft = make_draft(study_site)
    return issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)


def url(report: SponsorReport, size: str = "a4") -> str:
    return reverse("report_paper", args=[report.pk, size])


def test_s69_a_sponsor_takes_the_pdf_and_that_is_on_record(
    issued: SponsorReport, study_site: StudySite, sponsor_viewer: User, as_user: AsUser
) -> None:
    paper = render_paper(report=issued, size="a4", at=issued.as_of)

    response = as_user(sponsor_viewer).get(url(issued))

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response.content == bytes(paper.pdf)
    assert "no-store" in response["Cache-Control"]
    code, label = study_site.study.code, study_site.site.sponsor_label.replace(" ", "-")
    assert response["Content-Disposition"] == (
        f'attachment; filename="{code}-{label}-2026-01-01-to-2026-03-09.pdf"'
    )
    download = ReportDownload.objects.get()
    assert (download.report, download.size, download.user) == (issued, "a4", sponsor_viewer)


def test_a_paper_that_is_not_made_yet_is_asked_for_and_waited_for(
    issued: SponsorReport, sponsor_viewer: User, as_user: AsUser
) -> None:
    client = as_user(sponsor_viewer)
    waiting = client.get(url(issued), follow=True)
    assert "The PDF is being made" in waiting.content.decode()
    assert waiting["Refresh"] == "3"
    assert not ReportDownload.objects.exists()

    (job,) = Job.objects.all()
    assert jobs.run_job(job.pk, at=issued.as_of)
    ready = client.get(waiting.redirect_chain[-1][0])

    assert "The PDF is ready" in ready.content.decode()
    assert ready["Refresh"] == f"1; url={url(issued)}"
    assert client.get(url(issued)).content.startswith(b"%PDF")


def test_a_paper_that_could_not_be_made_can_be_asked_for_again(
    issued: SponsorReport, sponsor_viewer: User, as_user: AsUser
) -> None:
    client, making = as_user(sponsor_viewer), reverse("report_paper_making", args=[issued.pk, "a4"])
    client.get(making)
    Job.objects.update(state="failed", tries=5)

    gave_up = client.get(making)
    assert "could not be made" in gave_up.content.decode()
    assert "Refresh" not in gave_up

    assert client.post(making).status_code == 302
    assert Job.objects.get().state == "waiting"


def test_the_site_lead_reads_the_paper_of_a_draft_and_the_sponsor_does_not(
    study_site: StudySite, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    draft = make_draft(study_site)
    render_paper(report=draft, size="letter", at=draft.as_of)

    assert as_user(site_lead).get(url(draft, "letter")).status_code == 200
    for name in ("report_paper", "report_paper_making"):
        address = reverse(name, args=[draft.pk, "letter"])
        assert as_user(sponsor_viewer).get(address).status_code == 404


def test_other_sizes_and_unknown_reports_are_not_there(
    issued: SponsorReport, sponsor_viewer: User, as_user: AsUser
) -> None:
    client = as_user(sponsor_viewer)

    assert client.get(url(issued, "a3")).status_code == 404
    assert client.get(reverse("report_paper", args=[issued.pk + 1, "a4"])).status_code == 404
    assert not Job.objects.exists()


def test_asking_about_a_paper_without_taking_it_writes_nothing(
    issued: SponsorReport, sponsor_viewer: User, as_user: AsUser
) -> None:
    client, making = as_user(sponsor_viewer), reverse("report_paper_making", args=[issued.pk, "a4"])
    assert client.head(url(issued)).status_code == 302
    assert client.head(making).status_code == 200
    assert not Job.objects.exists()
    render_paper(report=issued, size="a4", at=issued.as_of)

    response = client.head(url(issued))

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert not ReportDownload.objects.exists()


def test_lr2_the_figures_are_a_file_that_is_noted_when_it_is_taken(
    study_site: StudySite, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    draft = make_draft(study_site)
    url = reverse("report_figures", args=[draft.pk])
    assert as_user(sponsor_viewer).get(url).status_code == 404
    issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)
    client = as_user(sponsor_viewer)
    assert client.head(url).status_code == 200
    assert not ReportDownload.objects.exists()

    response = client.get(url)

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].endswith('.csv"')
    draft.refresh_from_db()
    assert draft.snapshot_sha256 in response.content.decode()
    taken = ReportDownload.objects.get()
    assert (taken.size, taken.user) == ("csv", sponsor_viewer)


def test_who_downloads_very_often_waits_and_nothing_is_noted(
    study_site: StudySite, site_lead: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporting.views.papers.DOWNLOADS", Throttle(1, 60))
    draft = make_draft(study_site)
    client = as_user(site_lead)

    first = client.get(reverse("report_figures", args=[draft.pk]))
    second = client.get(reverse("report_paper", args=[draft.pk, "a4"]))

    assert (first.status_code, second.status_code) == (200, 429)
    assert "Wait a minute" in second.content.decode()
    assert ReportDownload.objects.count() == 1
