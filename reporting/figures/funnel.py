"""From inquiry to visit: how far the mature leads of the cohort came (10.1 Q1-Q4).

Totals without an attribute, so they are exact; strict mode leaves the funnel out (SC2, D2).
"""

from dataclasses import dataclass, replace

from recruitment.rules.events import MilestoneCode
from reporting.figures.inputs import Inputs
from reporting.figures.shares import Sums
from reporting.figures.sources import MATURE_AFTER, cohort_window, is_valid

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
    leads, rest = inputs.summed
    cut_off, window = inputs.header.cut_off, cohort_window(inputs)
    mature = [
        lead
        for lead in leads
        if lead.received.occurred_at in window
        and lead.received.occurred_at <= cut_off - MATURE_AFTER
        and is_valid(lead, inputs)
    ]
    steps = [
        FunnelStep(
            code.value,
            label,
            sum(lead.reached(code, by=cut_off) for lead in mature) + rest[_step(code)],
        )
        for code, label in STEPS
    ]
    received = MilestoneCode.RECEIVED
    return (FunnelStep(received.value, "Inquiries", len(mature) + rest[_step(received)]), *steps)


def funnel_sums(inputs: Inputs) -> Sums:
    """What the leads of `inputs` add to the funnel, by the name of each number."""
    return Sums({_step(step.code): step.n for step in funnel(replace(inputs, strict=False))})


def _step(code: str) -> str:
    return f"funnel {code}"
