"""Moving a lead from stage to stage: the only way its stage changes (LC5-LC10, N1, LC12)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Blocker, Lead, Review, StudyStaff, Visit, stage_words
from recruitment.rules.closing import RULES, CloseCode, Family, check_close
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stage_words import hidden_stages
from recruitment.rules.stages import CLOSED, Stage, check_move
from recruitment.rules.vocabulary import PrescreenState, ReviewDecision, VisitResult
from recruitment.services.log import Change, change
from recruitment.services.next_actions import end_action, replace_action
from recruitment.services.ownership import set_owner, works


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
) -> None:
    """Move the lead to `to` and set its next action, in one transaction.

    `reason` is a close code and needed for a close (CL2). `decided_by` is the study-team member
    whose decision is recorded: needed for screened, enrolled and whatever ends a screening
    (LC7), and for Not qualified (LC6). Times are UTC. Raises IllegalMove naming the allowed moves,
    InvalidInput naming the field, LeadChanged; then nothing is written.
    """
    with change(lead, by=by, at=at, seen=seen, occurred_at=occurred_at) as work:
        move(work, to, plan=plan, reason=reason, decided_by=decided_by, note=note)


def move(
    work: Change,
    to: Stage,
    *,
    plan: Plan | None,
    reason: str = "",
    decided_by: StudyStaff | None = None,
    note: str = "",
    code: str = "",
) -> None:
    """The same inside a change that is already open, beside other facts.

    `code` is kept with a move that corrects another one.
    """
    current = work.state.stage
    _check_follows(work, to)
    _check_times_and_visit(work, to)
    closing = to in CLOSED - {Stage.ENROLLED}
    if closing:
        check_close(reason, to)
    _check_decider(work, to, decided_by)
    if to == Stage.NOT_QUALIFIED:
        _check_basis(work)
    work.add(
        EventKind.STAGE_CHANGED,
        from_stage=current,
        to_stage=to,
        code="reopened" if current in CLOSED else code,
        reason_code=reason if closing else "",
        decided_by=decided_by,
        note=note,
    )
    if to in CLOSED:
        _close_work(work, reason)
    else:
        if current in CLOSED:
            _free_if_gone(work)
        replace_action(work, plan, done=True)


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


def _free_if_gone(work: Change) -> None:
    """A reopened lead whose owner has left meanwhile goes to the Unowned tray (O2)."""
    if work.state.owner_id is None:
        return
    if not works(User.objects.get(pk=work.state.owner_id), work.lead):
        set_owner(work, None, how="release")


def _check_times_and_visit(work: Change, to: Stage) -> None:
    """Stages follow one another in time, and Scheduled stands for a visit that is booked."""
    if work.occurred_at < work.state.stage_entered_at:
        raise InvalidInput(
            f"The lead came to {work.state.stage.label} only later than that.", field="occurred_at"
        )
    booked = work.state.visit_at is not None
    if to == Stage.SCHEDULED and not booked:
        raise InvalidInput("Book the visit; that moves the lead.", field="to")
    if work.state.stage == Stage.SCHEDULED and booked and to not in CLOSED:
        raise InvalidInput("Record what became of the visit; that moves the lead.", field="to")


def _check_decider(work: Change, to: Stage, decided_by: StudyStaff | None) -> None:
    outcome = work.state.stage == Stage.SCREENED and to in CLOSED
    needed = outcome or to in {Stage.SCREENED, Stage.ENROLLED, Stage.NOT_QUALIFIED}
    if needed and decided_by is None:
        raise InvalidInput(
            f"Name who on the study team decided; {to.label} is their decision.",
            field="decided_by",
        )
    if decided_by is not None:
        check_on_team(decided_by, work.lead)


def check_on_team(decided_by: StudyStaff, lead: Lead) -> None:
    """Refuse somebody who is not, or no longer, on the study's team at the site (LC7)."""
    if decided_by.study_site_id != lead.study_site_id or not decided_by.is_active:
        raise InvalidInput("That person is not on this study's team here.", field="decided_by")


def _check_basis(work: Change) -> None:
    """LC6: a criterion is decided on a completed prescreen or a study-team review, never before."""
    if work.state.prescreen == PrescreenState.COMPLETE:
        return
    decided = Review.objects.filter(lead=work.lead, decided_by__isnull=False)
    if decided.exists():
        return
    raise Refusal(
        f"{Stage.NOT_QUALIFIED.label} needs a completed prescreen or a study-team review first."
    )


def _close_work(work: Change, reason: str) -> None:
    """A closed lead holds no open work: action, blockers, review and visit end with it."""
    end_action(work, done=True)
    for blocker in Blocker.objects.filter(lead=work.lead, resolved_at__isnull=True):
        work.alter(blocker, resolved_at=max(work.at, blocker.opened_at), resolved_by=work.by)
        work.add(EventKind.BLOCKER_RESOLVED, code=blocker.category, subject_id=blocker.pk)
    for review in Review.objects.filter(lead=work.lead, decision=""):
        work.alter(review, decision=ReviewDecision.WITHDRAWN, decided_at=work.at)
    if work.state.visit_at is not None:
        cancel_visit(work, reason)


def cancel_visit(work: Change, reason: str) -> None:
    """End a visit that is booked, by whoever the close reason says could not come (G6, R5)."""
    by_site = reason in CloseCode.values and RULES[CloseCode(reason)].family in {
        Family.SCHEDULING,
        Family.ADMINISTRATIVE,
    }
    result = VisitResult.SITE_CANCELED if by_site else VisitResult.PATIENT_CANCELED
    for visit in Visit.objects.filter(lead=work.lead, result=""):
        work.alter(visit, result=result, ended_at=work.at)
        work.add(EventKind.VISIT_ENDED, code=result, subject_id=visit.pk)
