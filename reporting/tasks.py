"""Celery's clocks for reports; the work itself is a row of the outbox (house.md rule 15)."""

from django.utils import timezone

from recruitment.tasks import task
from reporting.services.drafts import queue_due_drafts


@task(name="reporting.draft_due_reports")
def draft_due_reports() -> int:
    """Every five minutes: one job per report whose boundary has passed, however long ago."""
    return queue_due_drafts(at=timezone.now())
