"""Proposing to close whom nobody could reach; a person decides (LC12, CD2, A11)."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from recruitment.models import Lead, LeadEvent, NextAction
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services.log import change, check_times
from recruitment.services.next_actions import end_action, set_action

BATCH = 1000  # leads a transaction


def propose_closing(*, at: datetime, study_sites: Collection[int] | None = None) -> int:
    """Propose to close every lead in No response whose call-back window is over at `at` (UTC).

    Writes one notice for each lead and deadline; the open action becomes to decide, at the time
    that it was due before, unless the person was promised a call. No stage changes, nothing is
    closed and nobody contacted (LC12). Answers how many were proposed. May run twice, late, or
    beside itself. Raises InvalidInput for a time to come. With `study_sites` (keys) only leads
    there are looked at.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    total = 0
    while proposed := _propose_batch(at, study_sites):
        total += proposed
    return total


@transaction.atomic
def _propose_batch(at: datetime, study_sites: Collection[int] | None) -> int:
    leads = _over(at, study_sites).select_for_update(skip_locked=True, of=("self",))
    due = _still(leads.order_by("stale_at", "pk")[:BATCH], at)
    elsewhere = set(
        NextAction.objects.filter(lead__in=due, ended_at__isnull=True)
        .exclude(type=ActionType.DECIDE_CLOSE)
        .values_list("lead", flat=True)
    )
    decided = [lead for lead in due if lead.pk not in elsewhere]
    run = uuid.uuid4()
    LeadEvent.objects.bulk_create([_notice(lead, at, run) for lead in decided])
    Lead.objects.filter(pk__in=[lead.pk for lead in decided]).update(version=F("version") + 1)
    for lead in due:
        if lead.pk in elsewhere:
            _turn_to_deciding(lead, at)
    return len(due)


def _over(at: datetime, study_sites: Collection[int] | None) -> QuerySet[Lead]:
    """Leads past their call-back window that were not proposed for it and hold no promise."""
    told = LeadEvent.objects.filter(
        lead=OuterRef("pk"), kind=EventKind.CLOSE_PROPOSED, due_at=OuterRef("stale_at")
    )
    promised = NextAction.objects.filter(
        lead=OuterRef("pk"), ended_at__isnull=True, is_promised=True
    )
    leads = Lead.objects.filter(
        ~Exists(told), ~Exists(promised), stage=Stage.NO_RESPONSE, stale_at__lte=at
    )
    return leads if study_sites is None else leads.filter(study_site__in=study_sites)


def _still(locked: QuerySet[Lead], at: datetime) -> list[Lead]:
    """Those of the locked leads that are due still: what was read before the locks is asked again.

    Another run may have told of them between its look and the locks.
    """
    keys = [lead.pk for lead in locked]
    return list(_over(at, None).filter(pk__in=keys).order_by("stale_at", "pk"))


def _notice(lead: Lead, at: datetime, run: uuid.UUID) -> LeadEvent:
    return LeadEvent(
        lead=lead,
        seq=lead.version + 1,
        study_site_id=lead.study_site_id,
        kind=EventKind.CLOSE_PROPOSED,
        occurred_at=lead.stale_at or at,
        recorded_at=at,
        due_at=lead.stale_at,
        action_id=run,
    )


def _turn_to_deciding(lead: Lead, at: datetime) -> None:
    """What was planned is past: to decide takes its place and its due time."""
    with change(lead, by=None, at=at, seen=None) as work:
        row = work.action_row
        if row is not None:
            end_action(work, done=False)
            set_action(work, Plan(ActionType.DECIDE_CLOSE, row.due_at))
        stale_at = work.lead.stale_at
        work.add(EventKind.CLOSE_PROPOSED, occurred_at=stale_at, due_at=stale_at)
