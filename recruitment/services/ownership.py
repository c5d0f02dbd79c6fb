"""Who owns a lead (O2, O3, D22). Exactly one named user, or nobody and then the Unowned tray.

Locks are taken in one order everywhere: people, then leads by their key.
"""

from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from recruitment.models import Lead, study_sites_for
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput, LeadChanged
from recruitment.rules.stages import CLOSED
from recruitment.services.log import Change, change


def claim_lead(*, lead: Lead, by: User, at: datetime) -> None:
    """Take an unowned lead; exactly one of several who try succeeds. `at` is UTC.

    Raises LeadChanged naming the owner if somebody has it, also when that is the caller.
    """
    with transaction.atomic():
        hold_user(by)
        with change(lead, by=by, at=at, seen=None) as work:
            if work.state.owner_id is not None:
                owner = User.objects.get(pk=work.state.owner_id)
                who = "You have" if owner == by else f"{owner.name} has"
                raise LeadChanged(f"{who} this lead already.")
            if work.state.stage in CLOSED:
                raise InvalidInput("A closed lead needs no owner.", field="owner")
            _check_works(by, work.lead)
            set_owner(work, by, how="claim")


def assign_lead(
    *,
    lead: Lead,
    to: User | None,
    by: User | None,
    at: datetime,
    seen: int | None,
    how: str = "assign",
) -> None:
    """Give the lead to somebody who works its study, or to nobody (`to=None`: Unowned).

    `how` is the code kept with the event: assign, cover, route or release. Raises InvalidInput
    if `to` is not active or has no part in the study at that site (O4), LeadChanged.
    """
    with transaction.atomic():
        if to is not None:
            hold_user(to)
        with change(lead, by=by, at=at, seen=seen) as work:
            if to is not None:
                _check_works(to, work.lead)
            if work.state.owner_id != (to.pk if to else None):
                set_owner(work, to, how=how)


def set_owner(work: Change, to: User | None, *, how: str) -> None:
    """Set the owner of the lead and of its open next action."""
    work.add(EventKind.OWNER_SET, code=how, to_owner=to)
    if work.action_row is not None:
        work.alter(work.action_row, owner=to)


def works(user: User, lead: Lead) -> bool:
    """Whether `user` is active and works on the lead's study at its site (O4)."""
    return (
        user.is_active
        and study_sites_for(user, "work_leads").filter(pk=lead.study_site_id).exists()
    )


def hold_user(user: User) -> None:
    """Keep `user` from being suspended until the transaction ends; reads `is_active` afresh.

    Several may hold her at once, and others may point at her row: nobody at work waits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT is_active FROM accounts_user WHERE id = %s FOR SHARE", [user.pk])
        row = cursor.fetchone()
    user.is_active = bool(row and row[0])


def _check_works(user: User, lead: Lead) -> None:
    if not works(user, lead):
        raise InvalidInput(f"{user.name} does not work on this study here.", field="owner")
