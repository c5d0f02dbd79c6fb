"""Reports from what is kept of leads say what the whole log says (SR2)."""

import random
from datetime import datetime
from threading import Event, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.closing import CloseCode
from recruitment.rules.vocabulary import ContactResult
from reporting.figures.report import Report
from reporting.models import KeptLead, KeptLog, SponsorReport
from reporting.queries.kept import read_apart
from reporting.queries.log import read_log
from reporting.queries.role import as_report_reader
from reporting.services import keeping
from reporting.services.issuing import issue_report
from reporting.services.keeping import follow_leads, keep_leads, prove_due
from reporting.services.past import draft_and_issue_past
from reporting.services.snapshots import apart_of, compute, frame_of, published, report_in
from tests.factories.recruitment import MONDAY, SourceFactory, StudySiteFactory, make_lead
from tests.reporting.world import (
    DAY,
    HOUR,
    WEEK,
    attempt,
    close,
    complete_prescreen,
    cut_off_after,
    make_draft,
    reopen,
)

pytestmark = pytest.mark.django_db
REASONS = (
    CloseCode.PT_NOT_INTERESTED,
    CloseCode.BURDEN_TRAVEL,
    CloseCode.LANGUAGE,
)
WEEKS = 18


def a_life(rng: random.Random, lead: Lead, by: User, at: datetime) -> None:
    """What happens to a lead in its first weeks; most are closed, some come back."""
    attempt(lead, by, at + HOUR, rng.choice([ContactResult.NO_ANSWER, ContactResult.REACHED]))
    if rng.random() < 0.4:
        complete_prescreen(lead, by, at + 2 * DAY)
    if rng.random() < 0.8:
        told = at + rng.choice([4, 4, 10]) * DAY
        close(lead, by, at + 4 * DAY, rng.choice(REASONS), told=told)
        if rng.random() < 0.15:
            reopen(lead, by, told + 9 * DAY)


def made_twice(study_site: StudySite, cut_off: datetime) -> tuple[Report, Report]:
    """The report as it is drafted, and from the whole log."""
    as_of = cut_off + HOUR
    with as_report_reader():
        whole = read_log(study_site, until=as_of)
    made = compute(study_site, cut_off=cut_off, as_of=as_of)
    return made, compute(study_site, cut_off=cut_off, as_of=as_of, log=whole)


def three_leads(study_site: StudySite, by: User) -> None:
    """One open, two closed, all in the first week."""
    for n in range(3):
        lead = make_lead(study_site, received_at=MONDAY + n * HOUR)
        attempt(lead, by, MONDAY + DAY, ContactResult.REACHED)
        if n:
            close(lead, by, MONDAY + 2 * DAY, CloseCode.PT_NOT_INTERESTED)


def leads_read(study_site: StudySite, cut_off: datetime) -> int | None:
    """Of how many leads a report reads the log; None for every one."""
    with transaction.atomic(), as_report_reader():
        apart = read_apart(
            study_site, cut_off=cut_off, as_of=cut_off, since=cut_off - WEEK, windows=""
        )
    return len(apart.live) if apart else None


def counts_ahead(study_site: StudySite, cut_off: datetime) -> bool:
    """Whether a report uses the sums that were made for it."""
    as_of = cut_off + HOUR
    with transaction.atomic(), as_report_reader():
        reports = published(study_site)
        frame = frame_of(study_site, reports, cut_off=cut_off, as_of=as_of)
        apart = apart_of(frame, study_site)
    return apart is not None and apart.ahead is not None


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_reports_are_the_same_whatever_is_kept_and_whatever_happened_since(
    seed: int, study_site: StudySite, site_lead: User, coordinator: User
) -> None:
    rng = random.Random(seed)
    sources = [SourceFactory(study=study_site.study, is_test=n == 2) for n in range(3)]
    for n in range(70):
        at = MONDAY + n // 5 * WEEK + n % 5 * DAY
        lead = make_lead(study_site, received_at=at, source=rng.choice(sources))
        a_life(rng, lead, coordinator, at)
    at = MONDAY + (WEEKS - 4) * WEEK
    draft_and_issue_past(at=at, weeks=WEEKS, by_site={study_site.site: site_lead})
    SponsorReport.objects.filter(state="draft").delete()
    keep_leads(study_site, at=at)
    kept = KeptLead.objects.exclude(share="").count()
    for lead in rng.sample(
        list(Lead.objects.filter(stage__startswith="closed", stage_entered_at__lt=at)), 4
    ):
        reopen(lead, site_lead, at + HOUR)
    never_closed = Lead.objects.exclude(events__to_stage__startswith="closed").order_by("pk")
    for lead in never_closed[:3]:
        close(lead, coordinator, at - 2 * WEEK, CloseCode.BURDEN_COST, told=at + DAY)

    assert counts_ahead(study_site, cut_off_after(study_site, at)), "else the first says little"
    for week in range(3):
        made, whole = made_twice(study_site, cut_off_after(study_site, at + week * WEEK))
        assert made == whole
    assert kept > 30
    assert keep_leads(study_site, at=at + 3 * WEEK).differed == 0


