"""The network report of a study in words: one table of sites, their sums, and what is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from recruitment.rules.vocabulary import BlockerCategory
from reporting.figures.asks import AskRow
from reporting.figures.network import Network
from reporting.figures.report import Report
from reporting.figures.said import RateWords, rate_words
from reporting.figures.sources import SourceRow
from reporting.figures.stalled import stale_cell
from reporting.figures.standing import blocked
from reporting.render import open_chart
from trialsnest.lib.charts.draw import Mode
from trialsnest.lib.words import clock, day, day_short, local, zone_words

APART = RateWords("other weeks", "", "")
"""Instead of a rate over sites whose rates are not of the same weeks."""


@dataclass(frozen=True, slots=True)
class SiteWords:
    """One site's line: how its leads stand before what came in (MS3)."""

    label: str
    number: int
    open: str
    stale: str
    records: str
    visits: str
    attended: str
    rates: tuple[RateWords, RateWords]


@dataclass(frozen=True, slots=True)
class AskLine:
    """One question of a site, as printed."""

    site_label: str
    row: AskRow
    raised: str
    due: str


def network_words(found: Network, *, charts: Mode) -> dict[str, object]:
    """Everything a network report says, for the page and the paper alike."""
    zone = found.zone
    cut_off = local(found.cut_off, zone)
    return {
        "network": found,
        "title": f"{found.study} at all sites, cut-off {day(cut_off)}",
        "cut_off": f"{day(cut_off)}, {clock(cut_off)}",
        "zone": zone_words(zone),
        "lines": [_line(report) for report in found.sites],
        "total": SiteWords("All sites", 0, *_figures(found, found.total)),
        "site_count": len(found.sites) + len(found.missing),
        "chart": open_chart(found.open_now, mode=charts),
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


def _line(report: Report) -> SiteWords:
    header = report.header
    return SiteWords(header.site_label, header.number, *_figures(report, report.sources.total))


def _figures(found: Network | Report, total: SourceRow | None) -> Iterator[Any]:
    """The figures of a site, or of all of them: the same columns (MS1)."""
    moved = {row.code: row.this.text for row in found.movement}
    yield found.open_now.total.text
    yield stale_cell(found.open_now).text
    yield blocked(found.blockers, BlockerCategory.MISSING_RECORDS).text
    yield moved["visit_scheduled"]
    yield moved["visit_attended"]
    yield (rate_words(total.contact), rate_words(total.reviewable)) if total else (APART, APART)
