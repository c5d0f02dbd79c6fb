"""Setting, completing and re-dating the one open next action of a lead (N1-N6, D18, D19)."""

from datetime import date, datetime
from uuid import UUID

from accounts.models import User
from recruitment.models import Lead, LeadEvent, NextAction
from recruitment.models.contact_files import Reach
from recruitment.rules.events import WITH_RESULT, EventKind
from recruitment.rules.next_actions import Plan, check_plan, completed_by
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED
from recruitment.rules.vocabulary import ActionType, BlockerCategory
from recruitment.rules.work_codes import PushBack
from recruitment.services.calendars import calendar_of
from recruitment.services.contact_times import check_contact_plan
from recruitment.services.log import Change, change
from recruitment.services.verbs import verb
from trialsnest.lib.words import day_short
from trialsnest.lib.zones import local_time

MAX_REASON = 200  # characters of why something is put off, and of what came of it
CONTACTS = (EventKind.OUTREACH_LOGGED, EventKind.CONTACT_RECEIVED)
TRIED = (*CONTACTS, EventKind.RECORDS_CHASED)


def replace_action(
    work: Change,
    plan: Plan | None,
    *,
    done: bool,
    push_backs: int = 0,
    reason_code: str = "",
    note: str = "",
    reach: Reach | None = None,
) -> None:
    """End the open action, as done or as canceled, and set `plan` in its place.

    An open lead must get a plan; a closed one must get none. A promised call-back cannot be done
    by anything but a contact: where none was logged in this change it stays, and the plan gives
    way to it (D18). With `done=False` it is released. Whatever verb plans a call or a text, it
    keeps to the hours for contact (OA9, CK8); `reach` saves reading them. Three statements, and at
    most two for the hours of a call.
    """
    if work.state.stage in CLOSED:
        end_action(work, done=done)
        return
    check_plan(plan, at=work.at)
    assert plan is not None  # noqa: S101  (check_plan refused it)
    check_contact_plan(work, plan, reach)
    if done and _keeps_promise(work, plan):
        return
    end_action(work, done=done, reason_code=reason_code, note=note)
    set_action(work, plan, push_backs=push_backs)


def _keeps_promise(work: Change, plan: Plan) -> bool:
    row = work.action_row
    promised = row is not None and row.is_promised
    return promised and not plan.is_promised and not work.has_logged(*CONTACTS)


def set_action(work: Change, plan: Plan, *, push_backs: int = 0) -> None:
    """Write the open next action and its event; there must be none. Two statements.

    For what the software plans by itself: nothing is checked.
    """
    row = work.make(
        NextAction,
        type=plan.type,
        owner_id=work.state.owner_id,
        due_at=plan.due_at,
        is_promised=plan.is_promised,
        detail=plan.detail,
        set_at=work.at,
        set_by=work.by,
        push_backs=push_backs,
    )
    work.action_row = row
    work.add(
        EventKind.ACTION_SET,
        code=plan.type,
        reason_code="promised" if plan.is_promised else "",
        subject_id=row.pk,
        due_at=plan.due_at,
    )


def end_action(work: Change, *, done: bool, reason_code: str = "", note: str = "") -> None:
    """End the open action, if there is one.

    `reason_code` is why it became later (PushBack), or WITH_RESULT where `note` says what came.
    """
    row = work.action_row
    if row is None:
        return
    work.alter(row, ended_at=work.at, ended_how="done" if done else "canceled")
    kind = EventKind.ACTION_DONE if done else EventKind.ACTION_CANCELED
    work.add(kind, code=row.type, reason_code=reason_code, subject_id=row.pk, note=note)
    work.action_row = None


