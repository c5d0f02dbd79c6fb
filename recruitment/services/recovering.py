"""Reviewing several stale leads with one outcome: a look before, then each by itself (D33)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from recruitment.models import Lead
from recruitment.rules.next_actions import Plan
from recruitment.rules.recovery import FOR_SEVERAL
from recruitment.rules.recovery_codes import PatientReason, ProcessReason, RecoveryOutcome
from recruitment.rules.refusals import InvalidInput
from recruitment.services.one_by_one import Seen, one_by_one
from recruitment.services.recovery import Decided, review_stale
from recruitment.services.verbs import verb


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """One lead as the page showed it, with the reasons that were confirmed and what comes next.

    Without `owner` it stays with whoever owns it.
    """

    lead: Lead
    seen: int
    patient_reason: PatientReason | None
    process_reason: ProcessReason | None
    plan: Plan | None
    owner: User | None = None


@dataclass(frozen=True)
class Row:
    """What became of one lead, or would: `why` is empty, or the sentence that refused it."""

    asked: Confirmed
    why: str = ""


@verb
def review_several(
    *,
    rows: Sequence[Confirmed],
    outcome: RecoveryOutcome,
    by: User,
    at: datetime,
    note: str = "",
    only_look: bool = False,
) -> list[Row]:
    """Review several stale leads by the same rules as one, each with its own entry in its log.

    They share one action, so that one undo takes all back. A lead that is refused is left as it
    is and named with why; the rest go through. `only_look` answers the same and writes nothing.
    `at` is UTC. Raises InvalidInput for an outcome that needs words about each one, without
    leads, and for more than 200. A second call refuses every lead: they are on plan by then.
    """
    if outcome not in FOR_SEVERAL:
        names = ", ".join(str(each.label) for each in FOR_SEVERAL)
        raise InvalidInput(f"Several leads at once may get: {names}.", field="outcome")
    decided = Decided(outcome=outcome, note=note)
    asked = {row.lead.pk: row for row in rows}

    def act(seen: Seen, action_id: uuid.UUID) -> None:
        row = asked[seen.lead.pk]
        review_stale(
            lead=row.lead,
            patient_reason=row.patient_reason,
            process_reason=row.process_reason,
            decided=replace(decided, plan=row.plan, owner=row.owner),
            by=by,
            at=at,
            seen=row.seen,
            action_id=action_id,
        )

    owners = {row.owner for row in rows if row.owner is not None}
    leads = [Seen(row.lead, row.seen) for row in rows]
    done = one_by_one(leads, act, hold=owners, only_look=only_look)
    return [Row(asked[each.lead.pk], each.why) for each in done]
