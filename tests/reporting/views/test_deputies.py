"""The pages on which a site's lead names who approves reports, and what a deputy gets to see."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import ReportDeputy, StudySite
from recruitment.services.deputies import end_deputy, name_deputy
from reporting.models import ReportDownload, SponsorReport
from reporting.services import issuing
from reporting.services.drafts import settled_until
from reporting.services.issuing import issue_report
from reporting.services.revising import start_revision
from reporting.views import batch
from tests.factories.recruitment import MONDAY, StudySiteFactory
from tests.reporting.world import DAY, WEEK, make_draft

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


@pytest.fixture
def deputy(study_site: StudySite, coordinator: User, site_lead: User) -> ReportDeputy:
    at = timezone.now() - DAY
    return name_deputy(
        site=study_site.site, user=coordinator, starts_at=at, ends_at=None, by=site_lead, at=at
    )


@pytest.fixture
def draft(study_site: StudySite) -> SponsorReport:
    return make_draft(study_site)


def test_a_lead_names_one_and_ends_it(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: AsUser
) -> None:
    client, add = as_user(site_lead), reverse("report_deputy_add", args=[study_site.site_id])
    today = timezone.now().date()

    form = client.get(add).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"person": coordinator.pk}
    last = today + timedelta(days=9)
    named = client.post(add, sent | {"last_on": f"{last}"}, follow=True).content.decode()
    (row,) = ReportDeputy.objects.all()
    ended = client.post(reverse("report_deputy_end", args=[row.pk]), follow=True).content.decode()

    assert "Priya Raman is a deputy for reports of" in named
    assert "Named by Ana Lead" in named
    assert row.ends_at is not None
    assert row.ends_at > timezone.now() + timedelta(days=8)
    assert "is no deputy of" in ended
    assert "Ended by Ana Lead" in ended
    assert f'action="{reverse("report_deputy_end", args=[row.pk])}"' not in ended


def test_what_is_typed_stays_beside_the_sentence(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: AsUser
) -> None:
    add = reverse("report_deputy_add", args=[study_site.site_id])
    sent = {"person": coordinator.pk, "first_on": "2026-03-09", "last_on": "2026-03-02"}

    refused = as_user(site_lead).post(add, sent)
    nobody = as_user(site_lead).post(add, {"person": site_lead.pk, "first_on": "soon"})

    assert refused.status_code == nobody.status_code == 422
    assert refused.context["form"].errors["last_on"] == [
        "The last day is before the first, or over already."
    ]
    assert refused.context["form"]["first_on"].value() == "2026-03-09"
    assert set(nobody.context["form"].errors) == {"person", "first_on"}


def test_only_a_lead_of_the_site_names_and_ends(
    study_site: StudySite, deputy: ReportDeputy, site_lead: User, as_user: AsUser
) -> None:
    other = StudySiteFactory().site

    assert as_user(site_lead).get(reverse("report_deputy_add", args=[other.pk])).status_code == 404
    client = as_user(deputy.user)
    assert client.get(reverse("report_deputies")).status_code == 403
    assert client.post(reverse("report_deputy_end", args=[deputy.pk])).status_code == 403
    assert client.post(reverse("report_deputy_add", args=[study_site.site_id])).status_code == 403


def test_a_deputy_reads_refreshes_and_issues_drafts_of_the_site(
    draft: SponsorReport, deputy: ReportDeputy, as_user: AsUser
) -> None:
    client = as_user(deputy.user)
    listed, page = client.get(reverse("reports")), client.get(reverse("report", args=[draft.pk]))
    assert 'href="/reports/"' in client.get(reverse("queue")).content.decode()

    again = client.post(reverse("report_refresh", args=[draft.pk]))
    draft.refresh_from_db()
    sent = {"note": "Two slots opened.", "seen": draft.snapshot_sha256}
    issued = client.post(reverse("report_issue", args=[draft.pk]), sent)

    assert (listed.status_code, page.status_code, again.status_code) == (200, 200, 302)
    assert reverse("report_deputies") not in listed.content.decode()
    assert issued.status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.issued_by) == ("issued", deputy.user)
    read = client.get(reverse("report", args=[draft.pk])).content.decode()
    assert "Make a revision" not in read
    assert not ReportDownload.objects.exists()


def test_a_deputy_gets_nothing_else_of_a_leads_power(
    draft: SponsorReport, deputy: ReportDeputy, site_lead: User, as_user: AsUser
) -> None:
    client = as_user(deputy.user)
    issued = issue_report(report=draft, by=site_lead, at=draft.as_of, with_papers=False)
    at = timezone.now()
    revision = start_revision(
        report=issued,
        reason="wording",
        changed="Wording.",
        by=site_lead,
        at=at,
        as_of=settled_until(at, cut_off=issued.cut_off),
    )

    assert client.get(reverse("report_revise", args=[issued.pk])).status_code == 403
    assert client.post(reverse("report_drop", args=[revision.pk])).status_code == 403
    page = client.get(reverse("report", args=[revision.pk])).content.decode()
    assert "Issue it now" in page
    assert "Drop this revision" not in page
    assert client.get(reverse("team")).status_code == 404


def test_who_is_no_deputy_any_more_sees_no_draft(
    draft: SponsorReport, deputy: ReportDeputy, site_lead: User, as_user: AsUser
) -> None:
    client = as_user(deputy.user)
    end_deputy(deputy=deputy, by=site_lead, at=timezone.now())

    assert client.get(reverse("reports")).status_code == 404
    assert client.get(reverse("reports_issue")).status_code == 404
    assert client.get(reverse("report", args=[draft.pk])).status_code == 404
    sent = {"note": "", "seen": draft.snapshot_sha256}
    assert client.post(reverse("report_issue", args=[draft.pk]), sent).status_code == 404
    assert 'href="/reports/"' not in client.get(reverse("queue")).content.decode()


def test_a_batch_that_spans_her_end_issues_what_came_before_it(
    study_site: StudySite,
    draft: SponsorReport,
    deputy: ReportDeputy,
    site_lead: User,
    as_user: AsUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = make_draft(StudySiteFactory(site=study_site.site), after=MONDAY + WEEK)
    client, url = as_user(deputy.user), reverse("reports_issue")
    values = [one.value for one in client.get(url).context["previews"]]

    def then_it_ends(**values: object) -> SponsorReport:
        issued: SponsorReport = issuing.issue_report(**values)  # type: ignore[arg-type]  # as given
        end_deputy(deputy=deputy, by=site_lead, at=timezone.now())
        return issued

    monkeypatch.setattr(batch, "issue_report", then_it_ends)
    page = client.post(url, {"report": values})

    said = {one.pk: one.problem for one in page.context["outcomes"]}
    assert said == {draft.pk: "", other.pk: "You may not issue reports of this site any more."}
    assert page.context["previews"] == []
    other.refresh_from_db()
    assert other.state == "draft"


def test_the_password_is_asked_of_a_deputy_too(
    draft: SponsorReport, deputy: ReportDeputy, as_user: AsUser
) -> None:
    client = as_user(deputy.user)

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        sent = {"note": "", "seen": draft.snapshot_sha256}
        answer = client.post(reverse("report_issue", args=[draft.pk]), sent)

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
