"""A report whose sums were made before says what the whole log says (SR2)."""

import pytest

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.vocabulary import ContactResult
from reporting.models import KeptLead, KeptLog, SponsorReport
from reporting.services.issuing import issue_report
from reporting.services.keeping import follow_due, keep_leads
from reporting.services.snapshots import report_in
from tests.factories.recruitment import MONDAY, SourceFactory, make_lead
from tests.reporting.services.test_keeping import (
    counts_ahead,
    leads_read,
    made_twice,
    three_leads,
)
from tests.reporting.world import DAY, HOUR, WEEK, attempt, cut_off_after, make_draft, reopen

pytestmark = pytest.mark.django_db
MINUTE = HOUR / 60


def test_what_is_kept_follows_the_log_before_a_report_closes(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    three_leads(study_site, coordinator)
    keep_leads(study_site, at=MONDAY + 20 * WEEK)
    reopen(Lead.objects.latest("pk"), site_lead, MONDAY + 20 * WEEK + DAY)
    new = make_lead(study_site, received_at=MONDAY + 20 * WEEK + DAY)
    closes_at = cut_off_after(study_site, MONDAY + 21 * WEEK)

    early = follow_due(at=closes_at - HOUR, seconds=60)
    follow_due(at=closes_at - 25 * MINUTE, seconds=60)
    again = follow_due(at=closes_at - 15 * MINUTE, seconds=60)
    attempt(new, coordinator, closes_at - 5 * MINUTE, ContactResult.REACHED)

    made, whole = made_twice(study_site, closes_at)
    assert (early, again, KeptLead.objects.count()) == (0, 0, 4)
    assert leads_read(study_site, closes_at) == 1
    assert counts_ahead(study_site, closes_at)
    assert made == whole
    assert keep_leads(study_site, at=closes_at).differed == 0


def test_sums_counted_ahead_that_are_wrong_are_told_and_put_right(
    study_site: StudySite, coordinator: User, caplog: pytest.LogCaptureFixture
) -> None:
    three_leads(study_site, coordinator)
    right = keep_leads(study_site, at=MONDAY + 20 * WEEK).ahead
    source = min(right["sums"])
    KeptLog.objects.update(ahead={**right, "sums": {source: {"closed to date": 9}}})
    draft = make_draft(study_site, after=MONDAY + 20 * WEEK)
    told = report_in(draft).moved("closed").to_date.known

    kept = keep_leads(study_site, at=MONDAY + 20 * WEEK + DAY)

    assert (told, kept.differed, kept.ahead) == (9, 1, right)
    assert report_in(SponsorReport.objects.get()).moved("closed").to_date.known == 2
    assert "kept leads differed" in caplog.messages


def test_leads_of_a_source_that_turns_out_to_be_a_test_are_not_counted_ahead(
    study_site: StudySite, coordinator: User
) -> None:
    source = SourceFactory(study=study_site.study)
    make_lead(study_site, received_at=MONDAY, source=source)
    make_lead(study_site, received_at=MONDAY)
    keep_leads(study_site, at=MONDAY + 20 * WEEK)
    closes_at = cut_off_after(study_site, MONDAY + 20 * WEEK)
    source.is_test = True
    source.save()

    made, whole = made_twice(study_site, closes_at)
    assert counts_ahead(study_site, closes_at)
    assert made.moved("new_interest").to_date.known == 1
    assert made == whole


def test_a_report_with_other_windows_does_without_what_was_counted_ahead(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    three_leads(study_site, coordinator)
    keep_leads(study_site, at=MONDAY + 20 * WEEK)
    closes_at = cut_off_after(study_site, MONDAY + 20 * WEEK)
    before = counts_ahead(study_site, closes_at)
    issued = make_draft(study_site, after=MONDAY + 15 * WEEK)
    issue_report(report=issued, by=site_lead, at=issued.as_of)

    made, whole = made_twice(study_site, closes_at)
    assert (before, counts_ahead(study_site, closes_at)) == (True, False)
    assert made == whole
    assert not counts_ahead(study_site, closes_at + WEEK)
