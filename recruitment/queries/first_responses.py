"""What came of a first response: speed alone misleads (SLA2)."""

from collections.abc import Iterable
from datetime import datetime

from recruitment.models import LeadEvent
from recruitment.queries.stage_labels import label_of
from recruitment.queries.timeline import CONTACTS
from recruitment.rules.event_words import event_words
from recruitment.rules.events import EventKind
from recruitment.rules.vocabulary import BlockerCategory

K = EventKind
CAME_OF_IT = frozenset(
    {
        K.PRESCREEN_CHANGED,
        K.RECORDS_CHANGED,
        K.REVIEW_REQUESTED,
        K.VISIT_OFFERED,
        K.VISIT_BOOKED,
        K.STAGE_CHANGED,
        K.BLOCKER_OPENED,
    }
)


def response_words(events: Iterable[LeadEvent], answered_at: datetime) -> str:
    """The result of the contact at `answered_at`, and what was done in the same step.

    `events` are those of the lead's page, with what voided them; no statement. Empty where that
    contact is not among them.
    """
    ordered = sorted(events, key=lambda event: event.seq)
    stood = [event for event in ordered if getattr(event, "voided_by", None) is None]
    first = next(
        (row for row in stood if row.kind in CONTACTS and row.occurred_at == answered_at), None
    )
    if first is None:
        return ""
    step = [row for row in stood if row.action_id == first.action_id and row.kind in CAME_OF_IT]
    return ", ".join(_words(row).lower() for row in [first, *step])


def _words(event: LeadEvent) -> str:
    if event.kind == K.BLOCKER_OPENED:
        return f"Waiting on {BlockerCategory(event.code).label}"
    study = event.lead.study_site.study
    return event_words(
        event.kind,
        code=event.code,
        reason_code=event.reason_code,
        to_stage=event.to_stage,
        to_label=label_of(study, event.to_stage) if event.to_stage else "",
    )
