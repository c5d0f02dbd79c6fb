"""Correcting what was entered wrongly: by new entries, with a reason, never by editing (AU4)."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from recruitment.models import (
    Lead,
    LeadEvent,
    OutreachAttempt,
    Prescreen,
    ReadinessItem,
    RecordsItem,
    StudyStaff,
    Visit,
)
from recruitment.models.log import standing
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage, allowed_moves
from recruitment.rules.undoing import REASON_AFTER, VOIDABLE
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.next_actions import replace_action
from recruitment.services.voiding import read_action, void_events

MAX_REASON = 200  # characters


def void_entry(
    *, lead: Lead, event: LeadEvent, reason: str, by: User, at: datetime, seen: int
) -> None:
    """Void one wrong entry; figures and milestones follow as if it had never been made.

    The reason is needed once the entry is more than a day old (AU4). `at` is UTC. Raises
    InvalidInput for an entry that is not of this lead, was voided already or is corrected in
    another way; LeadChanged.
    """
    words = _reason(reason, event, at)
    with change(lead, by=by, at=at, seen=seen) as work:
        if event.kind not in VOIDABLE:
            raise InvalidInput(
                "This entry is not voided by itself; correct the stage, or record it anew.",
                field="event",
            )
        log = standing(LeadEvent.objects.filter(lead=work.lead).order_by("seq"))
        if event.pk not in {known.pk for known in log}:
            raise InvalidInput("This entry was voided already.", field="event")
        void_events(work, [event], code="entry_error", note=words)
        _follow(work, event, [known for known in log if known.pk != event.pk])


def correct_stage(
    *,
    lead: Lead,
    to: Stage,
    reason: str,
    by: User,
    at: datetime,
    seen: int,
    plan: Plan | None = None,
    close_reason: str = "",
    decided_by: StudyStaff | None = None,
) -> None:
    """Replace the last stage change, which was wrong, by the one that is true.

    The wrong change is voided; the lead then moves from where it stood to `to`, at the time the
    wrong change had, by the same rules as any move. `to` may be where it stood: then it never
    moved. `reason` is why, needed after a day; `close_reason` the close code when `to` is closed.
    Times are UTC. Raises InvalidInput, IllegalMove, LeadChanged.
    """
    wrong = last_stage_change(lead)
    if wrong is None:
        raise InvalidInput("The lead has not moved yet.", field="to")
    words = _reason(reason, wrong, at)
    with change(lead, by=by, at=at, seen=seen, occurred_at=wrong.occurred_at) as work:
        came = Stage(wrong.from_stage)
        if to == work.state.stage and not (to in CLOSED and close_reason):
            raise InvalidInput(f"The lead is in {to.label} already.", field="to")
        void_events(work, _with_visit(work, wrong), code="entry_error", note=words)
        if to == came:
            _stay(work, plan)
        else:
            _check_no_visit(wrong)
            move(
                work,
                to,
                plan=plan,
                reason=close_reason,
                decided_by=decided_by,
                code="corrected",
            )


def last_stage_change(lead: Lead) -> LeadEvent | None:
    """The stage change that put the lead where it is, if it ever moved."""
    log = standing(LeadEvent.objects.filter(lead=lead).order_by("seq"))
    moves = [event for event in log if event.kind == EventKind.STAGE_CHANGED]
    return moves[-1] if moves else None


def corrected_stages(wrong: LeadEvent) -> list[Stage]:
    """Where a lead may be corrected to, instead of the change that was wrong."""
    came = Stage(wrong.from_stage)
    others = [stage for stage in allowed_moves(came) if stage != wrong.to_stage]
    return [came, *(stage for stage in others if stage != Stage.SCHEDULED)]


def _reason(reason: str, event: LeadEvent, at: datetime) -> str:
    words = reason.strip()
    if not words and at - event.recorded_at > REASON_AFTER:
        raise InvalidInput("The entry is more than a day old: say why it is wrong.", field="reason")
    if len(words) > MAX_REASON:
        raise InvalidInput(f"At most {MAX_REASON} characters.", field="reason")
    return words


def _with_visit(work: Change, wrong: LeadEvent) -> list[LeadEvent]:
    """The wrong change and, where it followed from a visit's result, that result."""
    events = [wrong]
    ended = LeadEvent.objects.filter(
        lead=work.lead, action_id=wrong.action_id, kind=EventKind.VISIT_ENDED
    ).first()
    if ended is not None and wrong.from_stage == Stage.SCHEDULED:
        events.insert(0, ended)
        visit = Visit.objects.get(pk=ended.subject_id)
        work.alter(visit, result="", ended_at=None, no_show_reason="")
    if wrong.to_stage == Stage.SCHEDULED:
        raise InvalidInput(
            "A booking is not corrected here: record that the visit was canceled.", field="to"
        )
    return events


def _check_no_visit(wrong: LeadEvent) -> None:
    if wrong.from_stage == Stage.SCHEDULED:
        raise InvalidInput(
            f"Correct it to {Stage.SCHEDULED.label} first, then record what happened at the visit.",
            field="to",
        )


def _stay(work: Change, plan: Plan | None) -> None:
    """The lead stands where it stood; an open one needs a next action."""
    read_action(work)
    if work.state.stage not in CLOSED and (plan is not None or work.action_row is None):
        replace_action(work, plan, done=False)


def _follow(work: Change, event: LeadEvent, log: Sequence[LeadEvent]) -> None:
    """Make the row that the voided entry had written say what the log still says."""
    if event.kind in {EventKind.OUTREACH_LOGGED, EventKind.CONTACT_RECEIVED}:
        for attempt in OutreachAttempt.objects.filter(pk=event.subject_id):
            work.alter(attempt, undone_at=work.at)
    elif event.kind == EventKind.PRESCREEN_CHANGED:
        _state_from(work, _prescreen(work, event), _last(log, event, by_reason=True))
    elif event.kind == EventKind.RECORDS_CHANGED:
        item = RecordsItem.objects.filter(pk=event.subject_id).first()
        _state_from(work, item, _last(log, event, by_reason=True))
    elif event.kind == EventKind.READINESS_CHANGED:
        row = ReadinessItem.objects.filter(lead=work.lead, code=event.code).first()
        before = _last(log, event, by_reason=False)
        if row is not None:
            undone = {"undone_at": work.at} if before is None else {"state": before.reason_code}
            work.alter(row, **undone)


def _prescreen(work: Change, event: LeadEvent) -> Prescreen | None:
    found: Prescreen | None = Prescreen.objects.filter(
        lead=work.lead, version=event.reason_code
    ).first()
    return found


def _last(log: Sequence[LeadEvent], event: LeadEvent, *, by_reason: bool) -> LeadEvent | None:
    """The last entry left of the same kind about the same thing."""
    same = [
        known
        for known in log
        if known.kind == event.kind
        and (known.reason_code == event.reason_code if by_reason else known.code == event.code)
    ]
    return same[-1] if same else None


def _state_from(
    work: Change, row: Prescreen | RecordsItem | None, before: LeadEvent | None
) -> None:
    if row is None:
        return
    if before is None:
        work.alter(row, undone_at=work.at)
    else:
        work.alter(row, state=before.code, changed_at=before.occurred_at)
