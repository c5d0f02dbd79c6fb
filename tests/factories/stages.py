"""Bringing a lead to a stage the way staff do: through the services, with the gates satisfied."""

from datetime import datetime, timedelta

from accounts.models import User
from recruitment.models import Lead, StudyStaff
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, PrescreenState, VisitResult
from recruitment.rules.work_codes import AnswersDecision, FitSignal
from recruitment.services.answers import review_answers
from recruitment.services.moves import move_lead
from recruitment.services.prescreens import record_prescreen
from recruitment.services.visits import book_visit, end_visit
from tests.factories.recruitment import StudyStaffFactory

S = Stage
STEP = timedelta(hours=1)
VISIT_AFTER = timedelta(days=7)


class Steps:
    """One lead and one person at work; `at` is the time of the last step, UTC."""

    def __init__(self, lead: Lead, by: User, *, at: datetime | None = None) -> None:
        self.lead = lead
        self.by = by
        self.at = at or lead.received_at
        self.decider: StudyStaff | None = None

    @property
    def decided_by(self) -> StudyStaff:
        """A member of the study team."""
        if self.decider is None:
            self.decider = StudyStaffFactory(study_site=self.lead.study_site)
        return self.decider

    def plan(self) -> Plan:
        """A call on the next day, in the morning in New York."""
        tomorrow = self.at + timedelta(days=1)
        return Plan(ActionType.CALL, tomorrow.replace(hour=15, minute=0))

    def common(self) -> dict[str, object]:
        """What every verb takes; an hour goes by."""
        self.at += STEP
        self.lead.refresh_from_db()
        return {"lead": self.lead, "by": self.by, "at": self.at, "seen": self.lead.version}

    def move(self, to: Stage, **values: object) -> None:
        """Move the lead, by default with a call as its next action."""
        common = self.common()
        plan = {} if to in {S.ENROLLED, S.NOT_QUALIFIED, S.CLOSED_OTHER} else {"plan": self.plan()}
        move_lead(to=to, **{**common, **plan, **values})  # type: ignore[arg-type]
        self.lead.refresh_from_db()

    def prescreen(self, to: Stage | None = None) -> None:
        """The prescreen is completed, and the lead moves on if `to` is given."""
        common = self.common()
        record_prescreen(
            state=PrescreenState.COMPLETE,
            to=to,
            plan=self.plan(),
            **common,  # type: ignore[arg-type]
        )
        self.lead.refresh_from_db()

    def review(self, to: Stage | None = None, **values: object) -> None:
        """The answers are reviewed; by default the lead goes on."""
        common = self.common() | {
            "decision": AnswersDecision.PROCEED,
            "fit": FitSignal.NO_CONFLICT,
            "plan": self.plan(),
        }
        review_answers(to=to, **{**common, **values})  # type: ignore[arg-type]
        self.lead.refresh_from_db()

    def book(self, **values: object) -> None:
        """A visit is booked a week ahead, with everything it needs."""
        common = self.common() | {
            "starts_at": self.at + VISIT_AFTER,
            "place": "Room 2",
            "preparation_sent": True,
        }
        book_visit(**{**common, **values})  # type: ignore[arg-type]
        self.lead.refresh_from_db()

    def attend(self) -> None:
        """The visit was attended."""
        self.at += VISIT_AFTER + STEP
        common = self.common()
        end_visit(
            result=VisitResult.ATTENDED,
            decided_by=self.decided_by,
            plan=Plan(ActionType.RECORD_OUTCOME, self.at + timedelta(days=2)),
            **common,  # type: ignore[arg-type]
        )
        self.lead.refresh_from_db()


def bring_to(
    stage: Stage, lead: Lead, by: User, *, at: datetime | None = None, via: Stage | None = None
) -> Steps:
    """Bring a new lead to `stage`; a close or no response leaves from `via` (Contacted)."""
    steps = Steps(lead, by, at=at)
    if stage in {S.NO_RESPONSE, S.NOT_QUALIFIED, S.CLOSED_OTHER, S.ENROLLED}:
        _end(steps, stage, via or (S.SCREENED if stage == S.ENROLLED else S.CONTACTED))
        return steps
    if stage == S.NEW_INQUIRY:
        return steps
    if stage in {S.AWAITING_PRESCREEN, S.CONTACTED}:
        steps.move(stage)
        return steps
    steps.prescreen(to=S.COORDINATOR_REVIEW)
    if stage == S.COORDINATOR_REVIEW:
        return steps
    if stage == S.RECORDS_NEEDED:
        steps.review(to=stage)
        return steps
    steps.review(to=S.READY_TO_SCHEDULE)
    if stage in {S.SCHEDULED, S.SCREENED}:
        steps.book()
    if stage == S.SCREENED:
        steps.attend()
    return steps


def _end(steps: Steps, stage: Stage, via: Stage) -> None:
    before = bring_to(via, steps.lead, steps.by, at=steps.at)
    steps.at, steps.decider = before.at, before.decider
    if stage == S.NOT_QUALIFIED and steps.lead.prescreen != PrescreenState.COMPLETE:
        steps.prescreen()
    reason = {
        S.NOT_QUALIFIED: CloseCode.CRIT_MEDICATION,
        S.CLOSED_OTHER: CloseCode.PT_NOT_INTERESTED,
    }
    decided = stage in {S.NOT_QUALIFIED, S.ENROLLED} or via == S.SCREENED
    steps.move(
        stage,
        reason=reason.get(stage, ""),
        decided_by=steps.decided_by if decided else None,
    )
