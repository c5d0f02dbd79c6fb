"""Several leads at once: each by its own rules and in its own transaction, a look before (D33).

A lead that is refused is left as it is and named with why; the rest go through.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, LeadEvent
from recruitment.rules.refusals import InvalidInput, LeadChanged, Refusal
from recruitment.services.ownership import hold_users

MOST_LEADS = 200


@dataclass(frozen=True)
class Seen:
    """A lead, and the version of it that the page showed."""

    lead: Lead
    seen: int


@dataclass(frozen=True)
class Done:
    """What became of one lead, or would: `why` is empty, or the sentence that refused it.

    `is_changed` tells that a colleague was first.
    """

    lead: Lead
    why: str = ""
    is_changed: bool = False


Act = Callable[[Seen, uuid.UUID], None]


def one_by_one(
    leads: Sequence[Seen],
    act: Act,
    *,
    hold: Iterable[User] = (),
    only_look: bool = False,
    action_id: uuid.UUID | None = None,
) -> list[Done]:
    """Do `act` to each lead by itself; all of them are one action, so that one undo takes it back.

    With an `action_id` a second send finds what was done already and changes nothing. `only_look`
    answers the same and writes nothing. `hold` are people who must stay active meanwhile; they are
    locked before each lead. Raises InvalidInput without leads, and for more than 200.
    """
    if not leads:
        raise InvalidInput("Choose at least one lead.", field="leads")
    if len(leads) > MOST_LEADS:
        raise InvalidInput(f"At most {MOST_LEADS} leads at a time.", field="leads")
    key, people = action_id or uuid.uuid4(), list(hold)
    return [_one(row, act, people, key, only_look=only_look) for row in leads]


def _one(
    row: Seen, act: Act, hold: Sequence[User], action_id: uuid.UUID, *, only_look: bool
) -> Done:
    try:
        with transaction.atomic():
            hold_users(hold)
            act(row, action_id)
            transaction.set_rollback(only_look)
    except LeadChanged as refusal:
        own = LeadEvent.objects.filter(lead=row.lead, action_id=action_id)
        if own.filter(voided_by__isnull=True).exists():  # what was undone since is not done
            return Done(row.lead)
        return Done(row.lead, str(refusal), is_changed=True)
    except Refusal as refusal:
        return Done(row.lead, str(refusal))
    return Done(row.lead)
