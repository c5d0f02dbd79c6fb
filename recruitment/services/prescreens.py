"""How far a lead's prescreen is (PS1). It organises review; it decides nothing (R7)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Lead, Prescreen
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import PrescreenState
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action

CURRENT_VERSION = "1"


def record_prescreen(
    *,
    lead: Lead,
    state: PrescreenState,
    by: User,
    at: datetime,
    seen: int,
    plan: Plan | None = None,
    to: Stage | None = None,
    occurred_at: datetime | None = None,
    version: str = CURRENT_VERSION,
) -> None:
    """Record that the prescreen was sent, started, completed or abandoned.

    `to` moves the lead in the same step; `plan` is its next action, and without both the open
    action stays. Times are UTC. Raises InvalidInput, IllegalMove, LeadChanged.
    """
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        if work.state.stage in CLOSED:
            raise InvalidInput("Reopen the lead before working on its prescreen.", field="state")
        set_prescreen(work, state, version=version)
        if to is not None and to != work.state.stage:
            move(work, to, plan=plan)
        elif plan is not None:
            replace_action(work, plan, done=True)


def set_prescreen(work: Change, state: PrescreenState, *, version: str = CURRENT_VERSION) -> None:
    """Write the prescreen's state and its event, inside a change that is open."""
    known = Prescreen.objects.filter(lead=work.lead, version=version).first()
    complete = known is not None and known.state == PrescreenState.COMPLETE
    if complete and state in {PrescreenState.SENT, PrescreenState.STARTED}:
        raise InvalidInput("This prescreen is complete already.", field="state")
    if known is None:
        work.make(Prescreen, version=version, state=state, changed_at=work.occurred_at)
    else:
        work.alter(known, state=state, changed_at=work.occurred_at)
    work.add(EventKind.PRESCREEN_CHANGED, code=state, reason_code=version)
