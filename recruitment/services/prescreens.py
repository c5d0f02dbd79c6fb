"""How far a lead's prescreen is (PS1). It organises review; it decides nothing (R7)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Lead
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.texts import line_of
from recruitment.rules.vocabulary import PrescreenState
from recruitment.services.halted import check_may_reach_out
from recruitment.services.log import change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action
from recruitment.services.prescreen_facts import CURRENT_VERSION
from recruitment.services.prescreen_facts import set_prescreen as set_prescreen
from recruitment.services.verbs import verb

MAX_VERSION = 24  # characters


@verb
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
    version = line_of(version, most=MAX_VERSION, field="version", missing="Name the version.")
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        if work.state.stage in CLOSED:
            raise InvalidInput("Reopen the lead before working on its prescreen.", field="state")
        if state == PrescreenState.SENT:
            check_may_reach_out(work, field="state")
        set_prescreen(work, state, version=version)
        if to is not None and to != work.state.stage:
            move(work, to, plan=plan)
        elif plan is not None:
            replace_action(work, plan, done=True)
