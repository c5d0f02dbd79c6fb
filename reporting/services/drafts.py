"""Drafting: one report per study, site and cut-off, whoever asks and however often (D36, LR1)."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from recruitment.models import Job, Site, Study, StudySite
from recruitment.rules.refusals import Refusal
from recruitment.services import jobs
from reporting.models import ReportPaper, SponsorReport
from reporting.queries.jobs import DRAFT_JOB
from reporting.queries.log import StudySiteLog
from reporting.services.mails import tell_ready
from reporting.services.papers import queue_papers
from reporting.services.periods import due_reports
from reporting.services.snapshots import compute, compute_for, freeze
from trialsnest.lib.prepared import prepared

CLOCK_SLACK = timedelta(seconds=5)
"""How much earlier than its transaction a change may have taken its time, clocks apart included."""

JUST_BEFORE = timedelta(microseconds=1)

OLDEST_WRITER = """
    SELECT min(xact_start), statement_timestamp() FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend'
      AND (backend_xid IS NOT NULL OR wait_event_type = 'Lock')
"""


class NotSettled(Refusal):
    """What happened before the cut-off is still being written."""


def settled_until(at: datetime, *, cut_off: datetime) -> datetime:
    """The latest moment up to `at` as of which the log holds all it ever will (UTC; D36).

    A change is recorded with the time at which its transaction began and is seen only once that
    has ended. A long import that commits after a report was drafted would put leads before the
    report's `as_of` that neither this report nor the next one ever counts. So a report knows
    nothing younger than the oldest transaction that is writing now. (A job that looks at a missed
    moment again records its notices by that moment; those may still come.) Raises NotSettled when
    that began before `cut_off`: then the draft waits. Ask before the log is read. Two statements.
    """
    oldest, _ = _oldest_writer()
    settled = (min(at, oldest) if oldest else at) - CLOCK_SLACK
    if settled < cut_off:
        raise NotSettled("Entries from before the cut-off are still being saved. Try again soon.")
    return settled


def seen_until() -> datetime:
    """Up to when all that was inserted can be seen, by the database's own clock (UTC).

    No caller sets that clock, as `LeadEvent.inserted_at` has it: a job that writes for long, or
    that runs a missed moment again, tells its notices by an older time than it writes them. Ask
    before the log is read. Two statements.
    """
    oldest, now = _oldest_writer()
    return min(now, oldest - JUST_BEFORE) if oldest else now


def _oldest_writer() -> tuple[datetime | None, datetime]:
    """When the oldest transaction began that is writing now, None for none; and what time it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else it is as old as our transaction
        cursor.execute(OLDEST_WRITER)
        ((oldest, now),) = cursor.fetchall()
    return oldest, now


def locked_study_site(study: Study, site: Site) -> StudySite:
    """The study at the site, locked until the transaction ends: one draft or issue at a time.

    Leads may still be added meanwhile (the lock is not one on the key). Raises Refusal.
    """
    found = _locked(study=study.pk, site=site.pk)
    if not found or found[0].activated_at is None:
        raise Refusal(f"{study.code} is not active at {site.sponsor_label}.")
    return found[0]


@prepared
def _locked(*, study: int, site: int) -> QuerySet[StudySite]:
    rows = StudySite.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("study__sponsor", "site").filter(study=study, site=site)


@transaction.atomic
def draft_report(
    *,
    study: Study,
    site: Site,
    cut_off: datetime,
    as_of: datetime,
    at: datetime,
    log: StudySiteLog | None = None,
) -> SponsorReport:
    """The draft for the period that ends at `cut_off`, as known at `as_of`; all times UTC.

    `log` is what was read before, by a caller that drafts several periods.

    Exactly one per study, site and cut-off: whoever comes second gets the first one's row, also
    when both come at once, and whatever its state by then. Raises Refusal for a period that an
    issued report covers, Imbalance when the log contradicts itself; then nothing is written.
    """
    study_site = locked_study_site(study, site)
    known = _drafted(study=study.pk, site=site.pk, cut_off=cut_off)
    if known:
        return known[0]
    report = SponsorReport(study=study, site=site, cut_off=cut_off, drafted_at=at)
    freeze(report, compute(study_site, cut_off=cut_off, as_of=as_of, log=log))
    report.save(force_insert=True)
    return report


@prepared
def _drafted(*, study: int, site: int, cut_off: datetime) -> QuerySet[SponsorReport]:
    rows = SponsorReport.objects.filter(study=study, site=site, cut_off=cut_off)
    return rows.order_by("-revision")[:1]


@transaction.atomic
def refresh_draft(report: SponsorReport, *, as_of: datetime, at: datetime) -> SponsorReport:
    """Make the draft again as known at `as_of`, with the same cut-off (D36). May run twice.

    Its papers go, because they show what the draft said before. Raises Refusal once it is issued.
    """
    assert report.site is not None  # noqa: S101  (roll-ups are not drafted from the log)
    study_site = locked_study_site(report.study, report.site)
    draft = SponsorReport.objects.select_for_update(no_key=True).get(pk=report.pk)
    if draft.state != "draft":
        raise Refusal("This report has been issued; it does not change any more.")
    freeze(draft, compute_for(study_site, draft, as_of=as_of))
    draft.drafted_at = at
    draft.save()
    ReportPaper.objects.filter(report=draft).delete()
    return draft


def queue_due_drafts(*, at: datetime) -> int:
    """Write one job per report that is due at `at` (UTC); how many are due. May run twice.

    A report whose cut-off somebody's writing still spans waits for a later call.
    A job that gave up stays so and is shown to the site lead: the same log would fail again.
    """
    due = due_reports(at)
    for report in due:
        study, site, cut_off = report.study.pk, report.site.pk, report.cut_off.isoformat()
        key = f"{DRAFT_JOB}:{study}:{site}:{cut_off}"
        if Job.objects.filter(key=key).exists() or not _is_settled(at, report.cut_off):
            continue
        with transaction.atomic():
            ids: jobs.Ids = {"study": study, "site": site, "cut_off": cut_off}
            jobs.enqueue(DRAFT_JOB, key=key, ids=ids, at=at)
    return len(due)


def _is_settled(at: datetime, cut_off: datetime) -> bool:
    try:
        settled_until(at, cut_off=cut_off)
    except NotSettled:
        return False
    return True


def run_draft_job(ids: jobs.Ids, at: datetime) -> None:
    """Draft one due report as known now, and queue its papers for the site lead, who is told."""
    cut_off = datetime.fromisoformat(str(ids["cut_off"]))
    report = draft_report(
        study=Study.objects.get(pk=ids["study"]),
        site=Site.objects.get(pk=ids["site"]),
        cut_off=cut_off,
        as_of=settled_until(at, cut_off=cut_off),
        at=at,
    )
    queue_papers(report, at=at)
    if report.state == "draft":
        tell_ready(report, at=at)


jobs.register(DRAFT_JOB, run_draft_job)
