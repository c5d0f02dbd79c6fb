"""The open hand-off of a lead ends when somebody else decides who works on it (H3)."""

from recruitment.models import Handoff
from recruitment.rules.events import EventKind
from recruitment.rules.work_codes import HandoffState
from recruitment.services.log import Change


def withdraw_open(work: Change) -> None:
    """Withdraw what is offered and not answered: the lead is closed or has another owner.

    One statement when there is none. May run twice.
    """
    row = Handoff.objects.filter(lead=work.lead, state=HandoffState.OFFERED).first()
    if row is None:
        return
    work.alter(row, state=HandoffState.WITHDRAWN, answered_at=max(work.at, row.offered_at))
    work.add(EventKind.HANDOFF_WITHDRAWN, subject_id=row.pk)
