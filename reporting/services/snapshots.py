"""Computing one report and freezing it: the log in, a snapshot's document out (D36, SC5)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db.models import QuerySet

from recruitment.models import StudySite
from recruitment.rules.opening_words import opening_words
from recruitment.rules.refusals import Refusal
from recruitment.services.calendars import calendar_of
from reporting.figures.ahead import windows_name
from reporting.figures.inputs import Header, Inputs, LastReport
from reporting.figures.quiet import looked_at_since
from reporting.figures.report import Report, as_last, told, weekly_report
from reporting.figures.revising import revised_report
from reporting.figures.revisions import Revised, letter_after
from reporting.figures.snapshot import Json, canonical, from_document, sha256, to_document
from reporting.models import SponsorReport
from reporting.queries.changes import changes_known_at
from reporting.queries.kept import Apart, read_apart
from reporting.queries.log import StudySiteLog, read_log
from reporting.queries.reviews import next_review_on
from reporting.queries.role import as_report_reader
from reporting.services.periods import report_time_of
from trialsnest.lib.prepared import prepared
from trialsnest.lib.weeks import Week

COHORT_WEEKS = 8  # full weeks of the site's own zone (Q1)
DEMO_NOTICE = "Demonstration data: every person is invented"


def last_issued(study_site: StudySite) -> SponsorReport | None:
    """The issued report with the latest cut-off (SR1). One statement."""
    found = SponsorReport.objects.filter(
        study_id=study_site.study_id, site_id=study_site.site_id, state="issued"
    )
    return found.order_by("-cut_off").first()


def published(study_site: StudySite) -> list[SponsorReport]:
    """Every report of the study at the site that sponsors could ever read, in order (SC4).

    One statement.
    """
    return _published(study=study_site.study_id, site=study_site.site_id)


@prepared
def _published(*, study: int, site: int) -> QuerySet[SponsorReport]:
    rows = SponsorReport.objects.filter(study=study, site=site).exclude(state="draft")
    return rows.order_by("cut_off", "as_of", "pk")


def _last_issued_of(
    reports: Sequence[SponsorReport], *, before: datetime | None
) -> SponsorReport | None:
    """The issued one with the latest cut-off, of those before `before` if it is given (SR1).

    One report is issued for a cut-off, and they come in the order of these.
    """
    issued = [report for report in reports if report.state == "issued"]
    known = [report for report in issued if before is None or report.cut_off < before]
    return known[-1] if known else None


def compute(
    study_site: StudySite,
    *,
    cut_off: datetime,
    as_of: datetime,
    log: StudySiteLog | None = None,
    revises: SponsorReport | None = None,
    said: Revised | None = None,
) -> Report:
    """The figures of the period that ends at `cut_off`, as known at `as_of` (both UTC).

    `log` is what was read before, by a caller that computes several periods; without it leads are
    counted by their shares where these are kept (SR2). `revises` is the issued report of the same
    period that this one takes the place of, `said` why (SR3). The period starts at the cut-off of
    the last issued report, or at activation; a revision's is that of what it revises. Runs as the
    report role, inside the caller's transaction. Raises Refusal when there is no such period, and
    Imbalance when the log contradicts itself.
    """
    with as_report_reader():
        reports = published(study_site)
        frame = frame_of(study_site, reports, cut_off=cut_off, as_of=as_of, revises=revises)
        inputs = with_log(frame, study_site, log)
    before = [told(report_in(row)) for row in reports]
    figures = weekly_report(inputs, before)
    if revises is None or said is None:
        return figures
    return revised_report(figures, report_in(revises), said)


def frame_of(
    study_site: StudySite,
    reports: Sequence[SponsorReport],
    *,
    cut_off: datetime,
    as_of: datetime,
    revises: SponsorReport | None = None,
) -> Inputs:
    """What the report of the period is computed from, but for what is read from the log.

    `reports` are those `published`; for the rest see `compute`. Raises Refusal when there is no
    such period.
    """
    last = _last_issued_of(reports, before=revises.cut_off if revises else None)
    starts = last.cut_off if last else study_site.activated_at
    if revises is not None:
        starts = revises.period_start
    if starts is None or starts >= cut_off:
        raise Refusal("A report with this cut-off or a later one was issued already.")
    return Inputs(
        header=_header(study_site, last, starts, cut_off, as_of, revises),
        k=study_site.study.small_cell_floor,
        leads=(),
        cohort_start=_cohort_start(cut_off, study_site.site.time_zone),
        strict=study_site.study.is_strict,
        last=_known_of(last, revises),
        planned=study_site.enrollment_target,
        tells_site_work=study_site.tells_site_work,
        changes=changes_known_at(study_site, cut_off=cut_off, as_of=as_of),
    )


def with_log(frame: Inputs, study_site: StudySite, log: StudySiteLog | None) -> Inputs:
    """`frame` with all that is read from the log: `log`, or what is not kept of it and the rest.

    Runs as the report role, in a transaction.
    """
    apart = apart_of(frame, study_site) if log is None else None
    if log is None:
        live = apart.live if apart else None
        log = read_log(study_site, until=frame.header.as_of, leads=live)
    inputs = with_live(frame, log, apart)
    if apart is None:
        return inputs
    until = min(frame.header.cut_off, frame.header.as_of)
    kept = (log.with_waits(*found, until=until) for found in apart.leads(log.sources))
    return replace(inputs, leads=(*inputs.leads, *kept), quiet=apart.quiet(log.sources))


def apart_of(frame: Inputs, study_site: StudySite) -> Apart | None:
    """What the report of `frame` need not read from the log; None where nothing is kept."""
    return read_apart(
        study_site,
        cut_off=frame.header.cut_off,
        as_of=frame.header.as_of,
        since=looked_at_since(frame),
        windows=windows_name(frame),
    )


def with_live(frame: Inputs, log: StudySiteLog, apart: Apart | None) -> Inputs:
    """`frame` with all that was read from the log, and the sums of all other leads.

    Where these were counted ahead, movement, balance and funnel need no more than this (SR2).
    """
    cut_off, as_of = frame.header.cut_off, frame.header.as_of
    leads = log.leads_known_at(cut_off=cut_off, as_of=as_of)
    return replace(
        frame,
        leads=leads,
        asks=log.asks_known_at(cut_off=cut_off, as_of=as_of),
        agreed=log.agreed_known_at(cut_off=cut_off, as_of=as_of),
        weeks=log.weeks_after(cut_off),
        ahead=apart.counted_ahead(frame, leads, log.sources) if apart else None,
    )


def compute_for(study_site: StudySite, draft: SponsorReport, *, as_of: datetime) -> Report:
    """The figures of a draft that is there already, a revision's with what differs (D36)."""
    revises = issued_of(draft) if draft.reason else None
    said = Revised(revises.revision, draft.reason, draft.changed) if revises else None
    return compute(study_site, cut_off=draft.cut_off, as_of=as_of, revises=revises, said=said)


