"""No room on the disk while a paper is laid out or stored: told, tried again, and then whole.

The kernel refuses the writing, by a limit on the size of files (RLIMIT_FSIZE) of the process that
writes: a program whose disk is full meets the same failure of the same call. The limit is taken
away again as room is made.
"""

import hashlib
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Job
from recruitment.services import jobs
from recruitment.tasks import send_waiting_jobs
from reporting.models import ReportPaper
from reporting.services.papers import queue_paper, render_paper
from tests.faults.conftest import Desk
from tests.faults.processes import database_url, wait_for, worker
from tests.reporting.world import make_draft

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AsUser = Callable[[User], Client]
A_FONT = 32 * 1024  # bytes; the fonts of a report are larger once they are unpacked
A_SEGMENT = 16 * 1024 * 1024  # bytes of a file of the log that PostgreSQL writes ahead


@contextmanager
def no_room_after(size: int, process: int) -> Iterator[None]:
    """This process cannot write a file beyond `size` bytes meanwhile."""
    usual, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    _limit(process, str(size))
    try:
        yield
    finally:
        _limit(process, "unlimited" if usual == resource.RLIM_INFINITY else str(usual))


def _limit(process: int, size: str) -> None:
    """Set it as the account that the process runs under: nobody else may, root's own included."""
    owner = Path(f"/proc/{process}").stat()
    account: dict[str, Any] = {}
    if owner.st_uid != os.getuid():
        account = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    command = ("prlimit", f"--pid={process}", f"--fsize={size}:")
    subprocess.run(command, check=True, **account)


def check_told(desk: Desk, as_user: AsUser) -> None:
    """Nothing is there and nothing half, and the page says when the next try is."""
    assert not ReportPaper.objects.filter(report=desk.draft).exists()
    client = as_user(desk.site_lead)
    page = client.get(reverse("report_paper", args=[desk.draft.pk, "a4"]), follow=True)
    assert "The PDF is not made yet" in page.content.decode()
    assert "The next is at" in page.content.decode()
    assert page["Refresh"] == "20"
    assert client.get(reverse("report", args=[desk.draft.pk])).status_code == 200


def check_whole(desk: Desk) -> None:
    """The paper is there once, whole, and the one that is made elsewhere with room enough."""
    (paper,) = ReportPaper.objects.filter(report=desk.draft)
    pdf = bytes(paper.pdf)
    assert pdf.startswith(b"%PDF")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert paper.sha256 == hashlib.sha256(pdf).hexdigest()
    made_here = render_paper(report=desk.draft, size="a4", at=timezone.now())
    assert made_here.sha256 == paper.sha256


def test_without_room_for_the_fonts_nothing_is_laid_out_in_others(
    desk: Desk, tmp_path: Path, as_user: AsUser
) -> None:
    with worker(tmp_path, {"DATABASE_URL": database_url()}) as running:
        (child,) = running.children()
        with no_room_after(A_FONT, child):
            job = queue_paper(desk.draft, "a4", at=timezone.now())
            wait_for(lambda: Job.objects.get(pk=job.pk).error != "")
            job.refresh_from_db()
            assert (job.state, job.error, job.tries) == ("waiting", "OSError", 1)
            check_told(desk, as_user)

        Job.objects.filter(pk=job.pk).update(due_at=timezone.now(), sent_at=None)
        send_waiting_jobs()
        wait_for(lambda: Job.objects.get(pk=job.pk).state == "done")
        assert running.children() == [child]  # the one that had no room

    check_whole(desk)


def test_without_room_in_the_database_the_paper_is_stored_whole_once_there_is(
    desk: Desk, as_user: AsUser
) -> None:
    fill_the_table(desk)
    job = queue_paper(desk.draft, "a4", at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (session,) = cursor.fetchone()

    with no_room_after(A_SEGMENT, session):
        assert not jobs.run_job(job.pk, at=timezone.now())
        job.refresh_from_db()
        assert (job.state, job.tries) == ("waiting", 1)
        assert job.error in {"OperationalError", "InternalError"}
        check_told(desk, as_user)

    assert jobs.run_job(job.pk, at=job.due_at)
    check_whole(desk)


def fill_the_table(desk: Desk) -> None:
    """Let the next paper need room in a file behind its first 16 MB: those are another report's."""
    other = make_draft(desk.study_site, after=desk.draft.cut_off)
    more = os.urandom(A_SEGMENT + 1024 * 1024)
    ReportPaper.objects.create(
        report=other,
        size="a4",
        pdf=more,
        sha256=hashlib.sha256(more).hexdigest(),
        rendered_at=timezone.now(),
    )
