"""Flagging leads that went stale: an event per lead and deadline (ST1, D17, LC12)."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from recruitment.models import Lead, LeadEvent, Milestone
from recruitment.rules.events import EventKind, MilestoneCode
from recruitment.rules.stages import OPEN
from recruitment.services.log import check_times
from recruitment.services.milestones import keep_first

BATCH = 1000  # leads a transaction


def flag_stale(*, at: datetime, study_sites: Collection[int] | None = None) -> int:
    """Flag every open lead whose stored deadline has passed at `at` (UTC); how many were flagged.

    Reads only rows that are due. May run twice, late, or beside itself: a deadline is flagged
    once. It changes no stage (LC12); "stale" on screen needs no flag, only the deadline. With
    `study_sites` (keys) only leads there are looked at. Raises InvalidInput for a time to come.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    total = 0
    while flagged := _flag_batch(at, study_sites):
        total += flagged
    return total


@transaction.atomic
def _flag_batch(at: datetime, study_sites: Collection[int] | None) -> int:
    leads = Lead.objects.filter(stage__in=OPEN, stale_at__lte=at).filter(
        Q(stale_flagged_for__isnull=True) | ~Q(stale_flagged_for=F("stale_at"))
    )
    if study_sites is not None:
        leads = leads.filter(study_site__in=study_sites)
    due = list(leads.select_for_update(skip_locked=True).order_by("stale_at", "pk")[:BATCH])
    if not due:
        return 0
    events = LeadEvent.objects.bulk_create(_flags(due, at))
    keep_first(
        [
            Milestone(lead_id=event.lead_id, code=MilestoneCode.STALE_FLAGGED, event=event)
            for event in events
        ]
    )
    Lead.objects.filter(pk__in=[lead.pk for lead in due]).update(
        stale_flagged_for=F("stale_at"), version=F("version") + 1
    )
    return len(due)


def _flags(due: Iterable[Lead], at: datetime) -> list[LeadEvent]:
    run = uuid.uuid4()
    return [
        LeadEvent(
            lead=lead,
            seq=lead.version + 1,
            study_site_id=lead.study_site_id,
            kind=EventKind.STALE_FLAGGED,
            occurred_at=lead.stale_at or at,
            recorded_at=at,
            code=lead.stage,
            due_at=lead.stale_at,
            action_id=run,
        )
        for lead in due
    ]
