"""Who owns a lead (O2, O3, D22). Exactly one named user, or nobody and then the Unowned tray.

Locks are taken in one order everywhere: people by their key, then leads by theirs.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import User
from recruitment.models import Lead, LeadEvent, study_sites_for
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput, LeadChanged
from recruitment.rules.stages import CLOSED
from recruitment.rules.texts import line_of
from recruitment.services.away import check_here, cover_at
from recruitment.services.log import Change, change
from recruitment.services.open_handoffs import withdraw_open
from recruitment.services.verbs import verb
from trialsnest.lib.zones import local_time

MAX_REASON = 200  # characters


@verb
def claim_lead(*, lead: Lead, by: User, at: datetime) -> None:
    """Take an unowned lead; exactly one of several who try succeeds. `at` is UTC.

    Raises LeadChanged naming the owner if somebody has it, also when that is the caller, and
    InvalidInput for a closed lead, and for somebody without a part in the study or on leave.
    """
    with transaction.atomic():
        hold_user(by)
        with change(lead, by=by, at=at, seen=None) as work:
            if work.state.owner_id is not None:
                raise LeadChanged(_taken(work.lead, by=by))
            if work.state.stage in CLOSED:
                raise InvalidInput("A closed lead needs no owner.", field="owner")
            check_takes(by, work.lead, at=at)
            set_owner(work, by, how="claim")


def _taken(lead: Lead, *, by: User) -> str:
    """Who has an owned lead, and since when on the site's clock."""
    given = lead.events.filter(
        kind=EventKind.OWNER_SET, to_owner=lead.owner_id, voided_by__isnull=True
    )
    event = given.select_related("to_owner").order_by("-seq").first()
    owner = event.to_owner if event is not None else lead.owner
    who = "You have" if owner == by else f"{owner.name if owner else 'Somebody'} has"
    if event is None:  # it came in with its owner
        return f"{who} this lead already."
    when = local_time(event.recorded_at, lead.study_site.site.time_zone)
    return f"{who} this lead already, since {when:%a %d %b %H:%M}."


@verb
def assign_lead(
    *,
    lead: Lead,
    to: User | None,
    by: User | None,
    at: datetime,
    seen: int | None,
    how: str = "assign",
    reason: str = "",
    action_id: UUID | None = None,
    of: User | None = None,
) -> None:
    """Give the lead to somebody who works its study, or to nobody (`to=None`: Unowned).

    `how` is the code kept with the event: assign, cover, return, route or release; `action_id`
    joins it to others of one action. With `of` it is taken from that owner alone: LeadChanged if
    it is somebody else's by now, or closed. Raises InvalidInput if `to` is not active, has no part
    in the study at that site (O4) or is on leave (O5), LeadChanged. May run twice: the owner it
    has already is not set again.
    """
    words = line_of(reason, most=MAX_REASON, field="reason")
    with transaction.atomic():
        if to is not None:
            hold_user(to)
        with change(lead, by=by, at=at, seen=seen, action_id=action_id) as work:
            if of is not None and (work.state.owner_id != of.pk or work.state.stage in CLOSED):
                raise LeadChanged("The lead went on meanwhile; it is left as it is.")
            if to is not None:
                check_takes(to, work.lead, at=at)
            if work.state.owner_id != (to.pk if to else None):
                set_owner(work, to, how=how, reason=words)


def set_owner(work: Change, to: User | None, *, how: str, reason: str = "") -> None:
    """Set the owner of the lead and of its open next action; an open hand-off is withdrawn."""
    if work.state.owner_id is not None:
        withdraw_open(work)
    work.add(EventKind.OWNER_SET, code=how, to_owner=to, note=reason)
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


def hold_users(users: Iterable[User]) -> None:
    """Keep several people from being suspended, in the one order of locks."""
    for user in sorted(set(users), key=lambda user: user.pk):
        hold_user(user)


def hold_owners(leads: Iterable[int]) -> None:
    """Keep everybody who ever owned one of these leads, by key, and who covers for them.

    For what may open a lead again, before the lead is locked. Two statements and one for each.
    """
    owned = LeadEvent.objects.filter(lead__in=leads, to_owner__isnull=False).values("to_owner")
    covering = Q(covering__leave__user__in=owned, covering__leave__ended_at__isnull=True)
    hold_users(User.objects.filter(Q(pk__in=owned) | covering).distinct())


def free_if_gone(work: Change) -> None:
    """The owner of a reopened lead may have left: then who covers has it, else nobody (O2, O5)."""
    if work.state.owner_id is None:
        return
    owner = User.objects.get(pk=work.state.owner_id)
    try:
        check_takes(owner, work.lead, at=work.at)
    except InvalidInput:
        cover = cover_at(owner, study_site=work.lead.study_site, at=work.at)
        if cover is not None and works(cover, work.lead):
            set_owner(work, cover, how="cover")
        else:
            set_owner(work, None, how="release")


def check_takes(user: User, lead: Lead, *, at: datetime) -> None:
    """Refuse whoever may not own the lead at `at` (UTC): no part in the study there, or away.

    Raises InvalidInput. The caller holds `user` (hold_user) if somebody else must stay so.
    """
    if not works(user, lead):
        raise InvalidInput(f"{user.name} does not work on this study here.", field="owner")
    check_here(user, study_site=lead.study_site, at=at)
