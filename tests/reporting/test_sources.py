"""The source table: cohorts, maturity and small numbers (domain.md 10)."""

from datetime import datetime, timedelta

import pytest

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MilestoneCode
from reporting.figures.cells import exact
from reporting.figures.rates import percent, rate
from reporting.figures.sources import source_table, tally
from tests.reporting.facts import (
    CUT_OFF,
    DAY,
    INSTANT,
    at,
    closed,
    from_source,
    inputs,
    lead,
    mature,
)
from tests.reporting.samples import WEEK
from trialsnest.lib.intervals import wilson


def test_s50_seven_leads_show_a_count_and_twenty_a_rate_with_its_interval() -> None:
    seven = source_table(inputs(*mature(7, contacted=3))).total.contact
    twenty = source_table(inputs(*mature(20, contacted=14))).total.contact

    assert (seven.reached.text, seven.base, seven.pct) == ("3", 7, None)
    assert (twenty.reached.text, twenty.base) == ("14", 20)
    assert (twenty.pct, twenty.low, twenty.high, twenty.is_early) == (70, 48, 85, True)


def test_a_firm_base_has_no_interval_and_an_empty_one_no_percentage() -> None:
    assert (rate(exact(12), 30).pct, rate(exact(12), 30).is_early) == (40, False)
    assert rate(exact(0), 0).pct is None
    with pytest.raises(ZeroDivisionError):
        percent(0, 0)


@pytest.mark.parametrize(
    ("part", "base", "digits", "shown"),
    [(390, 1181, 2, "33.02"), (250, 390, 1, "64.1"), (1, 8, 0, "13"), (105, 180, 1, "58.3")],
)
def test_a_percentage_is_rounded_half_up(part: int, base: int, digits: int, shown: str) -> None:
    assert str(percent(part, base, digits=digits)) == shown


@pytest.mark.parametrize(
    ("part", "base", "low", "high"),
    [(14, 20, 0.4810, 0.8545), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)],
)
def test_the_wilson_interval(part: int, base: int, low: float, high: float) -> None:
    assert wilson(part, base) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_s51_leads_of_last_week_are_still_maturing() -> None:
    table = source_table(inputs(*mature(12), lead(CUT_OFF - 3 * DAY), lead(CUT_OFF - 15 * DAY)))

    assert (table.total.inquiries, table.maturing) == (14, 2)
    assert (table.total.contact.base, table.total.reviewable.base) == (13, 12)


@pytest.mark.parametrize(
    ("received", "contact_base", "base"),
    [
        (CUT_OFF - 14 * DAY, 1, 0),
        (CUT_OFF - 14 * DAY + INSTANT, 0, 0),
        (CUT_OFF - 28 * DAY, 1, 1),
        (CUT_OFF - 28 * DAY + INSTANT, 1, 0),
    ],
)
def test_maturity_is_reached_at_the_instant(
    received: datetime, contact_base: int, base: int
) -> None:
    found = tally([lead(received)], inputs())

    assert (found.contact_base, found.base) == (contact_base, base)


@pytest.mark.parametrize(("after", "contacted"), [(14 * DAY, 1), (14 * DAY + INSTANT, 0)])
def test_contact_counts_within_fourteen_days(after: timedelta, contacted: int) -> None:
    received = CUT_OFF - 5 * WEEK
    found = lead(
        received, milestones={MilestoneCode.FIRST_TWO_WAY_CONTACT.value: at(received + after)}
    )

    assert tally([found], inputs()).contacted == contacted


def test_duplicates_and_spam_are_inquiries_and_not_valid() -> None:
    received = CUT_OFF - 5 * WEEK
    given = inputs(
        closed(CUT_OFF - WEEK, CloseCode.SRC_DUPLICATE, received=received),
        closed(CUT_OFF - WEEK, CloseCode.SRC_SPAM, received=received),
        *mature(10),
    )
    table = source_table(given)

    assert (table.total.inquiries, table.duplicates, table.spam) == (12, 1, 1)
    assert table.total.reviewable.base == 10


def test_s53_sources_stand_in_the_order_of_their_names_with_their_visits() -> None:
    given = inputs(
        *from_source("Volume", 90, visits=5),
        *from_source("Strong", 16, visits=10),
        *from_source("Page", 20, visits=10),
    )

    table = source_table(given)

    assert [row.label for row in table.rows] == ["Page", "Strong", "Volume"]
    assert [row.scheduled.reached.text for row in table.rows] == ["10", "10", "5"]
    assert [row.scheduled.pct for row in table.rows] == [50, 63, 6]


def test_sources_with_few_leads_are_folded_into_one_row() -> None:
    given = inputs(
        *from_source("Page", 30, visits=12),
        *from_source("Radio", 3, visits=1),
        *from_source("Flyer", 4, visits=1),
        *from_source("Letter", 20, visits=9),
    )

    rows = source_table(given).rows

    assert [row.label for row in rows] == ["Letter", "Page", "Other sources (2)"]
    assert rows[-1].inquiries == 7
