"""The reports of one study that were issued for one cut-off, and the sites still missing (D35)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from recruitment.models import Study, StudySite
from reporting.models import SponsorReport
from trialsnest.lib.words import local
from trialsnest.lib.zones import DAY, start_of

LISTED = 26  # cut-offs


@dataclass(frozen=True)
class Issued:
    """The issued reports of one cut-off (UTC); `missing` labels sites that report and have none."""

    cut_off: datetime
    reports: Sequence[SponsorReport]
    missing: Sequence[str]


def cut_offs(study: Study) -> list[datetime]:
    """The cut-offs (UTC) for which a site's report is issued, newest first. One statement."""
    found = _issued(study).order_by("-cut_off").values_list("cut_off", flat=True).distinct()
    return list(found[:LISTED])


def cut_off_on(study: Study, day: date) -> datetime | None:
    """The cut-off (UTC) on that day of the report zone for which a report is issued, if any.

    One statement. Raises OverflowError for a day that no clock shows.
    """
    start, end = (start_of(day + n * DAY, study.report_zone) for n in (0, 1))
    found = _issued(study).filter(cut_off__gte=start, cut_off__lt=end)
    return found.order_by("cut_off").values_list("cut_off", flat=True).first()


def issued_at(study: Study, cut_off: datetime) -> Issued:
    """What was issued for this cut-off. Two statements."""
    reports = list(
        _issued(study)
        .filter(cut_off=cut_off)
        .select_related("site", "study")
        .order_by("site__sponsor_label")
    )
    there = {report.site_id for report in reports}
    due = StudySite.objects.filter(study=study, activated_at__lt=cut_off, is_open=True)
    missing = due.exclude(site__in=there).values_list("site__sponsor_label", flat=True)
    return Issued(cut_off, reports, list(missing))


def day_of(cut_off: datetime, study: Study) -> date:
    """The day that names a cut-off, in the study's report zone."""
    return local(cut_off, study.report_zone).date()


def _issued(study: Study) -> QuerySet[SponsorReport]:
    return SponsorReport.objects.filter(study=study, site__isnull=False, state="issued")
