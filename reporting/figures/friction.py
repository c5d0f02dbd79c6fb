"""Friction of criteria and protocol, apart from sources and from the site's work (12.1 section 12).

It goes on from what other tables print: the family of criteria among the closes, broken down where
its number is printed exactly, and the blockers that wait for a word on the criteria.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from recruitment.rules.closing import CloseCode, Family
from recruitment.rules.vocabulary import BlockerCategory
from reporting.figures.breakdowns import WITHHELD_LEVEL, Breakdown, Level, breakdown
from reporting.figures.cells import WITHHELD, Cell, exact
from reporting.figures.closing import closes_to_date
from reporting.figures.inputs import Inputs
from reporting.figures.shares import Closed
from reporting.figures.standing import blocked

CATEGORIES: Mapping[str, str] = {
    CloseCode.CRIT_DIAGNOSIS: "Diagnosis or condition",
    CloseCode.CRIT_LABS: "Lab or test values",
    CloseCode.CRIT_PRIOR_TREATMENT: "Earlier treatment",
    CloseCode.CRIT_MEDICATION: "Current medication",
    CloseCode.CRIT_AGE_OTHER: "Age or another stated criterion",
    CloseCode.OTHER_TRIAL: "Already in another study",
}
WAITS_FOR_CRITERIA = BlockerCategory.CRITERIA_AMBIGUITY


@dataclass(frozen=True, slots=True)
class Friction:
    """Closes for a study criterion to date, by criterion, and leads that wait on a question.

    `released` are the values by criterion that a reader has seen exactly so far (SC4).
    """

    closes: Breakdown
    waiting: Cell
    released: tuple[tuple[str, int], ...]


def friction(
    inputs: Inputs,
    by_family: Breakdown,
    blockers: Breakdown,
    *,
    withhold: frozenset[str] | None = frozenset(),
) -> Friction:
    """The section, from the tables of closes and of blockers as the report prints them.

    `withhold` are criteria whose numbers are not printed in any case; None for all of them.
    """
    before: Mapping[str, int] = inputs.last.released_criteria if inputs.last else {}
    table = _by_criterion(inputs, by_family, before, withhold)
    now = {row.code: row.cell.known for row in table.rows if row.cell.known is not None}
    return Friction(
        table, blocked(blockers, WAITS_FOR_CRITERIA), tuple(sorted({**before, **now}.items()))
    )


def _by_criterion(
    inputs: Inputs,
    by_family: Breakdown,
    before: Mapping[str, int],
    withhold: frozenset[str] | None,
) -> Breakdown:
    total = _family_cell(by_family)
    if total.known is None or inputs.strict or withhold is None:
        return Breakdown(WITHHELD_LEVEL, total, ())
    closed = [c for c in closes_to_date(inputs) if c.family == Family.CRITERIA]
    by_code = Level[Closed]("criterion", lambda c: c.reason, lambda code: (CATEGORIES[code], ""))
    table = breakdown(closed, [by_code], inputs, last=before, withhold=withhold)
    return replace(table, total=total)


def _family_cell(by_family: Breakdown) -> Cell:
    """What the table of closes prints for study criteria; a family that is not listed has none."""
    row = next((row for row in by_family.rows if row.code == Family.CRITERIA), None)
    if row is not None:
        return row.cell
    return WITHHELD if by_family.is_withheld else exact(0)
