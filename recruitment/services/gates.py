"""The gate before dates are offered and before a visit stands (7.4; LC8, LC9, G1-G3)."""

from collections.abc import Sequence

from recruitment.models.gate_facts import Told, read_gate
from recruitment.rules.readiness import FOR_READY, MAY_OVERRIDE, GateFacts, Lack, is_gated, lacks
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.work_codes import Gate
from recruitment.services.log import Change
from recruitment.services.overrides import write_override
from recruitment.services.skipped import Skipped, record_skipped


class GateClosed(InvalidInput):
    """The gate holds the lead back; `lacks` says what is missing."""

    def __init__(self, to: Stage, found: Sequence[Lack]) -> None:
        todo = " ".join(lack.sentence for lack in found)
        super().__init__(
            f"{to.label} waits for this: {todo}{MAY_OVERRIDE}",
            field="override",
        )
        self.lacks = tuple(found)


def check_ready(
    work: Change, to: Stage, override: str = "", skipped: Skipped | None = None
) -> None:
    """Let the lead into `to`, or say what is missing (G1, G2).

    First what a step forward leaves out is written as told in `skipped`, or asked for (LC9).
    `override` is a site lead's reason; it is written only when something is missing (G3). What
    she let pass on the way to Ready to schedule holds for the booking too, until the lead goes
    back a stage; an open blocker is looked at again. Raises GateClosed, InvalidInput, NotSiteLead.
    """
    current = work.state.stage
    if to != Stage.COORDINATOR_REVIEW and not is_gated(current, to):
        return
    facts, told = _facts(work, to)
    must = not override.strip() or to == Stage.COORDINATOR_REVIEW
    if record_skipped(work, to, skipped or Skipped(), facts, must=must):
        facts, told = _facts(work, to)
    found = lacks(to, facts, overridden=told.overridden)
    if not found:
        return
    if not override.strip():
        raise GateClosed(to, found)
    _write(work, found, override)


def _facts(work: Change, to: Stage) -> tuple[GateFacts, Told]:
    state = work.state
    return read_gate(
        work.lead,
        to,
        prescreen=state.prescreen,
        blockers=[(row.category, row.party) for row in state.blockers],
        at=work.at,
        added=work.facts,
    )


def _write(work: Change, found: Sequence[Lack], reason: str) -> None:
    """One override a gate: what Ready to schedule asks for, and what only a booking does."""
    for gate, asked in (
        (Gate.READY_TO_SCHEDULE, [lack for lack in found if lack.code in FOR_READY]),
        (Gate.SCHEDULED, [lack for lack in found if lack.code not in FOR_READY]),
    ):
        if asked:
            missing = " ".join(lack.sentence for lack in asked)
            codes = [lack.code.value for lack in asked]
            write_override(work, gate, reason, missing=missing, codes=codes)
