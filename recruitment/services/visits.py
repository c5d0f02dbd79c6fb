"""Offering dates, booking the screening visit and recording what became of it (G1, G6)."""

from datetime import datetime, timedelta

from accounts.models import User
from recruitment.models import Lead, StudyStaff, Visit
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan, proposal
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, NoShowReason, VisitResult
from recruitment.services.calendars import calendar_of
from recruitment.services.log import change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action

MAX_VISIT_AHEAD = timedelta(days=2 * 366)


def offer_dates(*, lead: Lead, plan: Plan, by: User, at: datetime, seen: int) -> None:
    """Record that dates were offered; `plan` says when to ask again. `at` is UTC."""
    with change(lead, by=by, at=at, seen=seen) as work:
        if work.state.stage != Stage.READY_TO_SCHEDULE:
            raise InvalidInput(
                f"Dates are offered from {Stage.READY_TO_SCHEDULE.label}.", field="stage"
            )
        work.add(EventKind.VISIT_OFFERED)
        replace_action(work, plan, done=True)


def book_visit(
    *, lead: Lead, starts_at: datetime, by: User, at: datetime, seen: int, plan: Plan | None = None
) -> Visit:
    """Book the screening visit and move the lead to Scheduled in the same step.

    Without a `plan` the next action is to confirm, two days ahead of the visit (5.1
    `visit_confirm`). Times are UTC. Raises InvalidInput for a visit that is not ahead, or more
    than two years ahead; IllegalMove, LeadChanged.
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        if starts_at <= work.occurred_at:
            raise InvalidInput("The visit must lie ahead.", field="starts_at")
        if starts_at > work.at + MAX_VISIT_AHEAD:
            raise InvalidInput("The visit is more than two years ahead.", field="starts_at")
        if work.state.visit_at is not None:
            raise InvalidInput("A visit is booked already.", field="starts_at")
        visit = work.make(Visit, starts_at=starts_at, booked_at=work.occurred_at, booked_by=by)
        work.add(EventKind.VISIT_BOOKED, subject_id=visit.pk, due_at=starts_at)
        if plan is None:
            calendar = calendar_of(work.lead.study_site.site)
            plan = proposal(Stage.SCHEDULED, at=work.at, calendar=calendar, visit_at=starts_at)
        move(work, Stage.SCHEDULED, plan=plan)
        return visit


def confirm_visit(*, lead: Lead, by: User, at: datetime, seen: int) -> None:
    """Record that the person confirmed; next is to record what happened. `at` is UTC."""
    with change(lead, by=by, at=at, seen=seen) as work:
        visit = Visit.objects.filter(lead=work.lead, result="").first()
        if visit is None:
            raise InvalidInput("No visit is booked.", field="visit")
        work.alter(visit, confirmed_at=work.occurred_at)
        work.add(EventKind.VISIT_CONFIRMED, subject_id=visit.pk)
        plan = Plan(ActionType.RECORD_VISIT, max(visit.starts_at, work.at))
        replace_action(work, plan, done=True)


def end_visit(
    *,
    lead: Lead,
    result: VisitResult,
    by: User,
    at: datetime,
    seen: int,
    plan: Plan,
    no_show_reason: NoShowReason | None = None,
    decided_by: StudyStaff | None = None,
    occurred_at: datetime | None = None,
) -> None:
    """Record the visit's result: attended goes to Screened, anything else back to scheduling.

    A no-show needs its reason (G6); Screened needs the study-team member (LC7). Times are UTC.
    """
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        visit = Visit.objects.filter(lead=work.lead, result="").first()
        if visit is None:
            raise InvalidInput("No visit is booked.", field="visit")
        happened = {VisitResult.ATTENDED, VisitResult.NO_SHOW}
        if result in happened and work.occurred_at < visit.starts_at:
            raise InvalidInput("The visit has not begun yet.", field="result")
        missed = result == VisitResult.NO_SHOW
        if missed and no_show_reason is None:
            raise InvalidInput("Say why the visit was missed.", field="no_show_reason")
        reason = no_show_reason if missed and no_show_reason else ""
        work.alter(visit, result=result, ended_at=work.occurred_at, no_show_reason=reason)
        work.add(EventKind.VISIT_ENDED, code=result, reason_code=reason, subject_id=visit.pk)
        to = Stage.SCREENED if result == VisitResult.ATTENDED else Stage.READY_TO_SCHEDULE
        move(work, to, plan=plan, decided_by=decided_by)
