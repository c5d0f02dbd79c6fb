"""Issuing asks for the password once more, for one report or for several in one go."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import StudySite
from reporting.models import SponsorReport
from reporting.services.drafts import refresh_draft
from reporting.services.issuing import issue_report
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead
from tests.reporting.world import DAY, WEEK, make_draft

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
PASSWORD = "a long password of hers"


@pytest.fixture
def draft(study_site: StudySite) -> SponsorReport:
    return make_draft(study_site)


@pytest.fixture
def stale_client(site_lead: User) -> Client:
    """A browser in which the site lead signed in a while ago."""
    site_lead.set_password(PASSWORD)
    site_lead.save()
    client = Client()
    client.force_login(site_lead, backend="accounts.backends.Backend")
    return client


def test_the_password_is_asked_and_what_was_sent_is_kept_meanwhile(
    draft: SponsorReport, stale_client: Client
) -> None:
    url = reverse("report_issue", args=[draft.pk])

    asked = stale_client.post(url, {"note": "Two slots.", "seen": draft.snapshot_sha256})
    wrong = stale_client.post(asked["Location"], {"password": "another"})
    draft.refresh_from_db()
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert wrong.status_code == 200
    assert draft.state == "draft"
    given = stale_client.post(asked["Location"], {"password": PASSWORD})

    assert given["Location"] == reverse("report", args=[draft.pk])
    draft.refresh_from_db()
    assert (draft.state, draft.narrative) == ("issued", "Two slots.")


def test_a_form_that_is_not_valid_is_told_before_the_password_is_asked(
    draft: SponsorReport, stale_client: Client
) -> None:
    url = reverse("report_issue", args=[draft.pk])

    assert stale_client.post(url, {"note": "x" * 401, "seen": "0" * 64}).status_code == 422


def test_five_minutes_later_it_is_asked_again(
    draft: SponsorReport, site_lead: User, as_user: AsUser
) -> None:
    client = as_user(site_lead)

    with time_machine.travel(time.time() + timedelta(minutes=6).total_seconds(), tick=False):
        answer = client.post(
            reverse("report_issue", args=[draft.pk]), {"seen": draft.snapshot_sha256}
        )

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert SponsorReport.objects.get().state == "draft"


def test_several_are_issued_with_one_password_and_each_is_told_of(
    draft: SponsorReport, study_site: StudySite, stale_client: Client
) -> None:
    other = make_draft(study_site, after=draft.cut_off)
    url = reverse("reports_issue")

    page = stale_client.get(url)
    (first, _) = [one.value for one in page.context["previews"]]
    asked = stale_client.post(url, {"report": [first]})
    given = stale_client.post(asked["Location"], {"password": PASSWORD})
    (second,) = [one.value for one in given.context["previews"]]
    again = stale_client.post(url, {"report": [second]})

    assert again.status_code == 200
    assert [one.problem for one in given.context["outcomes"]] == [""]
    assert "What came of it" in given.content.decode()
    states = SponsorReport.objects.order_by("cut_off").values_list("pk", "state")
    assert list(states) == [(draft.pk, "issued"), (other.pk, "issued")]


def test_one_that_is_refused_holds_no_other_and_says_why(
    draft: SponsorReport, study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    later = make_draft(study_site, after=MONDAY + WEEK)
    client, url = as_user(site_lead), reverse("reports_issue")
    values = [one.value for one in client.get(url).context["previews"]]
    assert len(values) == 2

    page = client.post(url, {"report": [*values, "999999:0", "odd", ""]})

    draft.refresh_from_db()
    later.refresh_from_db()
    assert (draft.state, later.state) == ("issued", "draft")
    said = {one.pk: one.problem for one in page.context["outcomes"]}
    assert said[draft.pk] == ""
    assert "Read it once more" in said[later.pk]
    assert said[None] == "It is there no more."
    assert [one.row.pk for one in page.context["previews"]] == [later.pk]


def test_a_draft_that_was_made_again_since_the_page_was_opened_is_not_issued(
    draft: SponsorReport, study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    client, url = as_user(site_lead), reverse("reports_issue")
    (one,) = client.get(url).context["previews"]
    make_lead(study_site, received_at=MONDAY + DAY, at=draft.as_of)
    refresh_draft(draft, as_of=draft.as_of + DAY, at=draft.as_of + DAY)

    page = client.post(url, {"report": [one.value]}).content.decode()

    assert "Read it once more" in page
    assert SponsorReport.objects.get().state == "draft"


def test_nothing_ticked_is_said(draft: SponsorReport, site_lead: User, as_user: AsUser) -> None:
    response = as_user(site_lead).post(reverse("reports_issue"))

    assert response.status_code == 422
    assert "Tick the reports to issue." in response.content.decode()


def test_drafts_of_other_sites_are_neither_shown_nor_issued(
    draft: SponsorReport, site_lead: User, as_user: AsUser
) -> None:
    foreign = make_draft(StudySiteFactory())
    client, url = as_user(site_lead), reverse("reports_issue")
    assert [one.row.pk for one in client.get(url).context["previews"]] == [draft.pk]

    page = client.post(url, {"report": [f"{foreign.pk}:{foreign.snapshot_sha256}"]})

    assert "It is there no more." in page.content.decode()
    foreign.refresh_from_db()
    assert foreign.state == "draft"


def test_an_empty_page_says_so(draft: SponsorReport, site_lead: User, as_user: AsUser) -> None:
    issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)

    assert "No drafts" in as_user(site_lead).get(reverse("reports_issue")).content.decode()