@verb
def set_next_action(
    *,
    lead: Lead,
    plan: Plan,
    by: User,
    at: datetime,
    seen: int,
    push_back: PushBack | None = None,
    reason: str = "",
    action_id: UUID | None = None,
) -> None:
    """Set another next action, or another time for it (N3).

    Earlier is free. Later needs a `push_back`: after a contact that was logged, at the person's
    request or off a closed day it is no push-back; otherwise, also without a code, it is put off,
    counted, and needs words (D19). Another thing in place of a promised call-back needs words too
    (N4, D18). A third push-back is counted and not refused. A call keeps to the hours for contact
    on the person's clock (OA9).

    `at` is UTC. Raises InvalidInput, LeadChanged. A second call with the same `seen` is refused.
    """
    words = _words(reason, field="reason")
    with change(lead, by=by, at=at, seen=seen, action_id=action_id) as work:
        old = _open_action(work)
        code = _push_back(work, old, plan, push_back)
        put_off = code == PushBack.POSTPONED
        if put_off and not words:
            raise InvalidInput("Say why it is put off.", field="reason")
        if old.is_promised and not plan.is_promised and not words:
            raise InvalidInput("Say why it replaces what was promised.", field="reason")
        replace_action(
            work,
            plan,
            done=False,
            push_backs=old.push_backs + put_off,
            reason_code=code or "",
            note=words,
        )


@verb
def complete_action(
    *, lead: Lead, result: str, plan: Plan, by: User, at: datetime, seen: int
) -> None:
    """Complete the open next action with what came of it, and set the next, in one step (N5).

    A call, a message, a visit's confirmation and its result are facts of their own: they are
    completed by recording these, and refused here; so is a promised call-back (D18). A call or
    message is completed here only while nobody may contact the person: it goes to somebody else.
    `at` is UTC. Raises InvalidInput, LeadChanged.
    """
    words = _words(result, field="result")
    if not words:
        raise InvalidInput("Say what came of it.", field="result")
    with change(lead, by=by, at=at, seen=seen) as work:
        _check_completable(work, _open_action(work))
        replace_action(work, plan, done=True, reason_code=WITH_RESULT, note=words)


def _open_action(work: Change) -> NextAction:
    if work.state.stage in CLOSED or work.action_row is None:
        raise InvalidInput("A closed lead has no next action.", field="action")
    return work.action_row


def _words(text: str, *, field: str) -> str:
    words = text.strip()
    if len(words) > MAX_REASON:
        raise InvalidInput(f"At most {MAX_REASON} characters.", field=field)
    return words


def _push_back(work: Change, old: NextAction, plan: Plan, code: PushBack | None) -> PushBack | None:
    """Why the due time becomes later, once it is sure to be so; None for a time not later."""
    if plan.due_at <= old.due_at:
        return None
    if code is None:
        return PushBack.ASKED if plan.is_promised else PushBack.POSTPONED
    if code == PushBack.AFTER_ATTEMPT and not _was_tried(work, old):
        raise InvalidInput("No contact was logged since it was set.", field="push_back")
    due_on = _due_on(work, old)
    if code == PushBack.CLOSED_DAY and calendar_of(work.lead.study_site.site).works_on(due_on):
        raise InvalidInput(f"The site is open on {day_short(due_on)}.", field="push_back")
    return code


def push_back_of(work: Change, old: NextAction) -> PushBack:
    """Why what is due becomes later, as far as log and calendar tell; else it is put off (D19)."""
    if _was_tried(work, old):
        return PushBack.AFTER_ATTEMPT
    closed = not calendar_of(work.lead.study_site.site).works_on(_due_on(work, old))
    return PushBack.CLOSED_DAY if closed else PushBack.POSTPONED


def _due_on(work: Change, old: NextAction) -> date:
    """The day it is due on the site's clock."""
    return local_time(old.due_at, work.lead.study_site.site.time_zone).date()


def _was_tried(work: Change, old: NextAction) -> bool:
    """Whether a contact came since the action was set, or set it and it is not due yet."""
    tried = LeadEvent.objects.filter(lead=work.lead, kind__in=TRIED, voided_by__isnull=True)
    if old.due_at > work.at:
        return tried.filter(recorded_at__gte=old.set_at).exists()
    return tried.filter(recorded_at__gt=old.set_at).exists()


def _check_completable(work: Change, row: NextAction) -> None:
    kept_from = {BlockerCategory.CONTACT_PERMISSION}
    told = completed_by(
        ActionType(row.type),
        is_promised=row.is_promised,
        may_contact=not any(blocker.category in kept_from for blocker in work.state.blockers),
    )
    if told:
        raise InvalidInput(f"{told}; that completes this action.", field="action")
