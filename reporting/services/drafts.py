"""Drafting: one report per study, site and cut-off, whoever asks and however often (D36, LR1)."""

from datetime import datetime

from django.db import transaction

from recruitment.models import Job, Site, Study, StudySite
from recruitment.rules.refusals import Refusal
from recruitment.services import jobs
from reporting.models import ReportPaper, SponsorReport
from reporting.queries.jobs import DRAFT_JOB
from reporting.queries.log import StudySiteLog
from reporting.services.papers import queue_papers
from reporting.services.periods import due_reports
from reporting.services.snapshots import compute, freeze


def locked_study_site(study: Study, site: Site) -> StudySite:
    """The study at the site, locked until the transaction ends: one draft or issue at a time.

    Leads may still be added meanwhile (the lock is not one on the key). Raises Refusal.
    """
    found = (
        StudySite.objects.select_for_update(of=("self",), no_key=True)
        .select_related("study__sponsor", "site")
        .filter(study=study, site=site)
        .first()
    )
    if found is None or found.activated_at is None:
        raise Refusal(f"{study.code} is not active at {site.sponsor_label}.")
    return found


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
    known = SponsorReport.objects.filter(study=study, site=site, cut_off=cut_off)
    report = known.order_by("-revision").first()
    if report is not None:
        return report
    report = SponsorReport(study=study, site=site, cut_off=cut_off, drafted_at=at)
    freeze(report, compute(study_site, cut_off=cut_off, as_of=as_of, log=log))
    report.save(force_insert=True)
    return report


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
    freeze(draft, compute(study_site, cut_off=draft.cut_off, as_of=as_of))
    draft.drafted_at = at
    draft.save()
    ReportPaper.objects.filter(report=draft).delete()
    return draft


def queue_due_drafts(*, at: datetime) -> int:
    """Write one job per report that is due at `at` (UTC); how many are due. May run twice.

    A job that gave up stays so and is shown to the site lead: the same log would fail again.
    """
    due = due_reports(at)
    for report in due:
        study, site, cut_off = report.study.pk, report.site.pk, report.cut_off.isoformat()
        key = f"{DRAFT_JOB}:{study}:{site}:{cut_off}"
        if Job.objects.filter(key=key).exists():
            continue
        with transaction.atomic():
            ids: jobs.Ids = {"study": study, "site": site, "cut_off": cut_off}
            jobs.enqueue(DRAFT_JOB, key=key, ids=ids, at=at)
    return len(due)


def run_draft_job(ids: jobs.Ids, at: datetime) -> None:
    """Draft one due report as known now, and queue its papers for the site lead to read."""
    report = draft_report(
        study=Study.objects.get(pk=ids["study"]),
        site=Site.objects.get(pk=ids["site"]),
        cut_off=datetime.fromisoformat(str(ids["cut_off"])),
        as_of=at,
        at=at,
    )
    queue_papers(report, at=at)


jobs.register(DRAFT_JOB, run_draft_job)