def issued_of(report: SponsorReport) -> SponsorReport:
    """The report that stands issued for the period of `report`. Raises DoesNotExist."""
    return SponsorReport.objects.get(
        study=report.study_id, site=report.site_id, cut_off=report.cut_off, state="issued"
    )


def replacement_of(report: SponsorReport) -> SponsorReport | None:
    """The issued revision that took the place of a superseded report; None for any other."""
    if report.state != "superseded":
        return None
    found = SponsorReport.objects.filter(study=report.study_id, site=report.site_id)
    return found.filter(cut_off=report.cut_off, state="issued").first()


def _known_of(last: SponsorReport | None, revises: SponsorReport | None) -> LastReport | None:
    """The report before; what was printed last is what the revised one printed (SC4)."""
    if last is None:
        return None
    before = as_last(report_in(last))
    if revises is None:
        return before
    return replace(before, released=dict(report_in(revises).closes.released))


def _header(
    study_site: StudySite,
    last: SponsorReport | None,
    period_start: datetime,
    cut_off: datetime,
    as_of: datetime,
    revises: SponsorReport | None,
) -> Header:
    study, site = study_site.study, study_site.site
    return Header(
        study=study.code,
        study_title=study.title,
        registry_id=study.nct_id or "",
        sponsor=study.sponsor.name,
        site_label=site.sponsor_label,
        zone=study.report_zone,
        number=last.number + 1 if last else 1,
        revision=next_letter(revises) if revises else "A",
        period_start=period_start,
        cut_off=cut_off,
        as_of=as_of,
        previous_cut_off=last.cut_off if last else None,
        next_cut_off=report_time_of(study).next_boundary(cut_off),
        notice=DEMO_NOTICE if study.is_demo or site.is_demo else "",
        site_zone=site.time_zone,
        site_hours=opening_words(calendar_of(site).intervals),
        next_review_on=next_review_on(study_site, after=as_of),
    )


def next_letter(report: SponsorReport) -> str:
    """The letter of the revision that follows. Raises Refusal after the last one."""
    letter = letter_after(report.revision)
    if letter is None:
        raise Refusal("This report has all the revisions it can have.")
    return letter


def _cohort_start(cut_off: datetime, zone: str) -> datetime:
    week = Week.containing(cut_off, zone)
    for _ in range(COHORT_WEEKS):
        week = week.previous()
    return week.start


def freeze(report: SponsorReport, figures: Report) -> None:
    """Put the figures and their hash on the row; the caller saves it."""
    report.snapshot = to_document(figures)
    report.snapshot_sha256 = sha256(snapshot_text(report))
    report.number, report.revision = figures.header.number, figures.header.revision
    report.period_start, report.as_of = figures.header.period_start, figures.header.as_of


def with_words(figures: Report, *, note: str, role: str, next_review: date | None) -> Report:
    """The same figures with the site lead's sentence, the issuer's role and the review to come."""
    header = replace(figures.header, note=note, issued_by_role=role, next_review_on=next_review)
    return replace(figures, header=header)


def report_in(report: SponsorReport) -> Report:
    """The published figures that the row froze. Raises UnreadableSnapshot."""
    document: dict[str, Json] = report.snapshot
    return from_document(document)


def snapshot_text(report: SponsorReport) -> str:
    """The canonical text of the row's snapshot: what its hash is of, and all a paper is made of."""
    document: dict[str, Json] = report.snapshot
    return canonical(document)