def test_only_leads_that_something_happened_to_are_read_from_the_log(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    three_leads(study_site, coordinator)
    keep_leads(study_site, at=MONDAY + 20 * WEEK)
    before = leads_read(study_site, MONDAY + 20 * WEEK)
    reopen(Lead.objects.latest("pk"), site_lead, MONDAY + 22 * WEEK)

    assert KeptLead.objects.count() == 3
    assert (before, leads_read(study_site, MONDAY + 23 * WEEK)) == (0, 1)


def test_what_was_kept_later_or_under_other_settings_is_not_used(
    study_site: StudySite, coordinator: User
) -> None:
    three_leads(study_site, coordinator)
    keep_leads(study_site, at=MONDAY + 20 * WEEK)
    earlier = leads_read(study_site, MONDAY + 3 * WEEK)
    study_site.study.settings_version += 1
    study_site.study.save()

    assert (earlier, leads_read(study_site, MONDAY + 21 * WEEK)) == (None, None)


def test_a_lead_that_is_reopened_has_no_share_any_more(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    three_leads(study_site, coordinator)
    keep_leads(study_site, at=MONDAY + 20 * WEEK)
    reopen(Lead.objects.latest("pk"), site_lead, MONDAY + 22 * WEEK)

    kept = keep_leads(study_site, at=MONDAY + 23 * WEEK)

    shares = KeptLead.objects.exclude(share="")
    assert (KeptLead.objects.count(), shares.count(), kept.differed) == (3, 1, 0)


def test_what_is_kept_and_is_wrong_is_told_put_right_and_drafts_are_made_again(
    study_site: StudySite,
    coordinator: User,
    site_lead: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    three_leads(study_site, coordinator)
    for week in (17, 18):
        last = make_draft(study_site, after=MONDAY + week * WEEK)
        issue_report(report=last, by=site_lead, at=last.as_of)
    keep_leads(study_site, at=MONDAY + 20 * WEEK)
    row = KeptLead.objects.latest("pk")
    KeptLead.objects.filter(pk=row.pk).update(share=row.share.replace("closed", "enrolled", 1))
    follow_leads(study_site, at=MONDAY + 20 * WEEK + HOUR)
    wrong = make_draft(study_site, after=MONDAY + 20 * WEEK)

    kept = keep_leads(study_site, at=MONDAY + 22 * WEEK)

    draft = SponsorReport.objects.get(state="draft")
    assert kept.differed == 1
    assert KeptLead.objects.get(pk=row.pk).share == row.share
    assert report_in(wrong).moved("enrolled").to_date.known == 1
    assert report_in(draft).moved("enrolled").to_date.known == 0
    assert draft.as_of == wrong.as_of
    assert "kept leads differed" in caplog.messages


def test_every_large_study_is_proved_once_a_night_those_that_waited_longest_first(
    study_site: StudySite, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_leads(study_site, coordinator)
    small = StudySiteFactory()
    make_lead(small)
    monkeypatch.setattr(keeping, "WORTH_KEEPING", 3)
    at = MONDAY + 20 * WEEK

    assert prove_due(at=at, seconds=0) == 0
    assert prove_due(at=at, seconds=60) == 1
    assert prove_due(at=at + HOUR, seconds=60) == 0
    assert prove_due(at=at + DAY, seconds=60) == 1
    assert [log.study_site for log in KeptLog.objects.all()] == [study_site]


def test_a_share_belongs_to_a_quiet_lead(study_site: StudySite, coordinator: User) -> None:
    three_leads(study_site, coordinator)
    keep_leads(study_site, at=MONDAY + 20 * WEEK)

    with pytest.raises(IntegrityError, match="kept_lead_has_a_share_when_quiet"):
        KeptLead.objects.update(share="")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_anew_while_a_report_reads_what_is_kept(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    """Else a lead could be read from the log and counted by its share as well."""
    three_leads(study_site, coordinator)
    keep_leads(study_site, at=MONDAY + 20 * WEEK)
    began, waited = Event(), list[bool]()

    def keep() -> None:
        began.set()
        keep_leads(study_site, at=MONDAY + 21 * WEEK)
        waited.append(done.is_set())
        connection.close()

    done, keeper = Event(), Thread(target=keep)
    with transaction.atomic():
        make_draft(study_site, after=MONDAY + 22 * WEEK)
        keeper.start()
        began.wait()
        keeper.join(timeout=1)
        assert keeper.is_alive()
        done.set()
    keeper.join()

    assert waited == [True]
