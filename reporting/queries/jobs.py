"""Report jobs that gave up, so that a page can say so."""

from datetime import datetime

from django.db.models import QuerySet

from recruitment.models import Job, StudySite
from trialsnest.lib.words import day, local

DRAFT_JOB = "report.draft"


def failed_drafts(study_sites: QuerySet[StudySite]) -> list[str]:
    """One sentence per report that could not be drafted. One statement, two when there are any."""
    failed = list(Job.objects.filter(kind=DRAFT_JOB, state="failed").values_list("ids", flat=True))
    if not failed:
        return []
    mine = {(row.study_id, row.site_id): row for row in study_sites}
    sentences = []
    for ids in failed:
        row = mine.get((ids["study"], ids["site"]))
        if row is not None:
            closed = local(datetime.fromisoformat(ids["cut_off"]), row.study.report_zone)
            sentences.append(f"{row.study.code} at {row.site.sponsor_label}, {day(closed)}")
    return sentences
