"""A worker killed in the middle of a report leaves one whole report, and never half of one."""

import hashlib
import os
import signal
import time
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from recruitment.models import Job
from recruitment.tasks import send_waiting_jobs
from reporting.models import ReportPaper
from reporting.services.drafts import refresh_draft
from reporting.services.papers import queue_paper, render_paper
from tests.faults.conftest import Desk
from tests.faults.processes import Running, database_url, wait_for, worker
from tests.plugin.soak import Soak

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TRIES = 10  # until a worker is met in the middle


def is_running(job: Job) -> bool:
    """Whether a worker holds the row, which it does from the start of the layout to its end."""
    with transaction.atomic():
        free = Job.objects.select_for_update(skip_locked=True).filter(pk=job.pk, state="waiting")
        return not free.exists() and Job.objects.get(pk=job.pk).state == "waiting"


def has_begun(job: Job) -> bool:
    """Whether a worker has taken it. Locks nothing: a worker passes by a row that is locked."""
    return Job.objects.get(pk=job.pk).tries > 0


def a_minute_later(job: Job) -> None:
    """The next tick of beat after the row has waited long enough to be sent again."""
    Job.objects.filter(pk=job.pk).update(sent_at=None)
    send_waiting_jobs()


def check_one_whole_paper(desk: Desk) -> None:
    (paper,) = ReportPaper.objects.filter(report=desk.draft)
    pdf = bytes(paper.pdf)
    assert pdf.startswith(b"%PDF")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert paper.sha256 == hashlib.sha256(pdf).hexdigest()
    assert render_paper(report=desk.draft, size="a4", at=timezone.now()).sha256 == paper.sha256


def is_done(job: Job) -> bool:
    return Job.objects.get(pk=job.pk).state == "done"


@pytest.mark.parametrize("who", ["everything", "the child that renders"])
def test_a_worker_killed_in_the_middle_of_a_report_leaves_exactly_one_paper(
    desk: Desk, tmp_path: Path, who: str
) -> None:
    env = {"DATABASE_URL": database_url()}
    for _ in range(TRIES):
        with worker(tmp_path, env) as running:
            job = queue_paper(desk.draft, "a4", at=timezone.now())
            wait_for(lambda: has_begun(job), every=0.005)  # noqa: B023  (asked at once)
            if who == "everything":
                running.kill()
            else:
                for child in running.children():
                    os.kill(child, signal.SIGKILL)
            wait_for(lambda: not is_running(job) or who != "everything")  # noqa: B023  (asked at once)
            was_done = is_done(job)
            if not was_done and who != "everything":
                a_minute_later(job)
                wait_for(lambda: is_done(job))  # noqa: B023  (asked at once)
        if not was_done:
            break
        now = timezone.now()  # it was quicker than we looked, as on a busy machine
        desk.draft = refresh_draft(desk.draft, as_of=now, at=now)
    assert not was_done, "never killed in the middle"
    if who == "everything":
        assert not ReportPaper.objects.exists()
        assert Job.objects.get(pk=job.pk).state == "waiting"
        _finish(job, tmp_path, env)

    check_one_whole_paper(desk)


def _finish(job: Job, folder: Path, env: dict[str, str]) -> None:
    with worker(folder, env):
        a_minute_later(job)
        wait_for(lambda: is_done(job))


@pytest.mark.soak
def test_kills_at_any_moment_leave_one_whole_report_each(
    desk: Desk, tmp_path: Path, soak: Soak
) -> None:
    env = {"DATABASE_URL": database_url()}
    rounds = 200
    for turn in range(rounds):
        now = timezone.now()
        desk.draft = refresh_draft(desk.draft, as_of=now, at=now)
        with worker(tmp_path, env) as running:
            job = queue_paper(desk.draft, "a4", at=timezone.now())
            time.sleep(soak.chance.random() * 2.5)
            running.kill()
        papers = ReportPaper.objects.filter(report=desk.draft).count()
        assert papers == int(is_done(job)), f"turn {turn}"
        if not is_done(job):
            _finish(job, tmp_path, env)
        check_one_whole_paper(desk)
    soak.record("workers killed", rounds)


def test_two_workers_and_a_row_sent_many_times_make_one_paper(desk: Desk, tmp_path: Path) -> None:
    env, other = {"DATABASE_URL": database_url()}, tmp_path / "other"
    other.mkdir()
    job = queue_paper(desk.draft, "a4", at=timezone.now())
    for _ in range(5):
        a_minute_later(job)

    with worker(tmp_path, env) as first, worker(other, env) as second:
        wait_for(lambda: is_done(job))
        wait_for(lambda: _received(first) + _received(second) >= 6)

    check_one_whole_paper(desk)
    said = first.said + second.said
    assert said.count('"message": "job done"') == 1


def _received(running: Running) -> int:
    return running.said.count("recruitment.run_job") - running.said.count(". recruitment.run_job")
