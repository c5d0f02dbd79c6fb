"""Putting a lead to the study team, and recording what they decided (S7, A4, LC7)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Lead, Review, StudyStaff
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import PrescreenState, ReviewDecision
from recruitment.services.log import change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action


def request_review(*, lead: Lead, plan: Plan, by: User, at: datetime, seen: int) -> Review:
    """Put the lead to the study team: from now on it is a reviewable candidate (domain.md 2).

    Needs a completed prescreen. `at` is UTC. Raises InvalidInput, LeadChanged.
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        if work.lead.prescreen != PrescreenState.COMPLETE:
            raise InvalidInput("Complete the prescreen first.", field="prescreen")
        if Review.objects.filter(lead=work.lead, decision="").exists():
            raise InvalidInput("The study team already has this lead.", field="review")
        review = Review.objects.create(
            lead=work.lead, requested_at=work.occurred_at, requested_by=by
        )
        work.add(EventKind.REVIEW_REQUESTED, code="study_team", subject_id=review.pk)
        replace_action(work, plan, done=True)
        return review


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
) -> None:
    """Record the study team's decision: decided by `decided_by`, recorded by `by` (LC7).

    `to` is the stage it leads to and `plan` the next action there; `reason` the close code when
    it does not proceed. Times are UTC. Raises InvalidInput, IllegalMove, LeadChanged.
    """
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        review = Review.objects.filter(lead=work.lead, decision="").first()
        if review is None:
            raise InvalidInput("No review is waiting for a decision.", field="review")
        if decided_by.study_site_id != work.lead.study_site_id:
            raise InvalidInput("That person is not on this study's team here.", field="decided_by")
        review.decision, review.decided_by, review.recorded_by = decision, decided_by, by
        review.decided_at = max(work.occurred_at, review.requested_at)
        review.save(update_fields=["decision", "decided_by", "recorded_by", "decided_at"])
        work.add(
            EventKind.REVIEW_DECIDED, code=decision, subject_id=review.pk, decided_by=decided_by
        )
        if to is not None and to != work.state.stage:
            move(work, to, plan=plan, reason=reason, decided_by=decided_by)
        else:
            replace_action(work, plan, done=True)
