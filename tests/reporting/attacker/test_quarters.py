"""Random quarters of reports, attacked with all of them at once (SC3, SC4; D2, D37)."""

import logging
from collections import Counter
from functools import cache

import pytest

from tests.plugin.soak import Soak
from tests.reporting.attacker.attack import leaks
from tests.reporting.attacker.quarters import quarter as random_quarter

SHORT = range(20)
log = logging.getLogger(__name__)
quarter = cache(random_quarter)
MANY = 2_000
FOLLOWED, NARROWED = 410, 1582085881
"""Quarters that once leaked: a withheld source column followed from a later one, and a hidden cell
that totals narrowed was narrowed more by the next table."""
LEAKY_ALONE = (1, 2, 6, 8)
"""Quarters in which reports that are each safe by themselves give numbers away together."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [*SHORT, FOLLOWED, NARROWED])
def test_nothing_hidden_follows_from_all_reports_of_a_quarter(seed: int) -> None:
    found = quarter(seed)

    assert len({report.header.number for report in found.reports}) == len(found.manner.weeks)
    assert leaks(found) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", LEAKY_ALONE)
def test_the_attacker_finds_what_reports_give_away_that_know_nothing_of_each_other(
    seed: int,
) -> None:
    assert leaks(random_quarter(seed, is_checked=False))


@pytest.mark.slow
def test_quarters_print_more_than_they_withhold() -> None:
    """A check that withheld everything would pass the attack."""
    reports = [report for seed in SHORT for report in quarter(seed).reports]
    tables = [report.closes.by_family for report in reports]
    rates = [rate.reached for r in reports for row in r.sources.rows for rate in row.rates]

    assert sum(not table.is_withheld for table in tables) > len(tables) / 2
    assert sum(r.sources.cohort.end == r.header.cut_off for r in reports) > len(reports) / 2
    assert sum(cell.known is not None for cell in rates) > len(rates) / 5


@pytest.mark.soak
def test_two_thousand_quarters_give_nothing_away(soak: Soak) -> None:
    reports, kinds = 0, Counter[str]()
    for done in range(1, MANY + 1):
        seed = soak.chance.randrange(2**31)
        found = random_quarter(seed)
        reports += len(found.reports)
        kinds[found.manner.name] += 1
        assert leaks(found) == [], f"quarter({seed})"
        if done % 20 == 0:
            log.info("%d quarters, %d reports: nothing determined", done, reports)
    soak.record("quarters", MANY)
    for name, count in sorted(kinds.items()):
        soak.record(f"of them {name}", count)
    soak.record("reports, nothing determined", reports)
