"""A site's hidden number does not follow from the network report and the other site's (SC4)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from reporting.figures.breakdowns import Breakdown
from reporting.figures.cells import Cell, exact
from reporting.figures.network import network
from reporting.figures.report import Report
from tests.reporting.attacker.quarters import quarter

SITES = ((5, 10), (7, 2))
"""Seeds of two quarters that report at the same cut-offs: of default mode, and strict."""


def at_site(seed: int, label: str) -> list[Report]:
    reports = {report.header.cut_off: report for report in quarter(seed).reports}  # last revisions
    return [replace(r, header=replace(r.header, site_label=label)) for r in reports.values()]


def sums(one: Report, other: Report) -> Iterator[tuple[Cell, list[Cell]]]:
    """Each number of the network report, and what it is the sum of."""
    found = network([one, other])
    for row in found.movement:
        parts = [report.moved(row.code) for report in (one, other)]
        yield row.this, [part.this for part in parts]
        yield row.late, [part.late for part in parts]
        yield row.to_date, [part.to_date for part in parts]
    for total, name in ((found.open_now, "open_now"), (found.blockers, "blockers")):
        tables: list[Breakdown] = [getattr(report, name) for report in (one, other)]
        yield total.total, [table.total for table in tables]
        for row in total.rows:
            yield row.cell, [_cell(table, row.code) for table in tables]
    if found.total is not None:
        totals = [report.sources.total.rates for report in (one, other)]
        for rate, *rates in zip(found.total.rates, *totals, strict=True):
            yield rate.reached, [part.reached for part in rates]


def _cell(table: Breakdown, code: str) -> Cell:
    return next((row.cell for row in table.rows if row.code == code), exact(0))


@pytest.mark.slow
@pytest.mark.parametrize("seeds", SITES)
def test_a_sum_over_two_sites_is_of_printed_numbers_alone(seeds: tuple[int, int]) -> None:
    numbers = hidden = 0
    for one, other in zip(*(at_site(s, f"Site {s:03}") for s in seeds), strict=True):
        for total, parts in sums(one, other):
            known = [part.known for part in parts]
            assert total.known == (None if None in known else sum(n or 0 for n in known))
            numbers, hidden = numbers + 1, hidden + (None in known)
    assert numbers > hidden
    assert hidden or seeds == SITES[0]
