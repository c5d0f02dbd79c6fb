"""From inquiry to visit: how far the mature leads of the cohort came (10.1 Q1-Q4).

Totals without an attribute, so they are exact; strict mode leaves the funnel out (SC2, D2).
"""

from dataclasses import dataclass

from recruitment.rules.events import MilestoneCode
from reporting.figures.inputs import Inputs
from reporting.figures.sources import MATURE_AFTER, cohort, is_valid

STEPS: tuple[tuple[MilestoneCode, str], ...] = (
    (MilestoneCode.FIRST_ATTEMPT, "Contact attempted"),
    (MilestoneCode.FIRST_TWO_WAY_CONTACT, "Reached"),
    (MilestoneCode.PRESCREEN_COMPLETED, "Prescreen completed"),
    (MilestoneCode.REVIEWABLE, "Reviewable candidate"),
    (MilestoneCode.VISIT_SCHEDULED, "Visit scheduled"),
    (MilestoneCode.VISIT_ATTENDED, "Visit attended"),
)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many leads reached a milestone by the cut-off. The first step is all of them."""

    code: str
    label: str
    n: int


def funnel(inputs: Inputs) -> tuple[FunnelStep, ...]:
    """The steps, or none in strict mode."""
    if inputs.strict:
        return ()
    cut_off = inputs.header.cut_off
    leads = [
        lead
        for lead in cohort(inputs)
        if is_valid(lead, inputs) and lead.received.occurred_at <= cut_off - MATURE_AFTER
    ]
    steps = [
        FunnelStep(code.value, label, sum(lead.reached(code, by=cut_off) for lead in leads))
        for code, label in STEPS
    ]
    return (FunnelStep(MilestoneCode.RECEIVED.value, "Inquiries", len(leads)), *steps)
