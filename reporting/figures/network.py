"""One study over its sites, put together from issued site reports alone (MS3-MS7, D35).

It adds up numbers that every reader of the study was given already, and hides a total wherever one
of its parts is hidden. So it tells nothing that the site reports do not tell (SC4): no cell in it
can be subtracted from them to find another. Sites stand in the order of their labels, not of any
figure (MS4).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from reporting.figures.asks import AskRow
from reporting.figures.breakdowns import WITHHELD_LEVEL, Breakdown, Row
from reporting.figures.cells import Cell, added, exact
from reporting.figures.movement import MovementRow
from reporting.figures.rates import Rate, rate
from reporting.figures.report import Report
from reporting.figures.sources import SourceRow
from reporting.figures.standing import FOLDED
from reporting.figures.words import MOVEMENT


@dataclass(frozen=True, slots=True)
class SiteAsk:
    """A question that a site has put to the sponsor."""

    site_label: str
    ask: AskRow


@dataclass(frozen=True, slots=True)
class Network:
    """The sites that reported for one cut-off, and what they come to together.

    `missing` are the labels of sites whose report of this cut-off is not issued. `total` holds the
    source rates of all sites, None where a site printed those of earlier weeks again; `open_now`
    adds up where every site tells the same rows.
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
    blockers: Breakdown
    total: SourceRow | None
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
        movement=tuple(_movement(sites, code, label) for code, label in MOVEMENT.items()),
        open_now=_breakdown([report.open_now for report in sites]),
        blockers=_breakdown([report.blockers for report in sites]),
        total=_sources(sites),
        asks=tuple(SiteAsk(r.header.site_label, ask) for r in sites for ask in r.asks.open),
        notice=next((r.header.notice for r in sites if r.header.notice), ""),
    )


def _movement(sites: Sequence[Report], code: str, label: str) -> MovementRow:
    rows = [report.moved(code) for report in sites]
    before = [row.previous for row in rows if row.previous is not None]
    return MovementRow(
        code,
        label,
        this=added([row.this for row in rows]),
        previous=added(before) if len(before) == len(rows) else None,
        late=added([row.late for row in rows]),
        to_date=added([row.to_date for row in rows]),
    )


def _breakdown(tables: Sequence[Breakdown]) -> Breakdown:
    """The rows that all tables have, added up; withheld when they are broken down differently."""
    total = added([table.total for table in tables])
    levels = {table.level for table in tables}
    if len(levels) > 1 or levels & {WITHHELD_LEVEL, FOLDED}:
        return Breakdown(WITHHELD_LEVEL, total, ())
    found: dict[str, Row] = {row.code: row for table in tables for row in table.rows}
    rows = tuple(
        Row(code, row.label, added([_cell(table, code) for table in tables]))
        for code, row in found.items()
    )
    return Breakdown(tables[0].level, total, rows)


def _cell(table: Breakdown, code: str) -> Cell:
    """What the table prints for the code; a row that it leaves out counts nothing."""
    return next((row.cell for row in table.rows if row.code == code), exact(0))


def _sources(sites: Sequence[Report]) -> SourceRow | None:
    totals = [report.sources.total for report in sites]
    if any(report.sources.cohort.end != report.header.cut_off for report in sites):
        return None

    def together(of: Callable[[SourceRow], Rate]) -> Rate:
        rates = [of(row) for row in totals]
        return rate(added([one.reached for one in rates]), sum(one.base for one in rates))

    return SourceRow(
        "All sites",
        sum(row.inquiries for row in totals),
        contact=together(lambda row: row.contact),
        reviewable=together(lambda row: row.reviewable),
        scheduled=together(lambda row: row.scheduled),
    )
