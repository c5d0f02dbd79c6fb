"""The close of a day: what was not done goes to the next one, each lead by the same rules (D19)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, NextAction
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import CLOSED
from recruitment.rules.texts import line_of
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import PushBack
from recruitment.services.log import Change, change
from recruitment.services.next_actions import MAX_REASON, push_back_of, replace_action
from recruitment.services.verbs import verb
from trialsnest.lib.words import local, moment

MOST_LEADS = 100
PROMISED = "The person was promised this time, so it is not put off here; settle it on the lead."
VISIT_BEFORE = "The visit would come before its confirmation; confirm or move it on the lead."
A = ActionType


@dataclass(frozen=True)
class Moved:
    """One lead as the page showed it, and what was proposed for it."""

    lead: Lead
    seen: int
    plan: Plan


@dataclass(frozen=True)
class Row:
    """What became of one lead, or would.

    `why` is empty, or the sentence that refused it; `code` says why it became later, and `times`
    how often its action has been put off, this time counted.
    """

    asked: Moved
    why: str = ""
    code: PushBack | None = None
    times: int = 0


@verb
def move_to_next_day(
    *, rows: Sequence[Moved], reason: str, by: User, at: datetime, only_look: bool = False
) -> list[Row]:
    """Give several leads the same action at another time, each with its own entry in its log.

    Each becomes later for its own reason: after a contact and off a closed day it is no push-back,
    otherwise it is put off, counted, and `reason` stands with it (D19). What was promised is never
    moved. They share one action, so that one undo takes all back. A lead that is refused is left as
    it is and named with why; the rest go through. `only_look` answers the same and writes nothing.
    `at` is UTC. Raises InvalidInput without leads, without a reason, and for more than 100. A
    second call refuses every lead: colleagues and the first call have changed them.
    """
    words = line_of(reason, most=MAX_REASON, field="reason", missing="Say why the rest is put off.")
    if not rows:
        raise InvalidInput("Choose at least one lead.", field="leads")
    if len(rows) > MOST_LEADS:
        raise InvalidInput(f"At most {MOST_LEADS} leads at a time.", field="leads")
    with transaction.atomic():
        action_id = uuid.uuid4()
        ordered = sorted(rows, key=lambda row: row.lead.pk)
        found = {row.lead.pk: _one(row, words, by, at, action_id) for row in ordered}
        transaction.set_rollback(only_look)
    return [found[row.lead.pk] for row in rows]


def _one(asked: Moved, reason: str, by: User, at: datetime, action_id: uuid.UUID) -> Row:
    try:
        with change(asked.lead, by=by, at=at, seen=asked.seen, action_id=action_id) as work:
            old = _movable(work, asked.plan)
            code = push_back_of(work, old)
            put_off = code == PushBack.POSTPONED
            times = old.push_backs + put_off
            replace_action(
                work,
                asked.plan,
                done=False,
                push_backs=times,
                reason_code=code,
                note=reason if put_off else "",
            )
    except Refusal as refusal:
        return Row(asked, str(refusal))
    return Row(asked, code=code, times=times)


def _movable(work: Change, plan: Plan) -> NextAction:
    """The open action, if it may go to the plan's time. Raises InvalidInput if not."""
    row = work.action_row
    if work.state.stage in CLOSED or row is None:
        raise InvalidInput("A closed lead has no next action.", field="leads")
    if row.is_promised:
        raise InvalidInput(PROMISED, field="leads")
    if plan.due_at <= row.due_at:
        zone = work.lead.study_site.site.time_zone
        due, then = (moment(local(at, zone)) for at in (row.due_at, plan.due_at))
        raise InvalidInput(
            f"Its next action is due only on {due}; {then} would bring it forward."
            if plan.due_at < row.due_at
            else f"Its next action is due on {due} already.",
            field="leads",
        )
    visit_at = work.state.visit_at
    if row.type == A.CONFIRM_VISIT and visit_at is not None and visit_at <= plan.due_at:
        raise InvalidInput(VISIT_BEFORE, field="leads")
    return row
