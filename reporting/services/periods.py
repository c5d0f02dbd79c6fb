"""When a study's reports close, and which are due (SR1, D12, D35)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from recruitment.models import Site, Study, StudySite
from reporting.models import SponsorReport
from trialsnest.lib.weeks import Cadence, ReportTime

CADENCES: dict[str, Cadence] = {"weekly": 1, "two_weekly": 2, "monthly": "monthly"}


@dataclass(frozen=True)
class DueReport:
    """A report whose boundary has passed and that nobody has drafted. `cut_off` is UTC."""

    study: Study
    site: Site
    cut_off: datetime


def report_time_of(study: Study) -> ReportTime:
    """When the study's reports close, in its own report zone (D12)."""
    return ReportTime(
        study.report_zone, study.report_weekday, study.report_time, CADENCES[study.report_cadence]
    )


def reporting_study_sites() -> Iterator[StudySite]:
    """The studies at sites that report: activated and still open. One statement."""
    rows = StudySite.objects.filter(is_open=True, activated_at__isnull=False)
    yield from rows.select_related("study__sponsor", "site")


def first_cut_off(study_site: StudySite) -> datetime | None:
    """The first boundary after activation (UTC); None when the study is not active there."""
    if study_site.activated_at is None:
        return None
    return report_time_of(study_site.study).next_boundary(study_site.activated_at)


def due_reports(at: datetime) -> list[DueReport]:
    """The reports to draft at `at` (UTC). Two statements, whatever was missed.

    Only the latest boundary counts: a week in which nothing was drafted makes the next period
    longer (SR1), not a second report. A boundary at which a report was drafted is not due again.
    """
    due = []
    for study_site in reporting_study_sites():
        cut_off = report_time_of(study_site.study).last_boundary(at)
        if study_site.activated_at is not None and study_site.activated_at < cut_off:
            due.append(DueReport(study_site.study, study_site.site, cut_off))
    rows = SponsorReport.objects.order_by().values_list("study_id", "site_id")
    known = {(study, site): latest for study, site, latest in rows.annotate(Max("cut_off"))}
    return [report for report in due if not _is_covered(report, known)]


def _is_covered(report: DueReport, known: Mapping[tuple[int, int | None], datetime]) -> bool:
    latest = known.get((report.study.pk, report.site.pk))
    return latest is not None and latest >= report.cut_off
