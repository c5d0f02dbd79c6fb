"""The network report on its page and as a PDF: who reads it, and what stands in it (MS7, D35)."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from recruitment.models import Role, StudySite
from reporting.models import ReportDownload, SponsorReport
from reporting.queries.network import day_of
from reporting.services.issuing import issue_report
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member
from tests.reporting.world import make_draft
from trialsnest.lib.pdf import PangoMissing
from trialsnest.lib.throttle import Throttle

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


@pytest.fixture
def elsewhere(study_site: StudySite) -> StudySite:
    place: StudySite = StudySiteFactory(
        study=study_site.study, activated_at=study_site.activated_at
    )
    make_lead(place, at=MONDAY)
    return place


def issued(place: StudySite) -> SponsorReport:
    lead = make_member(Role.SITE_LEAD, place.site)
    draft = make_draft(place)
    return issue_report(report=draft, by=lead, at=draft.as_of, with_papers=False)


def address(place: StudySite) -> str:
    return reverse("network_report", args=[place.study_id])


def page(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_before_a_report_is_issued_it_says_so(
    study_site: StudySite, sponsor_viewer: User, as_user: AsUser
) -> None:
    make_draft(study_site)

    assert "No report is issued yet" in page(as_user(sponsor_viewer), address(study_site))


def test_it_holds_issued_reports_only_and_names_the_sites_that_are_missing(
    study_site: StudySite, elsewhere: StudySite, sponsor_viewer: User, as_user: AsUser
) -> None:
    report, viewer = issued(study_site), as_user(sponsor_viewer)
    make_draft(elsewhere)

    first = page(viewer, address(study_site))
    assert "1 site of 2 reported" in first
    assert f"<li>{elsewhere.site.sponsor_label}</li>" in first
    assert report.snapshot_sha256[:12] in first

    issued_there = SponsorReport.objects.get(site=elsewhere.site)
    lead = make_member(Role.SITE_LEAD, elsewhere.site)
    issue_report(report=issued_there, by=lead, at=issued_there.as_of, with_papers=False)
    both = page(viewer, address(study_site))
    assert "2 sites of 2 reported" in both
    assert "Not yet in here" not in both
    assert both.count("No. 1, from") == 2


def test_reading_it_goes_on_record_for_every_report_in_it(
    study_site: StudySite, elsewhere: StudySite, sponsor_viewer: User, as_user: AsUser
) -> None:
    reports = {issued(study_site).pk, issued(elsewhere).pk}
    viewer = as_user(sponsor_viewer)

    viewer.head(address(study_site))
    assert not ReportDownload.objects.exists()
    viewer.get(address(study_site))

    noted = ReportDownload.objects.filter(user=sponsor_viewer)
    assert set(noted.values_list("report", flat=True)) == reports


def test_a_site_that_takes_no_more_inquiries_is_not_waited_for(
    study_site: StudySite, elsewhere: StudySite, sponsor_viewer: User, as_user: AsUser
) -> None:
    issued(study_site)
    StudySite.objects.filter(pk=elsewhere.pk).update(is_open=False)

    assert "1 site of 1 reported" in page(as_user(sponsor_viewer), address(study_site))


def test_who_takes_many_papers_waits(
    study_site: StudySite, sponsor_viewer: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, viewer = issued(study_site), as_user(sponsor_viewer)
    monkeypatch.setattr("reporting.views.network.DOWNLOADS", Throttle(1, 60))
    day = f"{day_of(report.cut_off, report.study):%Y-%m-%d}"
    url = reverse("network_report_paper", args=[study_site.study_id, day, "letter"])

    assert [viewer.get(url).status_code for _ in range(2)] == [200, 429]
    assert list(ReportDownload.objects.values_list("size", flat=True)) == ["letter"]


@pytest.mark.parametrize("role", [Role.SITE_LEAD, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_who_does_not_read_all_sites_of_the_study_finds_nothing(
    study_site: StudySite, as_user: AsUser, role: Role
) -> None:
    issued(study_site)
    place = {Role.SITE_LEAD: study_site.site, Role.COORDINATOR: study_site}
    user = make_member(role, place[role]) if role in place else make_member(role)

    assert as_user(user).get(address(study_site)).status_code == 404


@pytest.mark.parametrize("day", ["2020-01-01", "yesterday", "2026-13-01", "9999-12-31"])
def test_a_day_without_a_report_is_no_address(
    study_site: StudySite, sponsor_viewer: User, as_user: AsUser, day: str
) -> None:
    issued(study_site)
    url = reverse("network_report_of", args=[study_site.study_id, day])

    assert as_user(sponsor_viewer).get(url).status_code == 404


def test_the_pdf_says_what_the_page_says_and_is_the_same_each_time(
    study_site: StudySite, elsewhere: StudySite, sponsor_viewer: User, as_user: AsUser
) -> None:
    issued(study_site)
    viewer = as_user(sponsor_viewer)
    html = page(viewer, address(study_site))
    url = html.split('href="')
    papers = [part.split('"')[0] for part in url if ".pdf" in part.split('"')[0]]
    assert len(papers) == 2

    one, again = (viewer.get(papers[0]) for _ in range(2))

    assert one.content == again.content
    assert one["Content-Disposition"].startswith(f'attachment; filename="{study_site.study.code}')
    read = PdfReader(BytesIO(one.content))
    text = " ".join(" ".join(sheet.extract_text() for sheet in read.pages).split())
    assert study_site.site.sponsor_label in text
    assert f"Not yet in here {elsewhere.site.sponsor_label}" in text
    assert len(read.pages) <= 2
    assert viewer.get(papers[0].replace("a4", "a5")).status_code == 404


def test_the_list_leads_there(study_site: StudySite, sponsor_viewer: User, as_user: AsUser) -> None:
    issued(study_site)

    assert f'href="{address(study_site)}"' in page(as_user(sponsor_viewer), reverse("reports"))


def test_without_a_pdf_the_page_says_so_and_stays(
    study_site: StudySite,
    sponsor_viewer: User,
    as_user: AsUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report, viewer = issued(study_site), as_user(sponsor_viewer)
    monkeypatch.setattr("trialsnest.lib.pdf._tools", no_pango)
    day = f"{day_of(report.cut_off, report.study):%Y-%m-%d}"

    answer = viewer.get(
        reverse("network_report_paper", args=[study_site.study_id, day, "a4"]), follow=True
    )

    assert "Print this page instead." in answer.content.decode()
    assert not ReportDownload.objects.filter(size="a4").exists()


def no_pango() -> None:
    raise PangoMissing("Pango is not installed.")
