"""Putting a lead to the study team, and recording what they decided (S7, A4, LC7)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Lead, Review, StudyStaff
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import PrescreenState, ReviewDecision
from recruitment.services.deciders import check_study_team
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action
from recruitment.services.verbs import verb


@verb
def request_review(*, lead: Lead, plan: Plan, by: User, at: datetime, seen: int) -> Review:
    """Put the lead to the study team: from now on it is a reviewable candidate (domain.md 2).

    Needs a completed prescreen. `at` is UTC. Raises InvalidInput, LeadChanged.
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        check_open(work)
        review = ask_team(work)
        replace_action(work, plan, done=True)
        return review


def ask_team(work: Change) -> Review:
    """Open the study-team review, inside a change that is open. Raises InvalidInput."""
    if work.state.prescreen != PrescreenState.COMPLETE:
        raise InvalidInput("Complete the prescreen first.", field="prescreen")
    if Review.objects.filter(lead=work.lead, decision="").exists():
        raise InvalidInput("The study team already has this lead.", field="review")
    review = work.make(Review, requested_at=work.occurred_at, requested_by=work.by)
    work.add(EventKind.REVIEW_REQUESTED, code="study_team", subject_id=review.pk)
    return review


@verb
def decide_review(
    *,
    lead: Lead,
    decision: ReviewDecision,
    decided_by: StudyStaff,
    by: User,
    at: datetime,
    seen: int,
    plan: Plan | None = None,
    to: Stage | None = None,
    reason: str = "",
    occurred_at: datetime | None = None,
    override: str = "",
) -> None:
    """Record the study team's decision: decided by `decided_by`, recorded by `by` (LC7).

    `to` is the stage it leads to and `plan` the next action there; `reason` the close code when
    it does not proceed. Times are UTC. Raises like `move_lead`, to which `override` goes.
    """
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        check_open(work)
        review = Review.objects.filter(lead=work.lead, decision="").first()
        if review is None:
            raise InvalidInput("No review is waiting for a decision.", field="review")
        check_study_team(decided_by, work.lead)
        _check_direction(decision, to)
        work.alter(
            review,
            decision=decision,
            decided_by=decided_by,
            recorded_by=by,
            decided_at=max(work.occurred_at, review.requested_at),
        )
        work.add(
            EventKind.REVIEW_DECIDED, code=decision, subject_id=review.pk, decided_by=decided_by
        )
        if to is not None and to != work.state.stage:
            move(work, to, plan=plan, reason=reason, decided_by=decided_by, override=override)
        else:
            replace_action(work, plan, done=True)


def check_open(work: Change) -> None:
    """Refuse a review of a lead that is closed."""
    if work.state.stage in CLOSED:
        raise InvalidInput("Reopen the lead first; it is closed.", field="review")


def _check_direction(decision: ReviewDecision, to: Stage | None) -> None:
    """A decision and the stage it leads to say the same thing."""
    onward = {Stage.READY_TO_SCHEDULE, Stage.SCHEDULED, Stage.SCREENED, Stage.ENROLLED}
    if decision == ReviewDecision.WITHDRAWN:
        raise InvalidInput("A review is withdrawn by closing the lead.", field="decision")
    if decision == ReviewDecision.NOT_PROCEEDING and to in onward:
        raise InvalidInput("Not proceeding cannot lead to scheduling.", field="to")
    if decision == ReviewDecision.PROCEED and to in CLOSED:
        raise InvalidInput("A lead that proceeds is not closed.", field="to")
