"""Facts about the prescreen and its answers, written inside a change that is open (PS1)."""

from datetime import datetime

from recruitment.models import Prescreen
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import PrescreenState
from recruitment.rules.work_codes import AnswersDecision, FitSignal
from recruitment.services.log import Change

CURRENT_VERSION = "1"


def set_prescreen(
    work: Change,
    state: PrescreenState,
    *,
    version: str = CURRENT_VERSION,
    occurred_at: datetime | None = None,
) -> None:
    """Write the prescreen's state and its event.

    `occurred_at` (UTC) defaults to the change's own. Raises InvalidInput for a complete prescreen
    that would begin again.
    """
    happened = occurred_at or work.occurred_at
    known = Prescreen.objects.filter(lead=work.lead, version=version).first()
    complete = known is not None and known.state == PrescreenState.COMPLETE
    if complete and state in {PrescreenState.SENT, PrescreenState.STARTED}:
        raise InvalidInput("This prescreen is complete already.", field="state")
    if known is None:
        work.make(Prescreen, version=version, state=state, changed_at=happened)
    else:
        work.alter(known, state=state, changed_at=happened)
    work.add(EventKind.PRESCREEN_CHANGED, code=state, reason_code=version, occurred_at=occurred_at)


def add_answers_review(
    work: Change,
    decision: AnswersDecision,
    fit: FitSignal,
    *,
    occurred_at: datetime | None = None,
    note: str = "",
) -> None:
    """Write that a coordinator reviewed the answers; the signal decides nothing (R7)."""
    work.add(
        EventKind.ANSWERS_REVIEWED,
        code=decision,
        reason_code=fit,
        occurred_at=occurred_at,
        note=note,
    )
