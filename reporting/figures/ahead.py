"""A report to come, counted before it is made (SR2).

What a lead adds to movement, balance and funnel follows from its log and the report's windows. So
the leads that nothing was recorded of since can be added up before; the report takes the others out
of the sums as they were, and adds them as they are.
"""

from collections.abc import Sequence
from dataclasses import replace

from reporting.figures.funnel import funnel_sums
from reporting.figures.inputs import Inputs, LeadFacts
from reporting.figures.movement import movement_sums
from reporting.figures.shares import QuietLeads, Sums


def windows_name(inputs: Inputs) -> str:
    """The windows of a report and of the one before; the same name, the same windows."""
    last, header = inputs.last, inputs.header
    times = [inputs.cohort_start, header.period_start, header.cut_off]
    if last is not None:
        times += [last.period_start, last.cut_off, last.as_of]
    return " ".join(time.isoformat() for time in times)


def sums_of(leads: Sequence[LeadFacts], inputs: Inputs) -> Sums:
    """What these leads add to the report of `inputs`, whatever else it counts."""
    alone = replace(inputs, leads=leads, quiet=QuietLeads(), ahead=None)
    return movement_sums(alone) + funnel_sums(alone)
