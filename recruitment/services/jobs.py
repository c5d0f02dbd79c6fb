"""The outbox: a job is a row, written with what it belongs to; Celery only carries it.

A job runs under the lock of its row, in one transaction with what it writes. A worker that is
killed loses the lock and the work together, and the next tick sends the row again: what a job
writes is there once or not at all.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from recruitment.models import Job

log = logging.getLogger("trialsnest.jobs")
MAX_TRIES = 5
RETRY_AFTER = timedelta(minutes=1)  # times the number of tries
SEND_AGAIN_AFTER = timedelta(minutes=1)  # a row that was sent and not done by then is sent again
Ids = Mapping[str, int | str]
Run = Callable[[Ids, datetime], None]
Send = Callable[[int], bool]

_runs: dict[str, Run] = {}
_send: list[Send] = []


def register(kind: str, run: Run) -> None:
    """Say what a kind of job does. `run(ids, at)` must be safe to run twice."""
    _runs[kind] = run


def carry_with(send: Send) -> None:
    """Say how a row reaches a worker; called by the floor that knows Celery. True: it was sent."""
    _send[:] = [send]


def enqueue(kind: str, *, key: str, ids: Ids, at: datetime, due_at: datetime | None = None) -> Job:
    """Write a job in the caller's transaction and send it when that commits.

    `key` makes it once: a second call with it returns the row that is there, sends a waiting one
    again and gives a failed one new tries. `ids` are ids, codes and ISO times only. With the
    broker gone the row stays and goes out with a later tick.
    """
    if kind not in _runs:
        raise ValueError(f"no such kind of job: {kind}")
    job, _ = Job.objects.get_or_create(
        key=key, defaults={"kind": kind, "ids": dict(ids), "due_at": due_at or at, "made_at": at}
    )
    if job.state == "failed":
        try_again(job, at=at)
    elif job.state == "waiting" and job.due_at <= at:
        transaction.on_commit(lambda: send(job.pk, at=at))
    return job


def send(job_id: int, *, at: datetime) -> None:
    """Hand one row to the broker, if it can be had, and note that it was sent at `at` (UTC)."""
    for carrier in _send:
        if carrier(job_id):
            Job.objects.filter(pk=job_id).update(sent_at=at)


def waiting_jobs(*, at: datetime, limit: int = 500) -> list[int]:
    """Keys of the rows to send at `at` (UTC), oldest first; a row just sent is left to arrive."""
    due = Job.objects.filter(state="waiting", due_at__lte=at).filter(
        Q(sent_at__isnull=True) | Q(sent_at__lte=at - SEND_AGAIN_AFTER) | Q(sent_at__lt=F("due_at"))
    )
    return list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])


def run_job(job_id: int, *, at: datetime) -> bool:
    """Run one waiting row, if nobody else is running it; whether it was done now.

    May be called twice, by two workers at once, and after a kill. A failure is written on the
    row with its kind only (its words may quote a person) and tried again later, five times. A
    try is counted before it begins, so that a job which kills its worker ends as failed too.
    """
    started = time.perf_counter()
    if not _count_try(job_id):
        return False
    try:
        with transaction.atomic():
            job = (
                Job.objects.select_for_update(skip_locked=True)
                .filter(pk=job_id, state="waiting")
                .first()
            )
            if job is None:
                return False
            _runs[job.kind](job.ids, at)
            job.state, job.done_at, job.error = "done", at, ""
            job.save(update_fields=["state", "done_at", "error"])
    except Exception as failure:  # any failure belongs on the row
        _note_failure(job_id, failure, at)
        return False
    seconds = round(time.perf_counter() - started, 2)
    log.info("job done", extra={"job": job_id, "kind": job.kind, "seconds": seconds})
    return True


def _count_try(job_id: int) -> bool:
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(pk=job_id, state="waiting")
            .first()
        )
        if job is None:
            return False
        if job.tries >= MAX_TRIES:
            job.state, job.error = "failed", job.error or "WorkerLost"
        else:
            job.tries += 1
        job.save(update_fields=["state", "error", "tries"])
        return job.state == "waiting"


def _note_failure(job_id: int, failure: Exception, at: datetime) -> None:
    log.error("job failed", exc_info=failure, extra={"job": job_id})
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, state="waiting").first()
        if job is None:
            return  # another worker has done it meanwhile
        job.error = type(failure).__name__
        job.due_at = at + RETRY_AFTER * job.tries
        if job.tries >= MAX_TRIES:
            job.state = "failed"
        job.save(update_fields=["error", "due_at", "state"])


def try_again(job: Job, *, at: datetime) -> None:
    """Give a failed row five more tries, from `at` (UTC) on."""
    Job.objects.filter(pk=job.pk, state="failed").update(
        state="waiting", tries=0, due_at=at, error=""
    )
    transaction.on_commit(lambda: send(job.pk, at=at))
