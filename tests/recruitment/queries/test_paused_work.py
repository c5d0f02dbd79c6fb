"""The share of a study's clocks that stand still, which a weekly review shows apart (PZ4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from recruitment.models import StudySite
from recruitment.models.paused_work import PausedWork, paused_work
from recruitment.rules.clock_codes import ClockOutcome
from tests.factories.clocks import make_clock
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + 2 * DAY
PAUSED: dict[str, Any] = {"paused_at": NOW - HOUR, "paused_until": NOW + DAY}


@pytest.mark.parametrize(("running", "paused", "is_much"), [(0, 0, False), (8, 1, False)])
def test_less_than_a_quarter_is_not_much(running: int, paused: int, *, is_much: bool) -> None:
    assert PausedWork(StudySite(), running, paused).is_much is is_much


def test_from_a_quarter_on_it_is_shown_apart() -> None:
    assert PausedWork(StudySite(), 8, 2).is_much
    assert PausedWork(StudySite(), 8, 2).percent == 25
    assert not PausedWork(StudySite(), 1000, 249).is_much  # 24.9 % would round up to 25


def test_only_what_runs_counts_and_what_is_due_is_overdue_and_not_paused(
    study_site: StudySite, count_queries: Callable[..., int]
) -> None:
    lead, other = make_lead(study_site, received_at=NOW), StudySiteFactory()
    lead.clocks.all().delete()
    make_clock(lead, due_at=NOW + 2 * DAY, started_at=NOW - DAY, **PAUSED)
    make_clock(lead, due_at=None, started_at=NOW - DAY, subject_id=1, paused_at=NOW - HOUR)
    make_clock(lead, due_at=NOW + DAY, started_at=NOW - DAY, subject_id=2)
    over = {"paused_at": NOW - DAY, "paused_until": NOW - HOUR}
    make_clock(lead, due_at=NOW + DAY, started_at=NOW - DAY, subject_id=3, **over)
    make_clock(lead, due_at=NOW - HOUR, started_at=NOW - DAY, subject_id=4)
    make_clock(lead, due_at=NOW + 2 * DAY, started_at=NOW + DAY, subject_id=5)
    make_clock(lead, due_at=NOW - HOUR, outcome=ClockOutcome.MET, subject_id=6)

    found = paused_work([study_site, other], now=NOW)

    assert [(each.running, each.paused) for each in found] == [(5, 2), (0, 0)]
    assert count_queries(lambda: paused_work([study_site, other], now=NOW)) == 1


def test_the_page_of_the_misses_names_where_much_work_is_paused(
    study_site: StudySite,
    site_lead: User,
    as_user: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    lead, client = make_lead(study_site, received_at=NOW), as_user(site_lead)
    lead.clocks.all().delete()
    make_clock(lead, due_at=NOW + DAY, started_at=NOW - DAY)
    assert "Paused work" not in client.get("/escalations/misses/").content.decode()

    make_clock(lead, due_at=NOW + 2 * DAY, started_at=NOW - DAY, subject_id=1, **PAUSED)

    page = " ".join(client.get("/escalations/misses/").content.decode().split())
    assert "Paused work" in page
    assert f"{study_site}: 1 of 2 running clocks, 50%." in page
