"""Celery's clocks for reports; the work itself is a row of the outbox (house.md rule 15)."""

from celery import shared_task
from django.utils import timezone

from reporting.services.drafts import queue_due_drafts


@shared_task(name="reporting.draft_due_reports")  # type: ignore[untyped-decorator]
def draft_due_reports() -> int:
    """Every five minutes: one job per report whose boundary has passed, however long ago."""
    return queue_due_drafts(at=timezone.now())
