"""Offering dates, booking the screening visit and recording what became of it (7.4, G2, G5-G7).

Times are UTC. Every verb raises InvalidInput naming the field, Refusal and LeadChanged, and then
nothing is written; a second call with the same `seen` is refused.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import User
from recruitment.models import Lead, StudyStaff, Visit, stage_label
from recruitment.rules.clocks import due_from
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.readiness import Missing
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.terms import Terms
from recruitment.rules.texts import line_of
from recruitment.rules.visits import confirm_by, follow_up_by
from recruitment.rules.vocabulary import ActionType, NoShowReason, VisitResult
from recruitment.rules.work_codes import (
    Gate,
    MovementResult,
    ReadinessItemCode,
    ReadinessState,
    VisitType,
)
from recruitment.services.ctms import move_handoff, open_handoff
from recruitment.services.halted import check_not_halted
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action
from recruitment.services.overrides import write_override
from recruitment.services.readiness import set_item
from recruitment.services.skipped import Skipped
from recruitment.services.slots import check_slot, end_holds, hold_slots
from recruitment.services.spoken import Spoke, log_spoken
from recruitment.services.verbs import verb

MAX_VISIT_AHEAD = timedelta(days=2 * 366)
MAX_PLACE = 120  # characters


@verb
def offer_dates(
    *,
    lead: Lead,
    plan: Plan,
    by: User,
    at: datetime,
    seen: int | None,
    holds: Sequence[datetime] = (),
    hold_until: datetime | None = None,
) -> None:
    """Record that dates were offered; `plan` says when to ask again.

    Up to three of them may be kept for the person until a date, by default until `plan` is due.
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        if work.state.stage != Stage.READY_TO_SCHEDULE:
            ready = stage_label(work.lead.study_site.study, Stage.READY_TO_SCHEDULE)
            raise InvalidInput(f"Dates are offered from {ready}.", field="stage")
        check_not_halted(work, what="No dates are offered", field="stage")
        hold_slots(work, holds, until=hold_until or plan.due_at)
        work.add(EventKind.VISIT_OFFERED)
        replace_action(work, plan, done=True)


@verb
def book_visit(
    *,
    lead: Lead,
    starts_at: datetime,
    by: User,
    at: datetime,
    seen: int | None,
    plan: Plan | None = None,
    type: VisitType = VisitType.SCREENING,  # the field's word for the kind of visit
    place: str = "",
    preparation_sent: bool = False,
    interpreter_arranged: bool = False,
    override: str = "",
    skipped: Skipped | None = None,
    spoke: Spoke | None = None,
) -> Visit:
    """Book the visit and move the lead to Scheduled in the same step.

    Without a `plan` the next action is to confirm by two business days before the visit; booked
    less than three ahead, it is to record what happened (D28). `override` is a site lead's reason
    for going through the gate of G2 all the same, a full week included (G3); `skipped` tells of
    milestones that booking straight from Contacted leaves out (LC9), `spoke` of the contact in
    which it was agreed (OA4).
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        if work.state.visit_at is not None:
            raise InvalidInput("A visit is booked already.", field="starts_at")
        check_not_halted(work, what="No visit is booked", field="starts_at")
        _check_ahead(work, starts_at)
        check_slot(work, starts_at, override=override, field="starts_at")
        if spoke is not None:
            log_spoken(work, spoke, MovementResult.SCHEDULED)
        if preparation_sent:
            set_item(work, ReadinessItemCode.PREPARATION, ReadinessState.CLEAR)
        if interpreter_arranged:
            set_item(work, ReadinessItemCode.INTERPRETER, ReadinessState.CLEAR)
        visit = _book(work, starts_at, type=type, place=place)
        plan = plan or _plan_for(visit, at=work.at)
        move(work, Stage.SCHEDULED, plan=plan, override=override, skipped=skipped)
        if work.lead.study_site.study.ctms_handoff_on == "booked":
            open_handoff(work, visit)
        return visit


@verb
def reschedule_visit(
    *,
    lead: Lead,
    starts_at: datetime,
    by: User,
    at: datetime,
    seen: int | None,
    plan: Plan | None = None,
    place: str = "",
    override: str = "",
) -> Visit:
    """End the booked visit as rescheduled and book its new time in the same step (G6).

    The lead stays Scheduled. `place` is that of the old visit unless another is given.
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        old = _booked(work)
        _check_ahead(work, starts_at)
        if starts_at == old.starts_at:
            raise InvalidInput("That is the time it has already.", field="starts_at")
        full = check_slot(work, starts_at, override=override, field="starts_at")
        work.alter(old, result=VisitResult.RESCHEDULED, ended_at=work.occurred_at)
        work.add(EventKind.VISIT_ENDED, code=VisitResult.RESCHEDULED, subject_id=old.pk)
        if full:
            write_override(work, Gate.SCHEDULED, override, missing=full, codes=[Missing.SLOT])
        visit = _book(work, starts_at, type=VisitType(old.type), place=place or old.place)
        move_handoff(work, old, visit)
        replace_action(work, plan or _plan_for(visit, at=work.at), done=True)
        return visit


