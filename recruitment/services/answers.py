"""Reviewing the prescreen answers: what was seen, and where it leads (5.1, R7; LC4, S7).

The coordinator's review organises the work. It says what was seen in the answers; whether a
criterion is met is for the study team, or for who is delegated to decide before consent.
"""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from recruitment.models import Lead, StudyStaff
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import PrescreenState
from recruitment.rules.work_codes import AnswersDecision, FitSignal
from recruitment.services.log import change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action
from recruitment.services.prescreen_facts import add_answers_review
from recruitment.services.reviews import ask_team, check_open
from recruitment.services.verbs import verb

D, S = AnswersDecision, Stage
LEADS_TO: Mapping[AnswersDecision, frozenset[Stage]] = {
    D.PROCEED: frozenset({S.CONTACTED, S.RECORDS_NEEDED, S.READY_TO_SCHEDULE}),
    D.TO_STUDY_TEAM: frozenset({S.CONTACTED, S.RECORDS_NEEDED}),
    D.INCOMPLETE: frozenset({S.AWAITING_PRESCREEN, S.CONTACTED}),
    D.NOT_PROCEEDING: frozenset({S.NOT_QUALIFIED, S.CLOSED_OTHER}),
}
"""Where each decision may lead beside staying; while the study team decides, no dates (G1)."""


@verb
def review_answers(
    *,
    lead: Lead,
    decision: AnswersDecision,
    fit: FitSignal,
    by: User,
    at: datetime,
    seen: int,
    plan: Plan | None = None,
    to: Stage | None = None,
    reason: str = "",
    decided_by: StudyStaff | None = None,
    occurred_at: datetime | None = None,
    note: str = "",
    override: str = "",
) -> None:
    """Record the review of a completed prescreen and where it leads, in one step.

    `to_study_team` puts the lead to the study team as well: from then on it is a reviewable
    candidate. `to` is the stage it leads to, None to stay; `plan` the next action there. Closing
    takes `reason` and, for a criterion, `decided_by`; `override` is that of `move_lead`. Times are
    UTC. Raises InvalidInput, IllegalMove, GateClosed, NotSiteLead, LeadChanged. Reviewing twice
    writes two facts, and the later one holds.
    """
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        check_open(work)
        if work.state.prescreen != PrescreenState.COMPLETE:
            raise InvalidInput("Complete the prescreen before reviewing it.", field="decision")
        if to == work.state.stage:
            to = None
        _check_direction(decision, to)
        add_answers_review(work, decision, fit, note=note)
        if decision == AnswersDecision.TO_STUDY_TEAM:
            ask_team(work)
        if to is None:
            replace_action(work, plan, done=True)
        else:
            move(work, to, plan=plan, reason=reason, decided_by=decided_by, override=override)


def _check_direction(decision: AnswersDecision, to: Stage | None) -> None:
    """A decision and the stage it leads to say the same thing."""
    if to is None or to in LEADS_TO[decision]:
        return
    names = ", ".join(stage.label for stage in Stage if stage in LEADS_TO[decision])
    raise InvalidInput(f"“{decision.label}” leads to: {names}; or the lead stays.", field="to")
