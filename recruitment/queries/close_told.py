"""A close in words: main reason, the study's detail, what contributed, and when to ask again."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery

from recruitment.models import CloseReason, LeadEvent
from recruitment.rules.event_words import close_words
from recruitment.rules.events import EventKind
from trialsnest.lib.words import day, local


def close_parts() -> dict[str, ArraySubquery | Subquery]:
    """What `close_told` reads of an event, as annotations of its statement."""
    rows = CloseReason.objects.filter(event=OuterRef("pk"))
    return {
        "also": ArraySubquery(rows.filter(position__gt=1).order_by("position").values("code")),
        "detail": Subquery(rows.filter(position=1).values("sub_reason__label")[:1]),
    }


def close_told(event: LeadEvent, zone: str) -> str:
    """Why the lead was closed, in staff's words; empty for a change that closed nothing."""
    if event.kind != EventKind.STAGE_CHANGED or not event.reason_code:
        return ""
    words = close_words(event.reason_code)
    detail, also = getattr(event, "detail", ""), getattr(event, "also", [])
    if detail:
        words += f" ({detail})"
    if also:
        words += f"; also {' and '.join(close_words(code) for code in also)}"
    if event.due_at is not None:
        words += f"; asked to be asked again on {day(local(event.due_at, zone))}"
    return words
