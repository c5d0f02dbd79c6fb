"""What somebody did today, latest first, and what of it can be taken back (D21)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Subquery

from accounts.models import User
from recruitment.models import Blocker, Lead, LeadEvent
from recruitment.queries.timeline import entry_of
from recruitment.rules.events import NOTICES, EventKind
from recruitment.rules.undoing import BLOCKERS, LAST_ACTIONS, never_undone
from trialsnest.lib.prepared import prepared
from trialsnest.lib.zones import local_time, start_of

EVENTS = 400  # read at most; one action rarely writes more than ten


@dataclass(frozen=True)
class DoneAction:
    """One of my actions: when, on which lead, what, and why it stays (empty: it can be undone)."""

    action_id: uuid.UUID
    at: datetime
    lead: Lead
    others: int
    what: str
    more: str
    stays: str


def actions_today(user: User, *, at: datetime) -> list[DoneAction]:
    """The last 20 actions of the user's day, latest first. `at` is UTC. Three statements, and
    one more where blockers are among them.

    An action that was undone is left out, and what was done on leads that she may not see any
    more, or never might. Whether a colleague acted on the lead since is told by the undo itself
    as well; here by what is in the log now.
    """
    today = start_of(local_time(at, user.time_zone).date(), user.time_zone)
    events = list(
        LeadEvent.objects.filter(actor=user, recorded_at__gte=today, voided_by__isnull=True)
        .filter(lead__in=Lead.objects.visible_to(user))
        .exclude(kind=EventKind.VOIDED)
        .select_related("lead__person", "lead__study_site__study", "to_owner", "decided_by")
        .order_by("-pk")[:EVENTS]
    )
    groups: dict[uuid.UUID, list[LeadEvent]] = {}
    for event in events:
        groups.setdefault(event.action_id, []).insert(0, event)
    shown = list(groups.values())[:LAST_ACTIONS]
    last = _last_standing({event.lead_id for group in shown for event in group})
    of_study = _of_study([event for group in shown for event in group])
    return [_action(group, last, of_study, user.time_zone) for group in shown]


def undoable_action(lead: Lead, user: User) -> uuid.UUID | None:
    """The user's own last action on the lead, if it is the last of all and may be undone.

    One statement, and one more where blockers are among what it wrote.
    """
    group = _last_action(lead=lead.pk)
    here = [event for event in group if event.lead_id == lead.pk and event.kind not in NOTICES]
    last = max(here, key=lambda event: event.seq, default=None)
    if last is None or last.actor_id != user.pk or last.kind == EventKind.VOIDED:
        return None
    return None if _never(group, _of_study(group)) else last.action_id


@prepared
def _last_action(*, lead: int) -> QuerySet[LeadEvent]:
    """All that was written by the action that acted last on the lead, the software's notices apart;
    on other leads too."""
    acted = LeadEvent.objects.filter(lead=lead).exclude(kind__in=sorted(NOTICES))
    last = acted.order_by("-seq").values("action_id")[:1]
    return LeadEvent.objects.filter(action_id=Subquery(last))


def _last_standing(leads: set[int]) -> dict[int, uuid.UUID]:
    """The action that acted last on each lead, what was undone and the software's notices apart."""
    found = (
        LeadEvent.objects.filter(lead__in=leads, voided_by__isnull=True)
        .exclude(kind__in=[EventKind.VOIDED, *NOTICES])
        .order_by("lead", "-seq")
        .distinct("lead")
    )
    return dict(found.values_list("lead_id", "action_id"))


def _action(
    group: Sequence[LeadEvent], last: dict[int, uuid.UUID], of_study: set[int], zone: str
) -> DoneAction:
    first = group[0]
    of_lead = [event for event in group if event.lead_id == first.lead_id]
    for event in of_lead:
        event.note = ""  # type: ignore[attr-defined]  # its words are on the lead's page
    entry = entry_of(of_lead, zone)
    stays = _never(group, of_study)
    if not stays and any(last[event.lead_id] != first.action_id for event in group):
        stays = "Something was done on the lead since."
    return DoneAction(
        action_id=first.action_id,
        at=first.recorded_at,
        lead=first.lead,
        others=len({event.lead_id for event in group}) - 1,
        what=entry.what,
        more=entry.more,
        stays=stays,
    )


def _of_study(events: Sequence[LeadEvent]) -> set[int]:
    """The blockers of whole studies that these entries tell of, by key."""
    keys = {event.subject_id for event in events if event.kind in BLOCKERS}
    if not keys:
        return set()
    found = Blocker.everything.filter(pk__in=keys, study_blocker__isnull=False)
    return set(found.values_list("pk", flat=True))


def _never(group: Sequence[LeadEvent], of_study: set[int]) -> str:
    return never_undone(
        [event.fact for event in group],
        has_decider=any(event.decided_by_id is not None for event in group),
        of_study=any(event.kind in BLOCKERS and event.subject_id in of_study for event in group),
    )
