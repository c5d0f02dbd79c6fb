"""Reports of past weeks, drafted and issued as they would have been: for the demo workspace."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from recruitment.models import Site, StudySite
from reporting.models import SponsorReport
from reporting.queries.log import StudySiteLog, read_log
from reporting.queries.role import as_report_reader
from reporting.services.drafts import draft_report
from reporting.services.issuing import issue_report
from reporting.services.papers import PAPERS, queue_papers
from reporting.services.periods import report_time_of, reporting_study_sites

DRAFTED_AFTER = timedelta(minutes=5)  # the tick of beat that finds the boundary passed
READ_AFTER = timedelta(hours=3)  # when a site lead comes to it
READ_SPREAD = timedelta(minutes=17)  # and how far one study is after the other
PAPERS_OF = timedelta(weeks=4)


@dataclass(frozen=True)
class PastReports:
    """What was made: issued reports, drafts left to be issued, and papers queued."""

    issued: int
    drafts: int
    papers: int


@transaction.atomic
def draft_and_issue_past(*, at: datetime, weeks: int, by_site: Mapping[Site, User]) -> PastReports:
    """Draft and issue every report whose cut-off lies in the `weeks` before `at` (UTC).

    `by_site` names who issues at each site; study-sites elsewhere are left out. Each is as known
    five minutes after its cut-off and issued some hours later. The newest of one study at each
    site stays a draft, for its lead to issue. Papers of the last four weeks are queued, older
    ones are made on first request. May run twice: what is there stays.
    """
    counts: Counter[str] = Counter()
    drafted_at: set[int] = set()  # sites that have the draft they keep
    for position, study_site in enumerate(_chosen(by_site)):
        with as_report_reader():
            log = read_log(study_site, until=at)
        cut_offs = list(_cut_offs_of(study_site, at, weeks))
        for cut_off in cut_offs:
            report = _drafted(study_site, cut_off, log)
            issue_at = cut_off + READ_AFTER + READ_SPREAD * (position % 7)
            is_newest = cut_off == cut_offs[-1]
            if issue_at > at or (is_newest and study_site.site_id not in drafted_at):
                drafted_at.add(study_site.site_id)
                counts["drafts"] += report.state == "draft"
            elif report.state == "draft":
                by = by_site[study_site.site]
                report = issue_report(report=report, by=by, at=issue_at, with_papers=False)
                counts["issued"] += 1
            if cut_off > at - PAPERS_OF:
                queue_papers(report, at=at)
                counts["papers"] += len(PAPERS)
    return PastReports(counts["issued"], counts["drafts"], counts["papers"])


def _drafted(study_site: StudySite, cut_off: datetime, log: StudySiteLog) -> SponsorReport:
    known_at = cut_off + DRAFTED_AFTER
    return draft_report(
        study=study_site.study,
        site=study_site.site,
        cut_off=cut_off,
        as_of=known_at,
        at=known_at,
        log=log,
    )


def _chosen(by_site: Mapping[Site, User]) -> Iterator[StudySite]:
    for study_site in reporting_study_sites():
        if study_site.site in by_site:
            yield study_site


def _cut_offs_of(study_site: StudySite, at: datetime, weeks: int) -> Iterator[datetime]:
    """The boundaries after activation and within the weeks, oldest first."""
    assert study_site.activated_at is not None  # noqa: S101  (reporting_study_sites saw to it)
    times = report_time_of(study_site.study)
    start = max(study_site.activated_at, at - timedelta(weeks=weeks))
    boundary = times.next_boundary(start)
    while boundary + DRAFTED_AFTER <= at:
        yield boundary
        boundary = times.next_boundary(boundary)
