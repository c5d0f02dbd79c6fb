"""The gate before dates are offered and before a visit stands (7.4; LC8, LC9, G1-G3)."""

from collections.abc import Sequence

from recruitment.rules.readiness import CARRIED, FOR_READY, Lack, is_gated, lacks
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.work_codes import Gate
from recruitment.services.gate_facts import facts_of
from recruitment.services.log import Change
from recruitment.services.overrides import write_override
from recruitment.services.skipped import Skipped, record_skipped


class GateClosed(InvalidInput):
    """The gate holds the lead back; `lacks` says what is missing."""

    def __init__(self, to: Stage, found: Sequence[Lack]) -> None:
        todo = " ".join(lack.sentence for lack in found)
        super().__init__(
            f"{to.label} waits for this: {todo} A site lead may override it with a reason.",
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
    facts, told = facts_of(work, to)
    must = not override.strip() or to == Stage.COORDINATOR_REVIEW
    if record_skipped(work, to, skipped or Skipped(), facts, must=must):
        facts, told = facts_of(work, to)
    passed = {code for code in CARRIED if code in told.overridden}
    found = [lack for lack in lacks(to, facts) if lack.code not in passed]
    if not found:
        return
    if not override.strip():
        raise GateClosed(to, found)
    _write(work, found, override)


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
