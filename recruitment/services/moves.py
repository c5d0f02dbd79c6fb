"""Moving a lead from stage to stage: the only way its stage changes (LC5-LC10, N1, LC12)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Blocker, Lead, Review, StudyStaff, Visit, stage_label, stage_words
from recruitment.models.contact_files import Reach
from recruitment.rules.closing import RULES, CloseCode, Family
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stage_words import hidden_stages
from recruitment.rules.stages import CLOSED, Stage, check_move
from recruitment.rules.vocabulary import ReviewDecision, VisitResult
from recruitment.services.close_reasons import Close, check_reasons, write_reasons
from recruitment.services.deciders import check_basis, check_decider
from recruitment.services.deciders import check_on_team as check_on_team
from recruitment.services.ending_contact import end_contact
from recruitment.services.gates import check_ready
from recruitment.services.log import Change, change
from recruitment.services.next_actions import end_action, replace_action
from recruitment.services.open_escalations import withdraw_escalations
from recruitment.services.open_handoffs import withdraw_open
from recruitment.services.ownership import free_if_gone
from recruitment.services.records_lists import name_usual
from recruitment.services.reopening_rules import check_reopening
from recruitment.services.skipped import Skipped
from recruitment.services.verbs import verb


@verb
def move_lead(
    *,
    lead: Lead,
    to: Stage,
    by: User,
    at: datetime,
    seen: int,
    plan: Plan | None = None,
    reason: str = "",
    decided_by: StudyStaff | None = None,
    occurred_at: datetime | None = None,
    note: str = "",
    override: str = "",
    skipped: Skipped | None = None,
) -> None:
    """Move the lead to `to` and set its next action, in one transaction.

    `reason` is a close code and needed for a close (CL2). `decided_by` is the study-team member
    whose decision is recorded: needed for screened, enrolled and whatever ends a screening
    (LC7), and for Not qualified (LC6). Ready to schedule and Scheduled pass the gate (LC8), or a
    site lead's `override` with its reason (G3); `skipped` tells of milestones that the step leaves
    out (LC9). Times are UTC. Raises IllegalMove naming the allowed moves, InvalidInput naming the
    field, GateClosed, NotSiteLead, LeadChanged; then nothing is written.
    """
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        move(
            work,
            to,
            plan=plan,
            reason=reason,
            decided_by=decided_by,
            note=note,
            override=override,
            skipped=skipped,
        )


def move(
    work: Change,
    to: Stage,
    *,
    plan: Plan | None,
    reason: str = "",
    decided_by: StudyStaff | None = None,
    note: str = "",
    code: str = "",
    close: Close | None = None,
    renewed: str = "",
    override: str = "",
    skipped: Skipped | None = None,
    reach: Reach | None = None,
) -> None:
    """The same inside a change that is already open, beside other facts.

    `code` is kept with a move that corrects another one; `close` says more than the bare `reason`;
    `renewed` is how somebody came back who had asked not to be contacted (LC11). `reach` is how
    the person may be reached, where it was read already.
    """
    current = work.state.stage
    _check_follows(work, to)
    _check_times_and_visit(work, to)
    close = (close or _close_by(reason)) if to in CLOSED - {Stage.ENROLLED} else None
    reason = check_reasons(work, close, to) if close is not None else ""
    if close is None and current in CLOSED:
        check_reopening(work, renewed=renewed)
    _check_decision(work, to, reason, decided_by)
    check_ready(work, to, override, skipped)
    event = work.add(
        EventKind.STAGE_CHANGED,
        from_stage=current,
        to_stage=to,
        code="reopened" if current in CLOSED else code,
        reason_code=reason,
        due_at=close.until if close is not None else None,
        decided_by=decided_by,
        note=note,
    )
    if close is not None:
        write_reasons(work, event, close)
        end_contact(work, reason)
    if work.state.stage in CLOSED:
        _close_work(work, reason)
    else:
        _open_work(work, plan, reach, reopened=current in CLOSED)


def _open_work(work: Change, plan: Plan | None, reach: Reach | None, *, reopened: bool) -> None:
    """What an open lead has: an owner who is there, the records it needs, a next action."""
    if reopened:
        free_if_gone(work)
    if work.state.stage == Stage.RECORDS_NEEDED:
        name_usual(work)
    replace_action(work, plan, done=True, reach=reach)


def _check_decision(work: Change, to: Stage, reason: str, decided_by: StudyStaff | None) -> None:
    """Who decided, and on what (LC6, LC7); nobody decides that somebody died."""
    if reason != CloseCode.DECEASED:
        check_decider(work, to, decided_by)
    if to == Stage.NOT_QUALIFIED:
        check_basis(work, decided_by)


def _close_by(reason: str) -> Close:
    """A close that names its reason and nothing else."""
    if reason == CloseCode.DECEASED:
        raise InvalidInput(
            "Close the lead by itself for this reason: it ends all contact and every open lead of"
            " the person.",
            field="reason",
        )
    return Close(reason)


def _check_follows(work: Change, to: Stage) -> None:
    """LC5, in the study's words, and not into a stage that the study does without (LB4)."""
    words = stage_words(work.lead.study_site.study)
    check_move(
        work.state.stage,
        to,
        came_from=work.state.came_from,
        hidden=hidden_stages(words),
        label=lambda stage: words[stage].label,
    )


def _check_times_and_visit(work: Change, to: Stage) -> None:
    """Stages follow one another in time, and Scheduled stands for a visit that is booked."""
    if work.occurred_at < work.state.stage_entered_at:
        here = stage_label(work.lead.study_site.study, work.state.stage)
        raise InvalidInput(f"The lead came to {here} only later than that.", field="occurred_at")
    booked = work.state.visit_at is not None
    if to == Stage.SCHEDULED and not booked:
        raise InvalidInput("Book the visit; that moves the lead.", field="to")
    if work.state.stage == Stage.SCHEDULED and booked and to not in CLOSED:
        raise InvalidInput("Record what became of the visit; that moves the lead.", field="to")


def _close_work(work: Change, reason: str) -> None:
    """A closed lead holds no open work: all that is open on it ends with it."""
    end_action(work, done=True)
    withdraw_open(work)
    withdraw_escalations(work)
    for blocker in Blocker.objects.filter(lead=work.lead, resolved_at__isnull=True):
        work.alter(blocker, resolved_at=max(work.at, blocker.opened_at), resolved_by=work.by)
        work.add(EventKind.BLOCKER_RESOLVED, code=blocker.category, subject_id=blocker.pk)
    for review in Review.objects.filter(lead=work.lead, decision=""):
        work.alter(review, decision=ReviewDecision.WITHDRAWN, decided_at=work.at)
    if work.state.visit_at is not None:
        cancel_visit(work, reason)


def cancel_visit(work: Change, reason: str) -> None:
    """End a visit that is booked, by whoever the close reason says could not come (G6, R5)."""
    by_patient = {CloseCode.SCHED_NOSHOW, CloseCode.DECEASED}
    by_site = reason in CloseCode.values and reason not in by_patient
    by_site = by_site and RULES[CloseCode(reason)].family in {
        Family.SCHEDULING,
        Family.ADMINISTRATIVE,
    }
    result = VisitResult.SITE_CANCELED if by_site else VisitResult.PATIENT_CANCELED
    for visit in Visit.objects.filter(lead=work.lead, result=""):
        work.alter(visit, result=result, ended_at=work.at)
        work.add(EventKind.VISIT_ENDED, code=result, subject_id=visit.pk)
