"""A draft and its paper send few statements, each of them as the ORM would write it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from recruitment.models import Closure, Holiday, Lead, StudySite
from recruitment.rules.closing import CloseCode
from recruitment.services import cadences, calendars, terms
from reporting.models import SponsorReport
from reporting.services import papers
from reporting.services.issuing import issue_report
from reporting.services.keeping import keep_leads
from reporting.services.papers import render_paper
from tests.factories.recruitment import SourceFactory
from tests.recruitment.prepared import compared_with_the_orm
from tests.reporting.world import DAY, WEEK, close, make_draft, some_leads

pytestmark = pytest.mark.django_db

OF_SETTINGS = ("_targets", "_site_calendars", "_intervals", "_closed", "_stage_settings", "_newest")
OF_ALL_LEADS = ("_events", "_source_of")
OF_LOG = ("_sources", "_waiting", "_entries", "_items", "_holds", "_slots", "_logs")
OF_SOME_LEADS = ("_events_of", "_source_of_these", "_touched", "_live", "_shares", "_not_quiet")
OF_DRAFT = ("_locked", "_drafted", "_published", "_changes")


@pytest.fixture
def first(study_site: StudySite, coordinator: User, site_lead: User) -> SponsorReport:
    """The issued report of a week with some leads."""
    source = SourceFactory(study=study_site.study)
    assert study_site.activated_at is not None
    some_leads(study_site, coordinator, source, at=study_site.activated_at + DAY, n=4)
    return issue_report(
        report=make_draft(study_site), by=site_lead, at=study_site.activated_at + 2 * WEEK
    )


def forget_settings() -> None:
    for memory in (
        terms._terms,
        terms._calendars,
        calendars._calendar,
        calendars._rest_days,
        cadences._cadence,
    ):
        memory.cache_clear()


@pytest.fixture
def without_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "pdf_bytes", lambda html, **_: html.encode())


def test_each_statement_is_what_the_orm_sends_and_finds(
    study_site: StudySite, first: SponsorReport, without_layout: None
) -> None:
    site = study_site.site
    Holiday.objects.create(site=site, on=date(2026, 12, 25), name="Christmas Day")
    Closure.objects.create(
        site=site, first_on=date(2026, 8, 3), last_on=date(2026, 8, 5), reason="Works"
    )
    forget_settings()

    with compared_with_the_orm() as seen:
        draft = make_draft(study_site, after=first.cut_off)
        render_paper(report=draft, size="a4", at=draft.as_of)

    assert set(seen) == {*OF_SETTINGS, *OF_LOG, *OF_ALL_LEADS, *OF_DRAFT}
    assert calendars.read_calendar(site).closed_dates == {
        date(2026, 8, 3),
        date(2026, 8, 4),
        date(2026, 8, 5),
        date(2026, 12, 25),
    }


def test_so_is_each_that_reads_what_is_kept_of_closed_leads(
    study_site: StudySite, first: SponsorReport, coordinator: User
) -> None:
    lead = Lead.objects.order_by("pk")[0]
    close(lead, coordinator, first.cut_off, CloseCode.PT_NOT_INTERESTED)
    keep_leads(study_site, at=first.cut_off + 2 * WEEK)

    with compared_with_the_orm() as seen:
        make_draft(study_site, after=first.cut_off + 3 * WEEK)

    assert {*OF_SOME_LEADS} <= set(seen)
    assert not set(seen) & {*OF_ALL_LEADS}


def test_a_draft_where_the_settings_are_known_is_twenty_statements(
    study_site: StudySite, first: SponsorReport, without_layout: None
) -> None:
    """Those of the log and the draft, its row, the role taken and given back, and savepoints."""
    with CaptureQueriesContext(connection) as sent:
        draft = make_draft(study_site, after=first.cut_off)
    assert len(sent) == len(OF_LOG) + len(OF_ALL_LEADS) + len(OF_DRAFT) + 1 + 2 + 4

    with CaptureQueriesContext(connection) as sent:
        render_paper(report=draft, size="a4", at=draft.as_of)
    assert len(sent) == 2 + 2
