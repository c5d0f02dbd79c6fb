"""Celery's clocks: each task is one service call, safe to run twice (house.md rule 15)."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar, cast

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from recruitment.services import (
    breaches,
    day_counts,
    drafts,
    halting,
    import_uploads,
    jobs,
    missed_visits,
    pauses_over,
    proposals,
)
from recruitment.services.digests import send_digests as queue_digests
from recruitment.services.staleness import flag_stale

Work = TypeVar("Work", bound=Callable[..., object])
task = cast("Callable[..., Callable[[Work], Work]]", shared_task)  # Celery has no types
PAUSE_AFTER_FAILURE = 15.0  # seconds during which a web request does not ask a dead broker again
_broker_failed_at: list[float] = []


@shared_task(name="recruitment.run_job")  # type: ignore[untyped-decorator]  # no types
def run_job(job_id: int) -> None:
    """Run one row of the outbox."""
    jobs.run_job(job_id, at=timezone.now())


@task(name="recruitment.send_waiting_jobs")
def send_waiting_jobs() -> int:
    """Send every row that is due; a row sent twice runs once."""
    at = timezone.now()
    due = jobs.waiting_jobs(at=at)
    for job_id in due:
        jobs.send(job_id, at=at)
    return len(due)


@task(name="recruitment.flag_stale_leads")
def flag_stale_leads(at: str | None = None) -> int:
    """Every 15 minutes. `at` (ISO 8601 with offset) re-runs a missed moment."""
    return flag_stale(at=datetime.fromisoformat(at) if at else timezone.now())


@task(name="recruitment.flag_breaches")
def flag_breaches(at: str | None = None) -> int:
    """Every 15 minutes. `at` (ISO 8601 with offset) re-runs a missed moment."""
    return breaches.flag_breaches(at=datetime.fromisoformat(at) if at else timezone.now())


@task(name="recruitment.tell_pauses_over")
def tell_pauses_over(at: str | None = None) -> int:
    """Every 15 minutes. `at` (ISO 8601 with offset) re-runs a missed moment."""
    return pauses_over.tell_pauses_over(at=datetime.fromisoformat(at) if at else timezone.now())


@task(name="recruitment.plan_missed_visits")
def plan_missed_visits(at: str | None = None) -> int:
    """Every 15 minutes. `at` (ISO 8601 with offset) re-runs a missed moment."""
    return missed_visits.plan_missed_visits(at=datetime.fromisoformat(at) if at else timezone.now())


@task(name="recruitment.hold_late_leads")
def hold_late_leads(at: str | None = None) -> int:
    """Every 15 minutes. `at` (ISO 8601 with offset) re-runs a missed moment."""
    return halting.hold_late_leads(at=datetime.fromisoformat(at) if at else timezone.now())


@task(name="recruitment.send_digests")
def send_digests(at: str | None = None) -> int:
    """Every 15 minutes. `at` (ISO 8601 with offset) re-runs a missed moment."""
    return queue_digests(at=datetime.fromisoformat(at) if at else timezone.now())


@task(name="recruitment.propose_closing")
def propose_closing(at: str | None = None) -> int:
    """Every 15 minutes. `at` (ISO 8601 with offset) re-runs a missed moment. Closes nothing."""
    return proposals.propose_closing(at=datetime.fromisoformat(at) if at else timezone.now())


@task(name="recruitment.count_the_day")
def count_the_day(at: str | None = None) -> int:
    """Every hour, for days that ended. `at` (ISO 8601 with offset) re-runs a missed moment."""
    return day_counts.count_the_day(at=datetime.fromisoformat(at) if at else timezone.now())


@task(name="recruitment.delete_expired_uploads")
def delete_expired_uploads() -> int:
    """Every hour: files uploaded for an import a day ago, and drafts that nobody will send."""
    at = timezone.now()
    return import_uploads.delete_expired_uploads(at=at) + drafts.delete_old_drafts(at=at)


def carry(job_id: int) -> bool:
    """Give a row to the broker, unless the broker just failed; the row stays in any case."""
    if _broker_failed_at and time.monotonic() - _broker_failed_at[0] < PAUSE_AFTER_FAILURE:
        return False
    try:
        run_job.delay(job_id)
    except (OperationalError, OSError):
        _broker_failed_at[:] = [time.monotonic()]
        return False
    _broker_failed_at.clear()
    return True


jobs.carry_with(carry)
