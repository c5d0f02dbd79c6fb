"""Celery's clocks for reports; the work itself is a row of the outbox (house.md rule 15)."""

from django.utils import timezone

from recruitment.tasks import task
from reporting.services.drafts import queue_due_drafts
from reporting.services.keeping import follow_due, prove_due

MOST_SECONDS = 120.0  # of a tick; half of what a task may take


@task(name="reporting.draft_due_reports")
def draft_due_reports() -> int:
    """Every five minutes: one job per report whose boundary has passed, however long ago."""
    return queue_due_drafts(at=timezone.now())


@task(name="reporting.prove_kept_leads")
def prove_kept_leads() -> int:
    """Every quarter of an hour: what was not proved for a night is read from the log again."""
    return prove_due(at=timezone.now(), seconds=MOST_SECONDS)


@task(name="reporting.follow_kept_leads")
def follow_kept_leads() -> int:
    """Every ten minutes: what is kept goes along with the log before a report closes."""
    return follow_due(at=timezone.now(), seconds=MOST_SECONDS)
