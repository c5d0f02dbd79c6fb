"""Setting, ending and re-dating the one open next action of a lead (N1-N6, D18, D19)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Lead, NextAction
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan, check_plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED
from recruitment.services.log import Change, change


def replace_action(work: Change, plan: Plan | None, *, done: bool, push_backs: int = 0) -> None:
    """End the open action, as done or as canceled, and set `plan` in its place.

    An open lead must get a plan; a closed one must get none. Three statements.
    """
    if work.state.stage in CLOSED:
        end_action(work, done=done)
        return
    check_plan(plan, at=work.at)
    assert plan is not None  # noqa: S101  (check_plan refused it)
    end_action(work, done=done)
    set_action(work, plan, push_backs=push_backs)


def set_action(work: Change, plan: Plan, *, push_backs: int = 0) -> None:
    """Write the open next action and its event; there must be none. Two statements."""
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


def end_action(work: Change, *, done: bool) -> None:
    """End the open action, if there is one."""
    row = work.action_row
    if row is None:
        return
    work.alter(row, ended_at=work.at, ended_how="done" if done else "canceled")
    kind = EventKind.ACTION_DONE if done else EventKind.ACTION_CANCELED
    work.add(kind, code=row.type, subject_id=row.pk)
    work.action_row = None


def set_next_action(
    *, lead: Lead, plan: Plan, by: User, at: datetime, seen: int, reason: str = ""
) -> None:
    """Set another next action, or another time for it (N3).

    A later time, or another thing in place of a promised call-back, needs a reason (N4, D18).

    `at` is UTC. Raises InvalidInput, LeadChanged. A second call with the same `seen` is refused.
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        if work.state.stage in CLOSED:
            raise InvalidInput("A closed lead has no next action.", field="action")
        old = work.action_row
        later = old is not None and plan.due_at > old.due_at
        promised = old is not None and old.is_promised
        if (later or promised) and not reason.strip():
            what = "is put off" if later else "replaces what was promised"
            raise InvalidInput(f"Say why it {what}.", field="reason")
        before = old.push_backs if old is not None else 0
        replace_action(work, plan, done=False, push_backs=before + later)
        if reason.strip():
            work.add(EventKind.NOTE_ADDED, code="put_off" if later else "", note=reason.strip())
