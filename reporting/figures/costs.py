"""What sources cost for what came of them (10.2, 10.4), for the site; no sponsor sees it.

A cost without an outcome, or an outcome without a cost, has no cost per outcome: a dash.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from recruitment.rules.events import MilestoneCode
from reporting.figures.inputs import Inputs, LeadFacts, SourceFacts, TurnKind
from reporting.figures.movement import turns_that_change
from reporting.figures.rates import percent
from reporting.figures.sources import MATURE_AFTER, cohort, is_valid

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class SourceYield:
    """A group of sources: valid mature leads, those reviewable and enrolled, and what they cost.

    `cost` is in the study's currency, None where nobody entered one.
    """

    label: str
    leads: int
    reviewable: int
    enrolled: int
    cost: Decimal | None = None

    @property
    def cost_per_reviewable(self) -> Decimal | None:
        """In the currency, to the cent, half rounded up; None without a cost or an outcome."""
        return _each(self.cost, self.reviewable)

    @property
    def cost_per_enrolled(self) -> Decimal | None:
        """The same for enrollments, as recorded by the study team."""
        return _each(self.cost, self.enrolled)

    def reviewable_rate(self, *, digits: int) -> Decimal | None:
        """Reviewable of all, in percent; None without a lead (SN6)."""
        return percent(self.reviewable, self.leads, digits=digits) if self.leads else None

    def enrolled_rate(self, *, digits: int) -> Decimal | None:
        """Enrolled of the reviewable, in percent; None without one."""
        return percent(self.enrolled, self.reviewable, digits=digits) if self.reviewable else None


def source_yields(
    inputs: Inputs,
    *,
    group: Callable[[SourceFacts], str],
    spend: Mapping[str, Decimal],
    every: Iterable[SourceFacts] = (),
) -> dict[str, SourceYield]:
    """The yield of each group of sources over the mature leads of the cohort, by label.

    `spend` is what a source (by code) cost in the cohort's time; a source without an entry has no
    known cost and adds none. `every` names sources that must stand there also without a lead.
    """
    cut_off = inputs.header.cut_off
    leads = [
        lead
        for lead in cohort(inputs)
        if is_valid(lead, inputs) and lead.received.occurred_at <= cut_off - MATURE_AFTER
    ]
    known = {source.code: source for source in (*every, *(lead.source for lead in leads))}
    found: dict[str, SourceYield] = {}
    for label in dict.fromkeys(group(source) for source in known.values()):
        here = [lead for lead in leads if group(lead.source) == label]
        costs = [
            spend[code]
            for code, source in known.items()
            if group(source) == label and code in spend
        ]
        found[label] = SourceYield(
            label,
            len(here),
            sum(lead.reached(MilestoneCode.REVIEWABLE, by=cut_off) for lead in here),
            sum(_is_enrolled(lead, inputs) for lead in here),
            sum(costs, Decimal(0)) if costs else None,
        )
    return found


def _is_enrolled(lead: LeadFacts, inputs: Inputs) -> bool:
    """Whether the study team had recorded it by the cut-off, and nobody took it back."""
    turns = [
        turn
        for turn in turns_that_change(lead, as_of=inputs.header.as_of)
        if turn.occurred_at < inputs.header.cut_off
    ]
    return bool(turns) and turns[-1].kind == TurnKind.ENROLLED


def _each(cost: Decimal | None, outcomes: int) -> Decimal | None:
    if cost is None or not outcomes:
        return None
    return (cost / outcomes).quantize(CENT, ROUND_HALF_UP)
