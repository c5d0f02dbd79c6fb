"""The network report of a study in words: tables of sites, their sums, and what is asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from recruitment.rules.vocabulary import BlockerCategory
from reporting.figures.asks import AskRow
from reporting.figures.breakdowns import Breakdown
from reporting.figures.cells import Cell
from reporting.figures.execution import TARGETS, ExecutionRow
from reporting.figures.network import Network
from reporting.figures.rates import Rate, rate
from reporting.figures.report import Report
from reporting.figures.said import RateWords, rate_words, room_words
from reporting.figures.site_work import SiteWork
from reporting.figures.sources import SourceRow
from reporting.figures.stalled import stale_cell
from reporting.figures.standing import blocked
from reporting.figures.sums import Groups, folded, printed
from reporting.figures.words import ACTION_GROUPS, BUCKET_GROUPS, MOVEMENT
from reporting.render import open_chart
from trialsnest.lib.charts.draw import Mode
from trialsnest.lib.words import clock, day, day_short, local, moment, zone_words

APART = RateWords("other weeks", "", "")
"""Instead of a rate over sites whose rates are not of the same weeks."""
UNTOLD = RateWords("not told", "", "")
"""Instead of what a site's report does not have, and of a sum over such sites."""
STALE = "stale"


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One site in a table, or all of them. `key` is that of its report, None on paper."""

    label: str
    sub: str
    key: int | None
    cells: tuple[RateWords, ...]


@dataclass(frozen=True, slots=True)
class SiteTable:
    """Figures of each site in the order of labels, and of all together (MS3, MS4)."""

    code: str
    title: str
    heads: tuple[str, ...]
    lines: tuple[SiteLine, ...]
    total: SiteLine
    words: str


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A site's own time: when its period began and the common cut-off came, and when it is open.

    Without `zone` in a report of before there was one; its times are in the report's zone then.
    """

    label: str
    key: int | None
    zone: str
    begin: str
    cut_off: str
    hours: str

    @property
    def openings(self) -> list[str]:
        """The hours of each run of weekdays, each to be kept on one line; none where not told."""
        return self.hours.split(", ") if self.hours else []


@dataclass(frozen=True, slots=True)
class AskLine:
    """One question of a site, as printed."""

    site_label: str
    row: AskRow
    raised: str
    due: str


def network_words(
    found: Network, *, charts: Mode, keys: Mapping[str, int] | None = None
) -> dict[str, object]:
    """Everything a network report says, for the page and the paper alike.

    `keys` are those of the site reports by the label of their site, for links to them.
    """
    zone = found.zone
    cut_off = local(found.cut_off, zone)
    return {
        "network": found,
        "title": f"{found.study} at all sites, cut-off {day(cut_off)}",
        "cut_off": f"{day(cut_off)}, {clock(cut_off)}",
        "zone": zone_words(zone),
        "site_count": len(found.sites) + len(found.missing),
        "tables": _tables(found, keys or {}),
        "clocks": [_clock(report, keys or {}) for report in found.sites],
        "chart": open_chart(found.open_now, mode=charts),
        "room": room_words(found.scheduling),
        "notes": [(r.header.site_label, r.header.note, "") for r in found.sites if r.header.note],
        "asks": [
            AskLine(
                one.site_label,
                one.ask,
                day_short(local(one.ask.raised_at, zone)),
                day_short(local(one.ask.due_at, zone)),
            )
            for one in found.asks
        ],
    }


