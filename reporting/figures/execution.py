"""Site execution: how often the site kept its times, apart from sources (12.1 section 6; CK4).

Totals of clocks without an attribute, so they are exact; strict mode leaves them out (SC2, D2). No
person of the site is told apart (F4). What a site tells of its work beside it: `site_work`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from recruitment.rules.target_rates import MetRate, kept, rate_of
from recruitment.rules.targets import TargetKey
from reporting.figures.cells import exact
from reporting.figures.inputs import Inputs, Window
from reporting.figures.rates import Rate, rate

TARGETS: Mapping[TargetKey, str] = {
    TargetKey.FIRST_RESPONSE: "First response in target",
    TargetKey.PRESCREEN_REVIEW: "Prescreen review in target",
}


@dataclass(frozen=True, slots=True)
class ExecutionRow:
    """How many of the clocks of one target that fell due were met in time.

    `this` is over the period, `cohort` over the weeks of the source table.
    """

    code: str
    label: str
    this: Rate
    cohort: Rate


def execution(inputs: Inputs) -> tuple[ExecutionRow, ...]:
    """A row for each target, or none in strict mode."""
    if inputs.strict:
        return ()
    weeks = Window(inputs.cohort_start, inputs.header.cut_off)
    return tuple(
        ExecutionRow(
            code.value,
            label,
            this=_printed(met_rate(inputs, code, inputs.period)),
            cohort=_printed(met_rate(inputs, code, weeks)),
        )
        for code, label in TARGETS.items()
    )


def met_rate(inputs: Inputs, code: TargetKey, window: Window) -> MetRate:
    """Of the clocks that fell due in `window`: met, met late, missed, and overdue at its end.

    A clock that fell away with nothing to do, as for a duplicate, counts nowhere (CK4).
    """
    return rate_of(
        kept(clock.outcome, clock.due_at, now=window.end)
        for lead in inputs.counted
        for clock in lead.targets
        if clock.target == code and clock.due_at is not None and clock.due_at in window
    )


def _printed(found: MetRate) -> Rate:
    return rate(exact(found.met), found.base)
