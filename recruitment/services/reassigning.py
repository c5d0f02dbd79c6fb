"""A site lead gives leads to somebody else, one or many, with one reason (O7, D22)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Lead
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import CLOSED
from recruitment.services.log import change
from recruitment.services.ownership import check_takes, hold_user, set_owner
from recruitment.services.verbs import verb

MAX_REASON = 200  # characters
MOST_LEADS = 500


@dataclass(frozen=True)
class Reassigned:
    """What a bulk reassignment did: under which action, what moved, and what was left and why."""

    action_id: uuid.UUID
    moved: Sequence[Lead]
    left: Sequence[tuple[Lead, str]]


@verb
def give_lead(
    *,
    lead: Lead,
    to: User | None,
    reason: str,
    by: User,
    at: datetime,
    seen: int | None,
    action_id: uuid.UUID | None = None,
) -> None:
    """Give an open lead to `to`, or to Unowned (None). Needs no acceptance (D22). `at` is UTC.

    Raises InvalidInput for a missing or long reason, a closed lead, the owner it has already, and
    somebody who may not take it (O4, O5); LeadChanged. Then nothing is written.
    """
    words = checked_reason(reason)
    with transaction.atomic():
        if to is not None:
            hold_user(to)
        with change(lead, by=by, at=at, seen=seen, action_id=action_id) as work:
            if work.state.stage in CLOSED:
                raise InvalidInput("A closed lead needs no owner.", field="owner")
            if work.state.owner_id == (to.pk if to else None):
                who = f"{to.name} owns" if to else "Nobody owns"
                raise InvalidInput(f"{who} this lead already.", field="owner")
            if to is not None:
                check_takes(to, work.lead, at=at)
            set_owner(work, to, how="assign" if to else "release", reason=words)


@verb
@transaction.atomic
def reassign_leads(
    *, leads: Sequence[Lead], to: User | None, reason: str, by: User, at: datetime
) -> Reassigned:
    """Give many leads away with one reason: one event each, all under one action (O7).

    A lead that cannot be given is left as it is and named with why; the rest go through. Locks:
    the person, then the leads by their key. Raises InvalidInput without a reason, without leads,
    or with more than 500. A second call leaves all of them: she owns them already.
    """
    checked_reason(reason)
    if not leads:
        raise InvalidInput("Choose at least one lead.", field="leads")
    if len(leads) > MOST_LEADS:
        raise InvalidInput(f"At most {MOST_LEADS} leads at a time.", field="leads")
    action_id = uuid.uuid4()
    moved: list[Lead] = []
    left: list[tuple[Lead, str]] = []
    if to is not None:
        hold_user(to)
    for lead in sorted(leads, key=lambda lead: lead.pk):
        try:
            give_lead(lead=lead, to=to, reason=reason, by=by, at=at, seen=None, action_id=action_id)
        except Refusal as refusal:
            left.append((lead, str(refusal)))
        else:
            moved.append(lead)
    return Reassigned(action_id, moved, left)


def checked_reason(reason: str) -> str:
    """The reason without blanks around it. Raises InvalidInput for none, or a long one."""
    words = reason.strip()
    if not words:
        raise InvalidInput("Say why, in a few words.", field="reason")
    if len(words) > MAX_REASON:
        raise InvalidInput(f"At most {MAX_REASON} characters.", field="reason")
    return words
