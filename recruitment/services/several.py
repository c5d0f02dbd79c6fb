"""What is done to several leads at once: given away, handed over, put off, closed (D19, D22)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import PushBack
from recruitment.services.closing import close_lead
from recruitment.services.day_end import VISIT_BEFORE
from recruitment.services.handoffs import offer_handoff
from recruitment.services.next_actions import set_next_action
from recruitment.services.one_by_one import Done, Seen, one_by_one
from recruitment.services.reassigning import give_lead
from recruitment.services.verbs import verb

ONE_BY_ONE = frozenset({CloseCode.NOT_NOW, CloseCode.DECEASED, CloseCode.CONTACT_DNC})
"""Reasons that say something about one person; they are given on the lead's own page."""
PROMISED = "The person asked for this time; change it on the lead's own page."


@verb
def assign_several(
    *,
    leads: Sequence[Seen],
    to: User | None,
    reason: str,
    by: User,
    at: datetime,
    only_look: bool = False,
    action_id: uuid.UUID | None = None,
) -> list[Done]:
    """Give each lead to `to`, or to Unowned, by the rules of `give_lead`. `at` is UTC.

    Raises InvalidInput as `one_by_one`. May run twice: see there.
    """

    def act(row: Seen, action_id: uuid.UUID) -> None:
        give_lead(
            lead=row.lead, to=to, reason=reason, by=by, at=at, seen=row.seen, action_id=action_id
        )

    hold = [to] if to is not None else []
    return one_by_one(leads, act, hold=hold, only_look=only_look, action_id=action_id)


@verb
def hand_over_several(
    *,
    leads: Sequence[Seen],
    to: User,
    context: str,
    by: User,
    at: datetime,
    only_look: bool = False,
    action_id: uuid.UUID | None = None,
) -> list[Done]:
    """Offer each lead to `to` with the same context, by the rules of `offer_handoff` (H2, H3).

    What the person wants goes along from the lead itself. `at` is UTC. Raises InvalidInput as
    `one_by_one`. May run twice: see there.
    """

    def act(row: Seen, action_id: uuid.UUID) -> None:
        offer_handoff(
            lead=row.lead,
            to=to,
            context=context,
            wanted=row.lead.stated_interest,
            by=by,
            at=at,
            seen=row.seen,
            action_id=action_id,
        )

    return one_by_one(leads, act, hold=[by, to], only_look=only_look, action_id=action_id)


@verb
def snooze_several(
    *,
    leads: Sequence[tuple[Seen, Plan]],
    push_back: PushBack,
    reason: str,
    by: User,
    at: datetime,
    only_look: bool = False,
    action_id: uuid.UUID | None = None,
) -> list[Done]:
    """Give the open next action of each lead the due time of its plan, by the rules of D19.

    A time that the person asked for is moved on the lead's own page, and is refused here (D18), as
    is the confirmation of a visit that would come after it.
    `at` is UTC. Raises InvalidInput as `one_by_one`. May run twice: see there.
    """
    plans = {row.lead.pk: plan for row, plan in leads}

    def act(row: Seen, action_id: uuid.UUID) -> None:
        plan, visit_at = plans[row.lead.pk], row.lead.visit_at
        if plan.is_promised:
            raise InvalidInput(PROMISED, field="leads")
        if plan.type == ActionType.CONFIRM_VISIT and visit_at and visit_at <= plan.due_at:
            raise InvalidInput(VISIT_BEFORE, field="leads")
        set_next_action(
            lead=row.lead,
            plan=plan,
            push_back=push_back,
            reason=reason,
            by=by,
            at=at,
            seen=row.seen,
            action_id=action_id,
        )

    rows = [row for row, _ in leads]
    return one_by_one(rows, act, only_look=only_look, action_id=action_id)


@verb
def close_several(
    *,
    leads: Sequence[Seen],
    code: CloseCode,
    by: User,
    at: datetime,
    note: str = "",
    only_look: bool = False,
    action_id: uuid.UUID | None = None,
) -> list[Done]:
    """Close each lead with the same reason, by the rules of `close_lead` (CD2, CL1). `at` is UTC.

    Raises InvalidInput for a reason that says something about one person, and as `one_by_one`.
    May run twice: see there.
    """
    if code in ONE_BY_ONE:
        raise InvalidInput("This reason is given on the lead's own page.", field="reason")

    def act(row: Seen, action_id: uuid.UUID) -> None:
        close_lead(
            lead=row.lead, code=code, by=by, at=at, seen=row.seen, note=note, action_id=action_id
        )

    return one_by_one(leads, act, only_look=only_look, action_id=action_id)
