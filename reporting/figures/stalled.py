"""Stale leads: how many, how many went stale and recovered, and why (12.1 section 10; 6.2).

How many are stale at the cut-off is the number of their bucket, printed as it is there. With it on
both ends, what went stale and what recovered would tell of each other: the two are printed only
where both ends are, and neither is 1 to k-1; else both are withheld, a zero too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from recruitment.rules.recovery_codes import PatientReason
from recruitment.rules.stages import Bucket
from reporting.figures.breakdowns import WITHHELD_LEVEL, Breakdown, Level, breakdown
from reporting.figures.cells import WITHHELD, Cell, exact
from reporting.figures.inputs import Happening, Inputs

NOT_NAMED = "not_named"
REASONS: Mapping[str, str] = {
    NOT_NAMED: "No reason named yet",
    PatientReason.NO_RESPONSE: "No response",
    PatientReason.MISSING_RECORDS: "Missing records",
    PatientReason.SCHEDULING: "Scheduling conflict",
    PatientReason.NEEDS_REVIEW: "Needs review",
    PatientReason.NOT_A_FIT: "Needs review",
}
"""What a review named (6.2). "Likely not a fit" sends a lead to review and is no close (ST6)."""


@dataclass(frozen=True, slots=True)
class Stalled:
    """`now` is the printed cell of the bucket; `new` and `recovered` count leads of the period."""

    now: Cell
    new: Cell
    recovered: Cell
    by_reason: Breakdown


def stalled(inputs: Inputs, open_now: Breakdown) -> Stalled:
    """The section; `open_now` is the table of open leads as the report prints it."""
    now = stale_cell(open_now)
    new, recovered = _moved(inputs, now)
    return Stalled(now, new, recovered, _by_reason(inputs, now))


def stale_cell(open_now: Breakdown) -> Cell:
    """The stale bucket as a table of open leads prints it."""
    if open_now.total.known == 0:
        return exact(0)
    found = next((row.cell for row in open_now.rows if row.code == Bucket.STALE), None)
    return WITHHELD if found is None else found


def leads_with(inputs: Inputs, what: Happening) -> int:
    """The leads to which it happened in the period, each once."""
    period, as_of = inputs.period, inputs.header.as_of
    return sum(
        any(m.occurred_at in period and m.recorded_at <= as_of for m in lead.happened.get(what, ()))
        for lead in inputs.counted
    )


def _moved(inputs: Inputs, now: Cell) -> tuple[Cell, Cell]:
    counts = [leads_with(inputs, what) for what in (Happening.WENT_STALE, Happening.RECOVERED)]
    was_printed = inputs.last is None or inputs.last.stale_is_printed
    is_safe = now.known is not None and was_printed and not inputs.strict
    if not is_safe or any(0 < number < inputs.k for number in counts):
        return WITHHELD, WITHHELD
    new, recovered = counts
    return exact(new), exact(recovered)


def _by_reason(inputs: Inputs, now: Cell) -> Breakdown:
    """Stale leads by what the last review named; nothing where their number is not printed."""
    if now.known is None or inputs.strict:
        return Breakdown(WITHHELD_LEVEL, now, ())
    stale = [lead for lead in inputs.counted if lead.bucket == Bucket.STALE]
    by_reason = Level[str]("reason", str, lambda code: (code, ""))
    names = [REASONS[lead.stale_reason or NOT_NAMED] for lead in stale]
    return breakdown(names, [by_reason], inputs)
