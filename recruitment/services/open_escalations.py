"""Open escalations of a lead end with the work on it (E3)."""

from recruitment.models import Escalation
from recruitment.rules.events import EventKind
from recruitment.rules.recovery_codes import EscalationState
from recruitment.services.log import Change


def withdraw_escalations(work: Change) -> None:
    """Withdraw what is open: the lead is closed, nobody waits for an answer any more.

    One statement when there is none. May run twice.
    """
    for row in Escalation.objects.filter(lead=work.lead, state=EscalationState.OPEN):
        end(work, row, EscalationState.WITHDRAWN)


def end(work: Change, row: Escalation, state: EscalationState, outcome: str = "") -> None:
    """End one escalation inside a change; `outcome` in words stands on the row and as a note."""
    work.alter(
        row,
        state=state,
        ended_at=max(work.at, row.raised_at),
        ended_by=work.by,
        outcome=outcome,
    )
    work.add(
        EventKind.ESCALATION_ENDED,
        code=state,
        reason_code=row.kind,
        subject_id=row.pk,
        note=outcome,
    )
