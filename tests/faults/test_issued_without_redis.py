"""Redis gone at the moment of issue: it is issued, and its papers and mails come later, once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Job, Role
from reporting.models import ReportPaper, SponsorReport
from tests.factories.recruitment import make_member
from tests.faults.conftest import Desk
from tests.faults.processes import database_url, wait_for, web, worker
from trialsnest.embedded.services import Services

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_report_is_issued_without_redis_and_all_that_follows_comes_once(
    desk: Desk, home: Path, tmp_path: Path, as_user: Callable[[User], Client]
) -> None:
    reader = make_member(Role.SPONSOR_VIEWER, desk.study_site.study)
    session = as_user(desk.site_lead).cookies[settings.SESSION_COOKIE_NAME].value
    with Services(home, postgres=False, durable=False) as services:
        assert services.valkey is not None
        env = {
            "DATABASE_URL": database_url(),
            "REDIS_URL": services.addresses.redis_url,
            "TRIALSNEST_HOME": str(tmp_path),
            "EMAIL_URL": "",
        }
        with web(tmp_path, env) as running:
            running.cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
            page = reverse("report", args=[desk.draft.pk])
            services.valkey.stop()
            status, body, _ = running.post(
                reverse("report_issue", args=[desk.draft.pk]),
                {"note": "", "seen": desk.draft.snapshot_sha256},
                page=page,
            )

            assert (status, b"The report is issued." in body) == (200, True)
            assert SponsorReport.objects.get(pk=desk.draft.pk).state == "issued"
            assert not ReportPaper.objects.exists()
            making = reverse("report_paper_making", args=[desk.draft.pk, "a4"])
            assert b"The PDF is being made" in running.get(making)[1]
            kinds = Job.objects.order_by("kind").values_list("kind", "state")
            assert list(kinds) == [
                ("mail.report_issued", "waiting"),
                ("report.paper", "waiting"),
                ("report.paper", "waiting"),
            ]
            services.valkey.start()
            with worker(tmp_path, env, with_beat=True):
                wait_for(lambda: not Job.objects.exclude(state="done").exists(), 90)
            assert b"The PDF is ready" in running.get(making)[1]

    assert sorted(ReportPaper.objects.values_list("size", flat=True)) == ["a4", "letter"]
    mails = [path.read_text() for path in (tmp_path / "mail").iterdir()]
    assert sum(mail.count(f"To: {reader.email}") for mail in mails) == 1