@verb
def confirm_visit(*, lead: Lead, by: User, at: datetime, seen: int | None) -> None:
    """Record that the person confirmed; next is to record what happened."""
    with change(lead, by=by, at=at, seen=seen) as work:
        visit = _booked(work)
        work.alter(visit, confirmed_at=work.occurred_at)
        work.add(EventKind.VISIT_CONFIRMED, subject_id=visit.pk)
        replace_action(work, _record_it(visit, at=work.at), done=True)


@verb
def end_visit(
    *,
    lead: Lead,
    result: VisitResult,
    by: User,
    at: datetime,
    seen: int | None,
    plan: Plan | None = None,
    no_show_reason: NoShowReason | None = None,
    decided_by: StudyStaff | None = None,
    occurred_at: datetime | None = None,
) -> None:
    """Record the visit's result: attended goes to Screened, anything else back to scheduling.

    A no-show needs its reason and nothing else has one (G6); Screened needs the study-team member
    (LC7). Without a `plan` a no-show is followed up, an outcome asked for and dates offered again
    within their targets. An attended visit opens the hand-off to study operations where the study
    says so (CT2).
    """
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        visit = _booked(work)
        _check_result(work, visit, result, no_show_reason)
        reason = no_show_reason or ""
        work.alter(visit, result=result, ended_at=work.occurred_at, no_show_reason=reason)
        work.add(EventKind.VISIT_ENDED, code=result, reason_code=reason, subject_id=visit.pk)
        attended = result == VisitResult.ATTENDED
        to = Stage.SCREENED if attended else Stage.READY_TO_SCHEDULE
        move(
            work,
            to,
            plan=plan or after(visit, result, at=work.at, terms=work.terms),
            decided_by=decided_by,
        )
        if attended:
            open_handoff(work, visit)


def after(visit: Visit, result: VisitResult, *, at: datetime, terms: Terms) -> Plan:
    """The next action that usually follows a result (5.1 `missed_visit`, `outcome`)."""
    if result == VisitResult.NO_SHOW:
        booked_at = visit.booked_at
        due = follow_up_by(visit.starts_at, booked_at=booked_at, at=at, terms=terms)
        return Plan(ActionType.MISSED_VISIT, due)
    if result == VisitResult.ATTENDED:
        return Plan(ActionType.RECORD_OUTCOME, due_from(terms, TargetKey.OUTCOME, at=at))
    return Plan(ActionType.OFFER_DATES, due_from(terms, TargetKey.SCHEDULE_OFFER, at=at))


def _book(work: Change, starts_at: datetime, *, type: VisitType, place: str) -> Visit:
    """The visit's row and event; whatever was kept for the person is given back."""
    end_holds(work)
    booked_at = work.occurred_at
    visit = work.make(
        Visit,
        starts_at=starts_at,
        booked_at=booked_at,
        booked_by=work.by,
        type=type,
        place=line_of(place, most=MAX_PLACE, field="place"),
        confirm_by=confirm_by(starts_at, booked_at=booked_at, told_at=work.at, terms=work.terms),
    )
    work.add(EventKind.VISIT_BOOKED, subject_id=visit.pk, due_at=starts_at)
    return visit


def _booked(work: Change) -> Visit:
    visit: Visit | None = Visit.objects.filter(lead=work.lead, result="").first()
    if visit is None:
        raise InvalidInput("No visit is booked.", field="visit")
    visit.lead = work.lead
    return visit


def _plan_for(visit: Visit, *, at: datetime) -> Plan:
    if visit.confirm_by is None:
        return _record_it(visit, at=at)
    return Plan(ActionType.CONFIRM_VISIT, max(at, visit.confirm_by))


def _record_it(visit: Visit, *, at: datetime) -> Plan:
    return Plan(ActionType.RECORD_VISIT, max(visit.starts_at, at))


def _check_ahead(work: Change, starts_at: datetime) -> None:
    if starts_at.tzinfo is None:
        raise InvalidInput("The visit's time has no time zone.", field="starts_at")
    if starts_at <= work.occurred_at:
        raise InvalidInput("The visit must lie ahead.", field="starts_at")
    if starts_at > work.at + MAX_VISIT_AHEAD:
        raise InvalidInput("The visit is more than two years ahead.", field="starts_at")


def _check_result(
    work: Change, visit: Visit, result: VisitResult, no_show_reason: NoShowReason | None
) -> None:
    if result == VisitResult.RESCHEDULED:
        raise InvalidInput("Choose the visit's new time; that books it too.", field="result")
    happened = {VisitResult.ATTENDED, VisitResult.NO_SHOW}
    if result in happened and work.occurred_at < visit.starts_at:
        raise InvalidInput("The visit has not begun yet.", field="result")
    missed = result == VisitResult.NO_SHOW
    if missed and no_show_reason is None:
        raise InvalidInput("Say why the visit was missed.", field="no_show_reason")
    if not missed and no_show_reason is not None:
        raise InvalidInput("That reason belongs to a no-show only.", field="no_show_reason")
