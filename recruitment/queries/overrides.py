"""What site leads let pass in a stretch of time, for the weekly review (G3, W1)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from recruitment.models import LeadEvent, LeadNote, StudySite
from recruitment.rules.events import EventKind
from recruitment.rules.readiness import Missing
from recruitment.rules.work_codes import Gate
from trialsnest.lib import shield


@dataclass(frozen=True)
class Override:
    """One override: which gate, whose, why, and what was missing. `at` is UTC."""

    lead_number: str
    study: str
    at: datetime
    by: str
    gate: str
    missing: tuple[str, ...]
    reason: str


def overrides(
    study_sites: Sequence[StudySite], *, start: datetime, end: datetime
) -> list[Override]:
    """The overrides recorded in `[start, end)` (UTC), oldest first. One statement.

    What was missing at one gate in one step is one override; a voided one is left out.
    """
    note = LeadNote.objects.filter(event=OuterRef("pk")).values("text")[:1]
    events = (
        LeadEvent.objects.filter(
            study_site__in=study_sites,
            kind=EventKind.GATE_OVERRIDDEN,
            recorded_at__gte=start,
            recorded_at__lt=end,
            voided_by__isnull=True,
        )
        .select_related("lead", "study_site__study", "actor")
        .annotate(note=Subquery(note))
        .order_by("recorded_at", "lead", "seq")
    )
    steps: dict[tuple[uuid.UUID, int, str], list[LeadEvent]] = {}
    for event in events:
        steps.setdefault((event.action_id, event.lead_id, event.code), []).append(event)
    return [_override(step) for step in steps.values()]


def _note(event: LeadEvent) -> str:
    note: str = event.note or ""  # type: ignore[attr-defined]  # annotated
    return note


def _override(step: Sequence[LeadEvent]) -> Override:
    first = step[0]
    codes = [event.reason_code for event in step if event.reason_code in Missing.values]
    return Override(
        lead_number=first.lead.number,
        study=first.study_site.study.code,
        at=first.recorded_at,
        by=first.actor.name if first.actor else "",
        gate=Gate(first.code).label,
        missing=tuple(Missing(code).label for code in codes),
        reason=shield.words(next((_note(event) for event in step if _note(event)), "")),
    )
