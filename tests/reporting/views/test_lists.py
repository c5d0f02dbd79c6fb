"""The list: drafts and issued reports for the site lead, issued ones for the sponsor."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Job, Role, StudySite
from reporting.models import SponsorReport
from reporting.queries import lists
from reporting.services.issuing import issue_report
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member
from tests.reporting.world import WEEK, make_draft

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


def issued(study_site: StudySite, by: User, after: datetime = MONDAY) -> SponsorReport:
    draft = make_draft(study_site, after=after)
    return issue_report(report=draft, by=by, at=draft.as_of, with_papers=False)


def page(client: Client, query: str = "") -> str:
    return client.get(reverse("reports") + query).content.decode()


def test_the_sponsor_sees_issued_reports_only_and_the_site_lead_drafts_too(
    study_site: StudySite, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    first = issued(study_site, site_lead)
    draft = make_draft(study_site, after=first.cut_off)

    seen_by_lead, seen_by_sponsor = page(as_user(site_lead)), page(as_user(sponsor_viewer))

    for text in (seen_by_lead, seen_by_sponsor):
        assert f'data-report="{first.pk}" data-state="issued"' in text
    assert f'data-report="{draft.pk}" data-state="draft"' in seen_by_lead
    assert f'data-report="{draft.pk}"' not in seen_by_sponsor
    assert "Draft" not in seen_by_sponsor


def test_a_superseded_revision_is_gone_for_the_sponsor(
    study_site: StudySite, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    first = issued(study_site, site_lead)
    SponsorReport.objects.filter(pk=first.pk).update(state="superseded")

    assert f'data-report="{first.pk}"' in page(as_user(site_lead))
    assert f'data-report="{first.pk}"' not in page(as_user(sponsor_viewer))


def test_newest_comes_first_and_what_does_not_fit_stands_further_down(
    study_site: StudySite, site_lead: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [issued(study_site, site_lead, MONDAY + n * WEEK) for n in range(3)]
    monkeypatch.setattr(lists, "PAGE", 2)
    monkeypatch.setattr("reporting.views.lists.PAGE", 2)
    client = as_user(site_lead)

    first, second = page(client), page(client, "?from=2")

    assert first.index(f'data-report="{made[2].pk}"') < first.index(f'data-report="{made[1].pk}"')
    assert f'data-report="{made[0].pk}"' not in first
    assert "?from=2" in first
    assert f'data-report="{made[0].pk}"' in second
    assert client.get(reverse("reports"), {"from": "-9; drop"}).status_code == 200


def test_the_page_says_when_the_first_report_is_due(
    sponsor_viewer: User, study_site: StudySite, as_user: AsUser
) -> None:
    study_site.activated_at = timezone.now() - timedelta(minutes=1)
    study_site.save()

    text = re.sub(r"<[^>]*>", "", page(as_user(sponsor_viewer)))

    assert f"{study_site.study.code} at {study_site.site.sponsor_label}." in text
    assert "The first report closes Mon " in text
    assert "(New York time)" in text


def test_a_first_period_that_has_closed_is_with_the_site(
    sponsor_viewer: User, as_user: AsUser
) -> None:
    assert "is with the site" in page(as_user(sponsor_viewer))


def test_a_report_that_could_not_be_drafted_is_told_to_its_site_and_not_to_its_sponsor(
    study_site: StudySite, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    elsewhere = StudySiteFactory()
    for row in (study_site, elsewhere):
        ids = {"study": row.study_id, "site": row.site_id, "cut_off": MONDAY.isoformat()}
        Job.objects.create(
            key=str(row.pk),
            kind="report.draft",
            ids=ids,
            due_at=MONDAY,
            made_at=MONDAY,
            state="failed",
        )

    text = page(as_user(site_lead))

    assert f"{study_site.study.code} at {study_site.site.sponsor_label}, Mon 2 Mar 2026" in text
    assert elsewhere.study.code not in text
    assert "Not drafted" not in page(as_user(sponsor_viewer))


def test_the_list_costs_the_same_for_one_report_and_for_three(
    study_site: StudySite, site_lead: User, as_user: AsUser, count_queries: Callable[..., int]
) -> None:
    client, url = as_user(site_lead), reverse("reports")
    issued(study_site, site_lead)
    client.get(url)
    one = count_queries(client.get, url)
    for n in (1, 2):
        issued(study_site, site_lead, MONDAY + n * WEEK)

    assert count_queries(client.get, url) == one <= 14


def test_no_page_of_a_sponsor_reads_a_lead_or_a_person(
    study_site: StudySite, site_lead: User, sponsor_viewer: User, as_user: AsUser
) -> None:
    make_lead(study_site)
    report, client = issued(study_site, site_lead), as_user(sponsor_viewer)

    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(reverse("reports"))
        client.get(reverse("report", args=[report.pk]))
        client.get(reverse("report_paper", args=[report.pk, "a4"]))
        client.get(reverse("report_paper_making", args=[report.pk, "a4"]))

    for table in ("recruitment_lead", "recruitment_leadevent", "recruitment_person"):
        assert not any(f'"{table}"' in query["sql"] for query in captured)


def test_another_sponsor_sees_nothing_of_it(
    study_site: StudySite, site_lead: User, as_user: AsUser
) -> None:
    report = issued(study_site, site_lead)
    other = as_user(make_member(Role.SPONSOR_VIEWER, StudySiteFactory().study))

    assert f'data-report="{report.pk}"' not in page(other)
    assert other.get(reverse("report", args=[report.pk])).status_code == 404
    assert other.get(reverse("report_paper", args=[report.pk, "a4"])).status_code == 404
