"""One draft per study, site and cut-off, whoever asks and however often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from recruitment.models import Job, StudySite
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import Refusal
from recruitment.services import jobs
from reporting.figures.snapshot import sha256
from reporting.models import ReportPaper, SponsorReport
from reporting.services.drafts import (
    CLOCK_SLACK,
    draft_report,
    queue_due_drafts,
    refresh_draft,
)
from reporting.services.issuing import issue_report
from reporting.services.papers import render_paper
from reporting.services.periods import due_reports
from reporting.services.snapshots import report_in, snapshot_text
from tests.factories.recruitment import MONDAY, SourceFactory, StudySiteFactory, make_lead
from tests.reporting.world import DAY, HOUR, WEEK, close, cut_off_after, make_draft, some_leads

pytestmark = pytest.mark.django_db


def test_the_first_report_starts_at_activation_and_the_next_at_the_last_issued_cut_off(
    study_site: StudySite, site_lead: User
) -> None:
    first = make_draft(study_site)
    issue_report(report=first, by=site_lead, at=first.as_of)

    second = make_draft(study_site, after=first.cut_off)

    assert (first.number, first.period_start) == (1, study_site.activated_at)
    assert (second.number, second.period_start) == (2, first.cut_off)


def test_a_skipped_week_lengthens_the_next_period(study_site: StudySite, site_lead: User) -> None:
    first = make_draft(study_site)
    issue_report(report=first, by=site_lead, at=first.as_of)

    third = make_draft(study_site, after=first.cut_off + WEEK)

    assert third.period_start == first.cut_off
    assert third.cut_off - third.period_start == 2 * WEEK


def test_s66_the_balance_closes_over_new_closed_reopened_and_late_entries(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    source = SourceFactory(study=study_site.study)
    leads = some_leads(study_site, coordinator, source, at=MONDAY, n=8)
    first = issue_report(report=make_draft(study_site), by=site_lead, at=MONDAY + WEEK)
    some_leads(study_site, coordinator, source, at=first.cut_off + DAY, n=3)
    close(leads[1], coordinator, first.cut_off + DAY, CloseCode.BURDEN_TRAVEL)
    early = first.cut_off - DAY
    close(leads[2], coordinator, early, CloseCode.BURDEN_TRAVEL, told=first.cut_off + DAY)

    balance = report_in(make_draft(study_site, after=first.cut_off)).balance

    assert balance is not None
    assert (balance.opening, balance.late, balance.new) == (8, -1, 3)
    assert (balance.closed, balance.open_now) == (1, 9)


def test_the_snapshot_survives_the_database_with_its_hash(study_site: StudySite) -> None:
    make_lead(study_site)
    draft = SponsorReport.objects.get(pk=make_draft(study_site).pk)

    assert sha256(snapshot_text(draft)) == draft.snapshot_sha256


def test_drafting_twice_gives_the_first_row_and_its_as_of(study_site: StudySite) -> None:
    first = make_draft(study_site)

    again = make_draft(study_site, late=timedelta(hours=5))

    assert again == first
    assert again.as_of == first.as_of


def test_a_study_that_is_not_active_at_the_site_has_no_report() -> None:
    study_site = StudySiteFactory(activated_at=None)

    with pytest.raises(Refusal, match="is not active at"):
        make_draft(study_site)


def test_a_period_that_an_issued_report_covers_is_not_drafted_any_more(
    study_site: StudySite, site_lead: User
) -> None:
    later = make_draft(study_site, after=MONDAY + WEEK)
    issue_report(report=later, by=site_lead, at=later.as_of)

    with pytest.raises(Refusal, match="issued already"):
        make_draft(study_site, after=MONDAY)


def test_refreshing_keeps_the_cut_off_and_knows_what_was_told_since(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    draft = make_draft(study_site)
    render_paper(report=draft, size="a4", at=draft.as_of)
    told = draft.cut_off + HOUR
    close(lead, coordinator, draft.cut_off - HOUR, CloseCode.BURDEN_TRAVEL, told=told)

    fresh = refresh_draft(draft, as_of=told + HOUR, at=told + HOUR)

    assert fresh.cut_off == draft.cut_off
    assert fresh.snapshot_sha256 != draft.snapshot_sha256
    assert report_in(fresh).moved("closed").this.text == "1"
    assert not ReportPaper.objects.exists()


def test_a_report_is_due_from_its_boundary_on_until_somebody_drafts_it(
    study_site: StudySite,
) -> None:
    cut_off = cut_off_after(study_site, MONDAY)
    make_draft(study_site, after=MONDAY - WEEK)

    assert due_reports(cut_off - timedelta(seconds=1)) == []
    (due,) = due_reports(cut_off)
    assert (due.study, due.site, due.cut_off) == (study_site.study, study_site.site, cut_off)

    make_draft(study_site)

    assert due_reports(cut_off + DAY) == []


def test_beat_that_was_down_for_three_days_still_drafts_and_for_two_weeks_drafts_once(
    study_site: StudySite,
) -> None:
    cut_off = cut_off_after(study_site, MONDAY)

    (after_days,) = due_reports(cut_off + 3 * DAY)
    (after_weeks,) = due_reports(cut_off + 2 * WEEK + DAY)

    assert after_days.cut_off == cut_off
    assert after_weeks.cut_off == cut_off + 2 * WEEK


def test_a_closed_study_site_and_one_activated_since_are_not_due(study_site: StudySite) -> None:
    StudySiteFactory(is_open=False, activated_at=MONDAY - DAY)
    StudySiteFactory(activated_at=MONDAY + 2 * WEEK)
    make_draft(study_site, after=MONDAY + WEEK)

    assert due_reports(cut_off_after(study_site, MONDAY + WEEK) + HOUR) == []


def test_the_tick_writes_one_job_per_due_report_however_often_it_ticks(
    study_site: StudySite,
) -> None:
    at = cut_off_after(study_site, MONDAY) + HOUR
    assert queue_due_drafts(at=at) == 1
    queue_due_drafts(at=at + HOUR)
    (job,) = Job.objects.all()

    assert jobs.run_job(job.pk, at=at + HOUR)

    draft = SponsorReport.objects.get()
    assert draft.as_of == at + HOUR - CLOCK_SLACK
    assert set(Job.objects.filter(kind="report.paper").values_list("ids__size", flat=True)) == {
        "a4",
        "letter",
    }
    assert queue_due_drafts(at=at + DAY) == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_four_at_once_make_one_draft(transactional_db: None) -> None:
    study_site = StudySiteFactory()
    make_lead(study_site)
    cut_off = cut_off_after(study_site, MONDAY)

    def draft(hours: int) -> int:
        try:
            return draft_report(
                study=study_site.study,
                site=study_site.site,
                cut_off=cut_off,
                as_of=cut_off + hours * HOUR,
                at=cut_off + hours * HOUR,
            ).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(draft, range(4)))

    assert made == {SponsorReport.objects.get().pk}