def _tables(found: Network, keys: Mapping[str, int]) -> list[SiteTable]:
    """How leads stand before how many came; execution beside sources (MS3, MS4)."""
    tells_work = any(report.site_work for report in found.sites)
    there, wanted = len(found.sites), len(found.sites) + len(found.missing)
    together = f"{there} of {wanted} sites" if found.missing else "All sites"

    def table(
        code: str,
        title: str,
        heads: Sequence[str],
        cells: Callable[[Network | Report], Sequence[RateWords]],
        words: str,
    ) -> SiteTable:
        lines = tuple(_line(report, keys, cells(report)) for report in found.sites)
        total = SiteLine(together, "", None, tuple(cells(found)))
        return SiteTable(code, title, tuple(heads), lines, total, words)

    return [
        table(
            "standing",
            "Where open leads stand",
            [*_labels(BUCKET_GROUPS), "Wait for records", "Open leads"],
            _standing,
            "Sites are in the order of their labels. Stale: of the open leads.",
        ),
        table(
            "next",
            "What the sites do next",
            [*_labels(ACTION_GROUPS), "Leads"],
            _next,
            "Leads by the kind of their next action.",
        ),
        table(
            "period",
            "Movement in the period of each site",
            [MOVEMENT[code].partition(",")[0] for code in MOVED],
            lambda one: [_plain(_moved(one, code)) for code in MOVED],
            "A period begins with the last report that the site issued. Enrolled: as recorded by"
            " the study team.",
        ),
        table(
            "execution",
            "Site execution, beside what sources brought",
            [*TARGETS.values(), *(WORK if tells_work else ()), *SOURCES],
            lambda one: [*_executed(one), *(_work(one) if tells_work else ()), *_sources(one)],
            "Targets are of the period of each site, rates of its mature leads of the weeks that"
            " its own report names; of other weeks they are not added up."
            + (" Coverage and paused share are told by sites that chose so." if tells_work else ""),
        ),
    ]


WORK = ("Ownership coverage", "Paused share")
SOURCES = ("Reached within 14 days", "Reviewable candidate", "Visit scheduled")
MOVED = (
    "new_interest",
    "prescreen_completed",
    "reviewable",
    "visit_scheduled",
    "visit_attended",
    "closed",
    "enrolled",
)


def _line(report: Report, keys: Mapping[str, int], cells: Sequence[RateWords]) -> SiteLine:
    header = report.header
    said = f"No. {header.number}, from {day_short(local(header.period_start, header.zone))}"
    return SiteLine(header.site_label, said, keys.get(header.site_label), tuple(cells))


def _clock(report: Report, keys: Mapping[str, int]) -> ClockLine:
    """The period of one site on its own clock; the cut-off is the same instant for all (MS5)."""
    header = report.header
    zone = header.site_zone or header.zone
    return ClockLine(
        label=header.site_label,
        key=keys.get(header.site_label),
        zone=zone_words(header.site_zone) if header.site_zone else "",
        begin=moment(local(header.period_start, zone)),
        cut_off=moment(local(header.cut_off, zone)),
        hours=header.site_hours,
    )


def _labels(groups: Groups) -> list[str]:
    return [label for label, _ in groups.values()]


def _plain(cell: Cell) -> RateWords:
    return RateWords(cell.text, "", "")


def _grouped(table: Breakdown, groups: Groups) -> list[RateWords]:
    """What the table prints for each coarse row; withheld where it is."""
    coarse = folded(table, groups)
    if coarse.is_withheld:
        return [RateWords("withheld", "", "") for _ in groups]
    return [_plain(printed(coarse, code)) for code in groups]


def _standing(one: Network | Report) -> list[RateWords]:
    table, stale = one.open_now, stale_cell(one.open_now)
    groups = _grouped(table, BUCKET_GROUPS)
    if stale.known is not None and table.total.known:
        groups[list(BUCKET_GROUPS).index(STALE)] = rate_words(rate(stale, table.total.known))
    waiting = blocked(one.blockers, BlockerCategory.MISSING_RECORDS)
    return [*groups, _plain(waiting), _plain(table.total)]


def _next(one: Network | Report) -> list[RateWords]:
    return [*_grouped(one.actions, ACTION_GROUPS), _plain(one.actions.total)]


def _executed(one: Network | Report) -> list[RateWords]:
    rows: Sequence[ExecutionRow] = one.execution or ()
    found = {row.code: rate_words(row.this, none="none due yet") for row in rows}
    return [found.get(code, UNTOLD) for code in TARGETS]


def _work(one: Network | Report) -> list[RateWords]:
    work: SiteWork | None = one.site_work
    if work is None:
        return [UNTOLD] * len(WORK)
    return [rate_words(share, none="none") for share in (work.coverage, work.paused)]


def _sources(one: Network | Report) -> list[RateWords]:
    total: SourceRow | None = one.total if isinstance(one, Network) else one.sources.total
    rates: Sequence[Rate] = total.rates if total else ()
    return [rate_words(each) for each in rates] or [APART] * len(SOURCES)


def _moved(one: Network | Report, code: str) -> Cell:
    return next(row.this for row in one.movement if row.code == code)
