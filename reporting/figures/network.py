"""One study over its sites, put together from issued site reports alone (MS3-MS7, D35).

It adds up numbers that every reader of the study was given already, and hides a total wherever one
of its parts is hidden. So it tells nothing that the site reports do not tell (SC4): no cell in it
can be subtracted from them to find another. Sites stand in the order of their labels, not of any
figure (MS4).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from reporting.figures.asks import AskRow
from reporting.figures.breakdowns import Breakdown
from reporting.figures.closing import CloseReasons
from reporting.figures.execution import ExecutionRow
from reporting.figures.movement import MovementRow
from reporting.figures.report import Report
from reporting.figures.scheduling import Scheduling
from reporting.figures.site_work import SiteWork
from reporting.figures.sources import SourceRow
from reporting.figures.stalled import Stalled
from reporting.figures.sums import (
    Groups,
    every,
    executed_together,
    folded,
    moved_together,
    rates_together,
    scheduled_together,
    stalled_together,
    tables_together,
    work_together,
)
from reporting.figures.words import (
    ACTION_GROUPS,
    BUCKET_GROUPS,
    MOVEMENT,
    OPEN_BUCKETS,
    RECORDS_GROUPS,
)

T = TypeVar("T")
BUCKETS = (*(str(b) for b in OPEN_BUCKETS if b not in BUCKET_GROUPS), *BUCKET_GROUPS)
"""The rows of a table of open leads in their order, by bucket or by group; both end with Stale."""


@dataclass(frozen=True, slots=True)
class SiteAsk:
    """A question that a site has put to the sponsor."""

    site_label: str
    ask: AskRow


@dataclass(frozen=True, slots=True)
class Network:
    """The sites that reported for one cut-off, and what they come to together.

    `missing` are the labels of sites whose report of this cut-off is not issued. `total` holds the
    source rates of all sites, None where a site printed those of earlier weeks again. Tables add up
    where every site tells the same rows. A section is None where some site's report has none.
    """

    study: str
    study_title: str
    sponsor: str
    zone: str
    cut_off: datetime
    sites: tuple[Report, ...]
    missing: tuple[str, ...]
    movement: tuple[MovementRow, ...]
    open_now: Breakdown
    total: SourceRow | None
    execution: tuple[ExecutionRow, ...]
    site_work: SiteWork | None
    blockers: Breakdown
    records: Breakdown
    scheduling: Scheduling | None
    stalled: Stalled | None
    closes: CloseReasons
    criteria: Breakdown | None
    actions: Breakdown
    asks: tuple[SiteAsk, ...]
    notice: str


def network(reports: Iterable[Report], *, missing: Iterable[str] = ()) -> Network:
    """The network report of issued reports, one for each site, all with the same cut-off.

    Raises ValueError for none, for reports of two studies or cut-offs, of one site twice, or
    counted by different definitions, which cannot be added up (SR4).
    """
    sites = sorted(reports, key=lambda report: report.header.site_label.casefold())
    if not sites:
        raise ValueError("a network report is made of at least one site's report")
    heads = {(r.header.study, r.header.cut_off, r.definitions) for r in sites}
    labels = {report.header.site_label for report in sites}
    if len(heads) > 1 or len(labels) < len(sites):
        raise ValueError("reports of one study, cut-off and definitions, one for each site")
    first = sites[0].header
    return Network(
        study=first.study,
        study_title=first.study_title,
        sponsor=first.sponsor,
        zone=first.zone,
        cut_off=first.cut_off,
        sites=tuple(sites),
        missing=tuple(sorted(missing, key=str.casefold)),
        movement=tuple(moved_together([r.moved(code) for r in sites]) for code in MOVEMENT),
        open_now=_table(sites, "open_now", BUCKET_GROUPS, listed=BUCKETS),
        total=_sources(sites),
        execution=executed_together([report.execution or () for report in sites]),
        site_work=_section([report.site_work for report in sites], work_together),
        blockers=_table(sites, "blockers"),
        records=_table(sites, "records", RECORDS_GROUPS),
        scheduling=_section([report.scheduling for report in sites], scheduled_together),
        stalled=_section([report.stalled for report in sites], stalled_together),
        closes=_closes(sites),
        criteria=_section(
            [report.friction.closes if report.friction else None for report in sites],
            tables_together,
        ),
        actions=_table(sites, "actions", ACTION_GROUPS),
        asks=tuple(SiteAsk(r.header.site_label, ask) for r in sites for ask in r.asks.open),
        notice=next((r.header.notice for r in sites if r.header.notice), ""),
    )


def _table(
    sites: Sequence[Report],
    name: str,
    groups: Groups | None = None,
    *,
    listed: Sequence[str] = (),
) -> Breakdown:
    """A table over all sites, by its coarse rows where only these are told everywhere."""
    tables: list[Breakdown] = [getattr(report, name) for report in sites]
    found = tables_together(tables, listed)
    if groups is None or not found.is_withheld:
        return found
    coarse = [folded(table, groups) for table in tables]
    return tables_together(coarse, listed)


def _section(sections: Sequence[T | None], together: Callable[[Sequence[T]], T]) -> T | None:
    there = every(sections)
    return None if there is None else together(there)


def _closes(sites: Sequence[Report]) -> CloseReasons:
    """What the next report would go on from belongs to each site alone."""
    parts = [report.closes for report in sites]
    by_family = tables_together([part.by_family for part in parts])
    return CloseReasons(by_family, sum(part.spam for part in parts), ())


def _sources(sites: Sequence[Report]) -> SourceRow | None:
    """The rates of all sites, if all of them are of the weeks up to this cut-off."""
    totals = [report.sources.total for report in sites]
    if any(report.sources.cohort.end != report.header.cut_off for report in sites):
        return None
    return SourceRow(
        "All sites",
        sum(row.inquiries for row in totals),
        contact=rates_together([row.contact for row in totals]),
        reviewable=rates_together([row.reviewable for row in totals]),
        scheduled=rates_together([row.scheduled for row in totals]),
    )
