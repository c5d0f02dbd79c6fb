"""What counts towards a target and what as a miss (CK4): every outcome with every due time."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product

import pytest

from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.target_rates import Kept, MetRate, kept, rate_of

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
DUES = (None, NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1))


@pytest.mark.parametrize(("outcome", "due_at"), list(product(["", *ClockOutcome.values], DUES)))
def test_each_clock_counts_as_the_catalog_says(outcome: str, due_at: datetime | None) -> None:
    how = kept(outcome, due_at, now=NOW)

    if outcome == "not_applicable":
        assert how is None
    elif outcome:
        assert how is Kept(outcome)
    else:
        assert (how is Kept.OVERDUE) is (due_at is not None and due_at <= NOW)
        assert how in {None, Kept.OVERDUE}


def test_the_rate_is_met_of_met_met_late_missed_and_overdue() -> None:
    rate = rate_of(
        [Kept.MET, Kept.MET, Kept.MET_LATE, Kept.MISSED, Kept.OVERDUE, Kept.OVERDUE, None]
    )

    assert rate == MetRate(met=2, met_late=1, missed=1, overdue=2)
    assert (rate.base, rate.misses, rate.rate) == (6, 4, Fraction(1, 3))


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (MetRate(), "None due yet"),
        (MetRate(met_late=7), "0 of 7"),
        (MetRate(met=3, overdue=4), "3 of 7"),
        (MetRate(met=9), "9 of 9"),
        (MetRate(met=10), "10 of 10 (100%)"),
        (MetRate(met=14, missed=6), "14 of 20 (70%)"),
        (MetRate(met=1, missed=199), "1 of 200 (1%)"),
        (MetRate(missed=1200), "0 of 1,200 (0%)"),
    ],
)
def test_small_numbers_get_no_percentage_and_none_due_is_not_nought(
    rate: MetRate, words: str
) -> None:
    assert rate.words == words
    assert (rate.rate is None) is (rate.base == 0)
