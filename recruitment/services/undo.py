"""Taking back one's own last actions, whole, while nobody acted on the lead since (D21)."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import AskEvent, Blocker, Handoff, Lead, LeadEvent, Leave
from recruitment.models.log import standing
from recruitment.rules.events import NOTICES, EventKind
from recruitment.rules.refusals import Refusal
from recruitment.rules.stages import CLOSED
from recruitment.rules.undoing import BLOCKERS, LAST_ACTIONS, never_undone
from recruitment.rules.work_codes import HandoffState
from recruitment.services.log import Change, change
from recruitment.services.open_handoffs import withdraw_open
from recruitment.services.ownership import free_if_gone, hold_owners, works
from recruitment.services.row_changes import changes_of
from recruitment.services.slots_again import Again, check_slots_again, slots_again
from recruitment.services.verbs import verb
from recruitment.services.voiding import put_back, read_action, void_events
from trialsnest.lib.zones import local_time, start_of


@verb
def undo_action(
    *, action_id: uuid.UUID, by: User, at: datetime, only: Lead | None = None
) -> list[Lead]:
    """Take back everything that one of the caller's own actions did; the leads come back.

    What the action ended or canceled stands again, what it made is set aside, its entries stay in
    the log, voided. Of an action on several leads `only` takes one back; the others may be taken
    back together later. `at` is UTC. Only the last 20 actions of the caller's day, each while
    nobody acted on its leads since and a visit that comes back still has its slot (G7). Raises
    Refusal saying why not; then nothing is written. A second call is refused.
    """
    with transaction.atomic():
        events = list(LeadEvent.objects.filter(action_id=action_id).order_by("lead_id", "seq"))
        _check_mine(events, by, at)
        events = _of_leads(events, only)
        if not events:
            raise Refusal("That lead was no part of it.")
        hold_owners({event.lead_id for event in events})
        leads = Lead.objects.in_bulk({event.lead_id for event in events})
        again = [
            _undo_on(leads[key], [e for e in events if e.lead_id == key], by=by, at=at)
            for key in sorted(leads)
        ]
        check_slots_again(again, at=at)  # last: a study at a site is locked after every lead
        return list(leads.values())


def _check_mine(events: Sequence[LeadEvent], by: User, at: datetime) -> None:
    """Refuse what is not one of the caller's last actions today, or is never undone."""
    if not events or any(event.actor_id != by.pk for event in events):
        raise Refusal("Only your own actions can be undone.")
    if any(event.kind == EventKind.VOIDED for event in events):
        raise Refusal("An undo is not undone; do the step again instead.")
    facts = [event.fact for event in events]
    if reason := never_undone(facts, has_decider=_deciders(events), of_study=_of_study(events)):
        raise Refusal(reason)
    if Leave.objects.filter(action_id=events[0].action_id).exists():
        raise Refusal("What a leave moved comes back when the leave ends; shorten it instead.")
    if any(event.kind == EventKind.OWNER_SET and event.code == "return" for event in events):
        raise Refusal("The end of a leave is not undone; reassign the leads instead.")
    if _of_ask(events):
        raise Refusal(
            "The answer to an ask is settled and not undone. Name the blocker again where a lead"
            " still waits."
        )
    today = start_of(local_time(at, by.time_zone).date(), by.time_zone)
    if events[0].recorded_at < today:
        raise Refusal("Only today's actions can be undone; correct the entry instead.")
    later = (
        LeadEvent.objects.filter(actor=by, pk__gte=min(event.pk for event in events))
        .exclude(kind=EventKind.VOIDED)
        .exclude(voided_by__isnull=False)
        .values("action_id")
        .distinct()
    )
    if later.count() > LAST_ACTIONS:
        raise Refusal(f"Only your last {LAST_ACTIONS} actions can be undone.")


def _of_leads(events: Sequence[LeadEvent], only: Lead | None) -> list[LeadEvent]:
    """Those of one lead; else of all leads but where the action was taken back before."""
    if only is not None:
        return [event for event in events if event.lead_id == only.pk]
    voided = LeadEvent.objects.filter(voids__in=events).values_list("voids", flat=True)
    gone = set(voided)
    left = {event.lead_id for event in events if event.pk not in gone}
    return [event for event in events if event.lead_id in left] or list(events)


def _of_study(events: Iterable[LeadEvent]) -> bool:
    """Whether they tell of a blocker of a whole study."""
    keys = [event.subject_id for event in events if event.kind in BLOCKERS]
    return Blocker.everything.filter(pk__in=keys, study_blocker__isnull=False).exists()


def _of_ask(events: Sequence[LeadEvent]) -> bool:
    """Whether they are what the settlement of an ask freed (AS2)."""
    if all(event.kind != EventKind.BLOCKER_RESOLVED for event in events):
        return False
    return AskEvent.objects.filter(action_id=events[0].action_id).exists()


def _deciders(events: Iterable[LeadEvent]) -> bool:
    return any(event.decided_by_id is not None for event in events)


def _undo_on(lead: Lead, events: Sequence[LeadEvent], *, by: User, at: datetime) -> Again:
    """Take back what was done to one lead; the visit slots that it takes up again."""
    with change(lead, by=by, at=at, seen=None) as work:
        _check_last(work, events)
        owner_before, was_closed = work.state.owner_id, work.state.stage in CLOSED
        void_events(work, events, code="undo")
        changes = changes_of(work.lead, events[0].action_id)
        reopens = was_closed and work.state.stage not in CLOSED
        again = slots_again(work.lead, changes, at=at, reopens=reopens)
        put_back(work, changes)
        read_action(work)
        if was_closed or work.state.owner_id != owner_before:
            free_if_gone(work)
        if work.action_row is not None and work.action_row.owner_id != work.state.owner_id:
            work.alter(work.action_row, owner_id=work.state.owner_id)
        _withdraw_if_gone(work)
    return again


def _withdraw_if_gone(work: Change) -> None:
    """A hand-off that is offered again may wait for somebody who has left the study since (H3)."""
    offered = Handoff.objects.filter(lead=work.lead, state=HandoffState.OFFERED)
    row = offered.select_related("receiver").first()
    if row is not None and not works(row.receiver, work.lead):
        withdraw_open(work)


def _check_last(work: Change, events: Sequence[LeadEvent]) -> None:
    """Refuse when anybody acted on the lead after the action, or took it back already."""
    group = {event.pk for event in events}
    log = list(LeadEvent.objects.filter(lead=work.lead).select_related("actor").order_by("seq"))
    left = standing(log)
    if not group <= {event.pk for event in left}:
        raise Refusal("This was undone or voided already.")
    last = max(event.seq for event in events)
    for event in left:
        if event.seq > last and event.kind not in NOTICES:
            who = event.actor.name if event.actor else "The system"
            mine = event.actor_id == work.by.pk if work.by else False
            whose = "Undo your later action on this lead first" if mine else f"{who} acted since"
            raise Refusal(f"{whose}; lead {work.lead.number} is left as it is.")
