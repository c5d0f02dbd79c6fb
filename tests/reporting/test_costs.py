"""Costs per outcome: a published table made again from 1,181 leads, to the digit (10.2)."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MilestoneCode
from reporting.figures.costs import SourceYield, source_yields
from reporting.figures.inputs import Inputs, LeadFacts, SourceFacts, Turn, TurnKind
from reporting.figures.rates import percent
from tests.reporting.facts import CUT_OFF, DAY, at, inputs, lead

FUNNEL = Path(__file__).parents[1] / "data" / "funnel"
RECEIVED = CUT_OFF - 40 * DAY


def rows(name: str) -> list[dict[str, str]]:
    with (FUNNEL / name).open(newline="") as file:
        return list(csv.DictReader(file))


TABLE = rows("txt2bfit_table2.csv")
TOTALS = rows("txt2bfit_table2_published_totals.csv")
SPEND = {row["strategy"]: Decimal(row["cost_aud"]) for row in TABLE if row["cost_aud"]}
SOURCES = [SourceFacts(row["strategy"], row["strategy"], row["modality"]) for row in TABLE]


def published() -> Iterator[LeadFacts]:
    """Eligible stands for reviewable, randomised for enrolled."""
    for row, source in zip(TABLE, SOURCES, strict=True):
        for number in range(int(row["enquiries"])):
            put, gone = at(RECEIVED + 2 * DAY), RECEIVED + 9 * DAY
            yield lead(
                RECEIVED,
                source=source,
                milestones={MilestoneCode.REVIEWABLE.value: put}
                if number < int(row["eligible"])
                else {},
                turns=(Turn(TurnKind.ENROLLED, gone, gone),)
                if number < int(row["randomised"])
                else (),
            )


@pytest.fixture(scope="module")
def table() -> Inputs:
    return inputs(*published())


def dash(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def test_every_row_of_the_published_table_comes_out(table: Inputs) -> None:
    found = source_yields(table, group=lambda s: s.label, spend=SPEND, every=SOURCES)

    assert len(table.leads) == 1181
    assert len(found) == len(TABLE) == 15
    for row in TABLE:
        made = found[row["strategy"]]
        assert [str(made.leads), str(made.reviewable), str(made.enrolled)] == [
            row["enquiries"],
            row["eligible"],
            row["randomised"],
        ]
        assert dash(made.cost_per_enrolled) == row["published_cost_per_randomised_aud"]


@pytest.mark.parametrize("row", TOTALS, ids=[row["row"] for row in TOTALS])
def test_every_total_of_the_published_table_comes_out(table: Inputs, row: dict[str, str]) -> None:
    kind = {"All electronic media": "Electronic media", "All print media": "Print media"}
    chosen = kind.get(row["row"])
    found = source_yields(
        table, group=lambda s: s.kind if chosen else "all", spend=SPEND, every=SOURCES
    )
    made = found[chosen or "all"]

    assert (made.leads, made.reviewable, made.enrolled) == (
        int(row["enquiries"]),
        int(row["eligible"]),
        int(row["randomised"]),
    )
    assert str(made.cost) == row["cost_aud"]
    assert str(made.cost_per_enrolled) == row["cost_per_randomised_aud"]
    for column, value in (
        ("published_eligible_pct", made.reviewable_rate),
        ("published_randomised_pct_of_eligible", made.enrolled_rate),
    ):
        digits = len(row[column].partition(".")[2])
        assert str(value(digits=digits)) == row[column]
    share = row["published_pct_of_enquiries"]
    digits = len(share.partition(".")[2])
    assert str(percent(made.leads, len(table.leads), digits=digits)) == share


def one(*leads: LeadFacts, spend: dict[str, Decimal] | None = None) -> SourceYield:
    (found,) = source_yields(
        inputs(*leads), group=lambda s: s.label, spend=spend or {}, every=[PAGE]
    ).values()
    return found


PAGE = SourceFacts("page", "Study page", "web")
GONE = RECEIVED + 9 * DAY
JOINED = (Turn(TurnKind.ENROLLED, GONE, GONE),)


def test_without_a_cost_or_without_an_outcome_there_is_a_dash() -> None:
    assert one(lead(RECEIVED, turns=JOINED)).cost_per_enrolled is None
    assert one(lead(RECEIVED), spend={"page": Decimal(100)}).cost_per_enrolled is None
    assert one(spend={"page": Decimal(100)}).reviewable_rate(digits=0) is None
    assert one(lead(RECEIVED)).enrolled_rate(digits=0) is None


def test_a_cost_of_nothing_is_a_cost() -> None:
    assert one(lead(RECEIVED, turns=JOINED), spend={"page": Decimal(0)}).cost_per_enrolled == 0


def test_half_a_cent_is_rounded_up() -> None:
    joined = [lead(RECEIVED, turns=JOINED) for _ in range(8)]
    assert one(*joined, spend={"page": Decimal("0.20")}).cost_per_enrolled == Decimal("0.03")


def test_young_leads_duplicates_spam_and_what_was_taken_back_do_not_count() -> None:
    later, back = GONE + DAY, Turn(TurnKind.REOPENED, GONE + DAY, GONE + DAY)
    gone = Turn(TurnKind.CLOSED, later, later, CloseCode.SRC_DUPLICATE.value)
    spam = Turn(TurnKind.CLOSED, later, later, CloseCode.SRC_SPAM.value)
    young = CUT_OFF - 28 * DAY + timedelta(microseconds=1)

    found = one(
        lead(CUT_OFF - 28 * DAY, turns=JOINED),
        lead(young, turns=(Turn(TurnKind.ENROLLED, CUT_OFF - DAY, CUT_OFF - DAY),)),
        lead(RECEIVED, turns=(*JOINED, back)),
        lead(RECEIVED, turns=(gone,)),
        lead(RECEIVED, turns=(spam,)),
    )

    assert (found.leads, found.enrolled) == (2, 1)
