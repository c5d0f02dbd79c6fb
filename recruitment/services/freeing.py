"""Somebody may not work on her leads any more: they go to her cover, or to Unowned (O5, D22)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from recruitment.models import Handoff, Lead, LeaveCover, StudySite, study_sites_for
from recruitment.rules.refusals import Refusal
from recruitment.rules.stages import OPEN
from recruitment.rules.work_codes import AlertKind, HandoffState
from recruitment.services.alerts import raise_alert
from recruitment.services.log import change
from recruitment.services.open_handoffs import withdraw_open
from recruitment.services.ownership import assign_lead, hold_users
from recruitment.services.settings import change_setting


class Freed(NamedTuple):
    """How many leads became Unowned, and how many went to who covers."""

    unowned: int
    covered: int


def free_leads(user: User, *, kind: AlertKind, by: User, at: datetime) -> Freed:
    """Take from `user` the open leads, and the studies at sites, that she may not work any more.

    The caller holds her row and has taken her rights. A lead goes to the cover of her leave where
    one stands, else to Unowned, and then the site's leads are told, also when a study at a site
    lost its owner. May run twice: nothing is left to free. `at` is UTC.
    """
    covers = {row.study_site_id: row.cover for row in _standing_covers(user, at=at)}
    hold_users(covers.values())
    owned, offered = _lost_leads(user), _lost_offers(user)
    both = {lead.pk for lead in owned} | {row.lead_id for row in offered}
    list(Lead.objects.filter(pk__in=both).order_by("pk").select_for_update())  # in the order
    for row in offered:
        with change(row.lead, by=by, at=at, seen=None) as work:
            withdraw_open(work)
    left, covered = hand_on(owned, covers, of=user, by=by, at=at)
    lost = _without_owner(user, by=by, at=at)
    for study_site in StudySite.objects.filter(pk__in=[*left, *lost]).order_by("pk"):
        raise_alert(
            study_site=study_site, kind=kind, about=user, leads=left[study_site.pk], by=by, at=at
        )
    return Freed(left.total(), covered)


def hand_on(
    leads: Iterable[Lead],
    covers: Mapping[int, User],
    *,
    of: User,
    by: User | None,
    at: datetime,
    action_id: UUID | None = None,
) -> tuple[Counter[int], int]:
    """Give each lead of `of` to who covers its study at a site (by key), or to Unowned.

    One that went to somebody else meanwhile stays there. How many became Unowned, by the key of
    their study at a site, and how many were covered. The caller holds the people; `leads` come by
    their key. `at` is UTC.
    """
    left: Counter[int] = Counter()
    covered = 0
    for lead in leads:
        to = covers.get(lead.study_site_id)
        if _take(lead, to, of=of, by=by, at=at, action_id=action_id, how="cover"):
            covered += 1
        elif _take(lead, None, of=of, by=by, at=at, action_id=action_id, how="release"):
            left[lead.study_site_id] += 1
    return left, covered


def _standing_covers(user: User, *, at: datetime) -> QuerySet[LeaveCover]:
    """Who covers the leave of now, else the next one; the former wins where both stand."""
    found: QuerySet[LeaveCover] = (
        LeaveCover.objects.filter(
            leave__user=user, leave__ended_at__isnull=True, leave__ends_at__gt=at
        )
        .select_related("cover")
        .order_by("-leave__starts_at")
    )
    return found


def _lost_leads(user: User) -> list[Lead]:
    owned = Lead.objects.filter(owner=user, stage__in=OPEN).order_by("pk")
    if user.is_active:
        owned = owned.exclude(pk__in=Lead.objects.visible_to(user, "work_leads"))
    return list(owned)


def _lost_offers(user: User) -> list[Handoff]:
    """Hand-offs that wait for her answer and that she cannot take any more."""
    offered = Handoff.objects.filter(receiver=user, state=HandoffState.OFFERED)
    if user.is_active:
        offered = offered.exclude(lead__in=Lead.objects.visible_to(user, "work_leads"))
    return list(offered.select_related("lead").order_by("lead"))


def _take(
    lead: Lead,
    to: User | None,
    *,
    of: User,
    by: User | None,
    at: datetime,
    action_id: UUID | None,
    how: Literal["cover", "release"],
) -> bool:
    """Whether the lead went to who covers, who may be away or gone, or to Unowned."""
    if to is None and how == "cover":
        return False
    try:
        assign_lead(lead=lead, to=to, by=by, at=at, seen=None, how=how, action_id=action_id, of=of)
    except Refusal:
        return False
    return True


def _without_owner(user: User, *, by: User, at: datetime) -> list[int]:
    """Take her off the studies at sites that she owned; their keys. The change is on record."""
    owned = StudySite.objects.filter(owner=user).order_by("pk")
    if user.is_active:
        owned = owned.exclude(pk__in=study_sites_for(user, "work_leads"))
    lost = []
    for study_site in owned:
        change_setting(study_site, {"owner": None}, by=by, at=at)
        lost.append(study_site.pk)
    return lost
