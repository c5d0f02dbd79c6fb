"""Somebody is out today: one step records the leave and moves what was promised (O5, D22).

No clock stands still because of it: a missing person is the site's own affair (PZ1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Handoff, Lead, Leave, StudySite
from recruitment.rules.stages import OPEN
from recruitment.rules.work_codes import HandoffState
from recruitment.services.leave import hold_people, record_leave
from recruitment.services.log import change
from recruitment.services.open_handoffs import withdraw_open
from recruitment.services.ownership import assign_lead
from recruitment.services.verbs import verb


@dataclass(frozen=True)
class OutToday:
    """The leave, how many of her leads moved with it, and how many hand-offs went elsewhere."""

    leave: Leave
    moved: int
    handoffs: int


@verb
@transaction.atomic
def out_today(
    *,
    user: User,
    covers: Mapping[StudySite, User | None],
    ends_at: datetime,
    by: User,
    at: datetime,
) -> OutToday:
    """Record that `user` is away from now until `ends_at`, the end of the site's day (UTC).

    Her open leads go to who covers each study at a site, None being Unowned, and come back when
    the leave ends. A hand-off that was offered to her goes to who covers at once; where nobody
    does, or the sender herself, it is withdrawn and the sender keeps the lead (H3). `at` is UTC.
    Raises InvalidInput as `record_leave`, also for somebody who is away already: a second press
    changes nothing.
    """
    hold_people(user, [cover for cover in covers.values() if cover is not None])
    offered = Handoff.objects.filter(
        receiver=user, state=HandoffState.OFFERED, lead__study_site__in=list(covers)
    ).order_by("lead")
    rows = list(offered.select_related("lead", "sender"))
    owned = Lead.objects.filter(owner=user, stage__in=OPEN)
    both = {row.lead_id for row in rows} | set(owned.values_list("pk", flat=True))
    list(Lead.objects.filter(pk__in=both).order_by("pk").select_for_update(of=("self",)))
    leave = record_leave(user=user, starts_at=at, ends_at=ends_at, covers=covers, by=by, at=at)
    by_place = {place.pk: cover for place, cover in covers.items()}
    for row in rows:
        _move(row, by_place[row.lead.study_site_id], away=user, by=by, at=at)
    moved = Lead.objects.filter(events__action_id=leave.action_id).distinct().count()
    return OutToday(leave, moved, len(rows))


def _move(row: Handoff, to: User | None, *, away: User, by: User, at: datetime) -> None:
    """Give what was offered to who covers; else the sender keeps it."""
    if to is None or to == row.sender:
        with change(row.lead, by=by, at=at, seen=None) as work:
            withdraw_open(work)
        return
    reason = f"Offered to {away.name}, who is out today."
    assign_lead(lead=row.lead, to=to, by=by, at=at, seen=None, reason=reason)
