"""What the list of reports shows, in a fixed number of statements; no lead is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from recruitment.models import StudySite
from reporting.models import SponsorReport
from trialsnest.lib.words import period

PAGE = 40  # rows


@dataclass(frozen=True)
class ListedReport:
    """One row. Times are UTC, words are on the clock of the report's own zone.

    `replaces` is the letter of the report that this one takes the place of, "" for none.
    """

    pk: int
    study: str
    site_label: str
    period: str
    number: int
    revision: str
    state: str
    cut_off: datetime
    issued_at: datetime | None
    zone: str
    replaces: str


def listed(found: QuerySet[SponsorReport], *, start: int = 0) -> tuple[list[ListedReport], bool]:
    """A page of reports, newest first, and whether there are more. One statement.

    Labels and zone are those that the snapshot froze; the snapshot itself is not read.
    """
    header = "snapshot__report__header__"
    rows = found.annotate(
        replaces=KT("snapshot__report__revised__replaces"),
        zone=KT(f"{header}zone"),
        label=KT(f"{header}site_label"),
        code=KT(f"{header}study"),
    ).order_by("-cut_off", "code", "label", "-revision")
    columns = ("pk", "code", "label", "period_start", "number", "revision", "state")
    more = ("cut_off", "issued_at", "zone", "replaces")
    page = [_row(*row) for row in rows.values_list(*columns, *more)[start : start + PAGE + 1]]
    return page[:PAGE], len(page) > PAGE


def _row(
    pk: int,
    study: str,
    label: str,
    start: datetime,
    number: int,
    revision: str,
    state: str,
    cut_off: datetime,
    issued_at: datetime | None,
    zone: str,
    replaces: str | None,
) -> ListedReport:
    said = period(start, cut_off, zone)
    return ListedReport(
        pk, study, label, said, number, revision, state, cut_off, issued_at, zone, replaces or ""
    )


def without_report(
    study_sites: QuerySet[StudySite], found: QuerySet[SponsorReport]
) -> Sequence[StudySite]:
    """The open studies at sites of which there is nothing to see yet. Two statements."""
    there = set(found.values_list("study_id", "site_id").distinct().order_by())
    return [
        study_site
        for study_site in study_sites.filter(is_open=True)
        if (study_site.study_id, study_site.site_id) not in there
    ]
