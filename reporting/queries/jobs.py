"""Report jobs that gave up, so that a page can say so."""

from datetime import datetime

from django.db.models import QuerySet

from recruitment.models import Job, StudySite
from reporting.models import SponsorReport
from trialsnest.lib.words import day, local

DRAFT_JOB = "report.draft"


def failed_drafts(study_sites: QuerySet[StudySite]) -> list[str]:
    """One line per report that could not be drafted and is not there. One statement if none is."""
    failed = list(Job.objects.filter(kind=DRAFT_JOB, state="failed").values_list("ids", flat=True))
    if not failed:
        return []
    mine = {(row.study_id, row.site_id): row for row in study_sites}
    there = set(
        SponsorReport.objects.filter(study__in={ids["study"] for ids in failed})
        .order_by()
        .values_list("study_id", "site_id", "cut_off")
    )
    lines = []
    for ids in failed:
        row, cut_off = mine.get((ids["study"], ids["site"])), datetime.fromisoformat(ids["cut_off"])
        if row is not None and (row.study_id, row.site_id, cut_off) not in there:
            closed = local(cut_off, row.study.report_zone)
            lines.append(f"{row.study.code} at {row.site.sponsor_label}, {day(closed)}")
    return lines
