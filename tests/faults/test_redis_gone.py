"""Redis gone: pages answer as fast as before, and what was queued goes out when it is back."""

import statistics
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from recruitment.models import Job
from reporting.models import ReportPaper
from tests.faults.conftest import Desk
from tests.faults.processes import Web, database_url, session_of, wait_for, web, worker
from trialsnest.embedded.services import Services

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROUNDS = 15


def ask_for_papers(running: Web, desk: Desk) -> float:
    """The median milliseconds of a request that queues a job, over fresh jobs each time."""
    times = []
    path = reverse("report_paper_making", args=[desk.draft.pk, "a4"])
    for _ in range(ROUNDS):
        Job.objects.filter(kind="report.paper").delete()
        status, _, took = running.get(path)
        assert status == 200
        times.append(took)
    return statistics.median(times)


def test_pages_stay_fast_without_redis_and_the_job_goes_out_when_it_is_back(
    desk: Desk, home: Path, tmp_path: Path
) -> None:
    with Services(home, postgres=False, durable=False) as services:
        env = {"DATABASE_URL": database_url(), "REDIS_URL": services.addresses.redis_url}
        assert services.valkey is not None
        with web(tmp_path, env) as running:
            running.cookie = "=".join(session_of(desk.site_lead))
            running.get(reverse("reports"))
            before = ask_for_papers(running, desk)

            services.valkey.stop()
            without = ask_for_papers(running, desk)

            assert without < before * 3 + 50
            assert Job.objects.get().state == "waiting"
            assert b"being made" in running.get(_making(desk))[1]
            services.valkey.start()
            with worker(tmp_path, env, with_beat=True):
                wait_for(lambda: Job.objects.get().state == "done", 90)
            status, body, _ = running.get(reverse("report_paper", args=[desk.draft.pk, "a4"]))

    assert (status, body[:5]) == (200, b"%PDF-")
    assert ReportPaper.objects.count() == 1
    assert Job.objects.get().done_at <= timezone.now()


def _making(desk: Desk) -> str:
    return reverse("report_paper_making", args=[desk.draft.pk, "a4"])
