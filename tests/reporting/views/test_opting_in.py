"""A site lead chooses that reports tell ownership coverage and paused share (D39)."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import SettingChange, StudySite
from reporting.models import SponsorReport
from reporting.services.issuing import issue_report
from reporting.services.snapshots import report_in
from tests.reporting.world import make_draft

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
SHARE = "Ownership coverage"


def choose(client: Client, place: StudySite, *, seen: int = 0, tells: bool = True) -> int:
    """The status after the choice was sent."""
    sent = {"seen": str(seen)} | ({"tells_site_work": "on"} if tells else {})
    return client.post(reverse("study_site_reports", args=[place.pk]), sent).status_code


def page_of(client: Client, report: SponsorReport) -> str:
    return client.get(reverse("report", args=[report.pk])).content.decode()


def test_a_lead_opts_in_and_the_draft_counted_again_tells_both(
    study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    draft, client = make_draft(study_site), as_user(site_lead)
    assert report_in(draft).site_work is None
    page = page_of(client, draft)
    assert reverse("study_site_reports", args=[study_site.pk]) in page
    assert ">Movement since the last report</h2>" in page

    assert choose(client, study_site) == 302
    client.post(reverse("report_refresh", args=[draft.pk]))

    draft.refresh_from_db()
    assert report_in(draft).site_work is not None
    assert f'<th scope="row">{SHARE}</th>' in page_of(client, draft)
    change = SettingChange.objects.get(kind="studysite", field="tells_site_work")
    assert (change.by, change.old, change.new) == (site_lead, "no", "yes")
    said = client.get(reverse("study_site_reports", args=[study_site.pk])).content.decode()
    assert "Ownership coverage and paused share told" in said


def test_an_issued_report_stays_as_it_is_and_opting_out_ends_it(
    study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    client = as_user(site_lead)
    choose(client, study_site)
    study_site.refresh_from_db()
    draft = make_draft(study_site)
    issued = issue_report(report=draft, by=site_lead, at=timezone.now(), with_papers=False)

    seen = SettingChange.objects.latest("pk").pk
    assert choose(client, study_site, seen=seen, tells=False) == 302

    study_site.refresh_from_db()
    later = make_draft(study_site, after=issued.cut_off)
    assert report_in(issued).site_work is not None
    assert report_in(later).site_work is None


def test_what_a_colleague_chose_meanwhile_is_shown_first(
    study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    client = as_user(site_lead)
    choose(client, study_site)

    assert choose(client, study_site, tells=False) == 409
    study_site.refresh_from_db()
    assert study_site.tells_site_work


@pytest.mark.parametrize("who", ["coordinator", "sponsor_viewer"])
def test_nobody_else_chooses(
    who: str, study_site: StudySite, as_user: AsUser, request: pytest.FixtureRequest
) -> None:
    client = as_user(request.getfixturevalue(who))

    assert choose(client, study_site) in {403, 404}
    study_site.refresh_from_db()
    assert not study_site.tells_site_work
