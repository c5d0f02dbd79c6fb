"""A sweep over more than one batch: two lanes at once, and one of them losing its connection."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from recruitment.models import Lead, LeadEvent, Role, StudySite
from recruitment.rules.events import EventKind
from recruitment.services import sweeps
from recruitment.services.staleness import flag_stale
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member
from tests.recruitment.clocks_agree import check_agreement

pytestmark = pytest.mark.django_db(transaction=True)

LATE = MONDAY + timedelta(days=40)


@pytest.fixture
def leads(transactional_db: None) -> list[Lead]:
    """Ten stale leads, committed, so that both connections see them."""
    place: StudySite = StudySiteFactory()
    owner = make_member(Role.COORDINATOR, place)
    return [make_lead(place, owner=owner) for _ in range(10)]


def _flags() -> Counter[int]:
    rows = LeadEvent.objects.filter(kind=EventKind.STALE_FLAGGED)
    return Counter(rows.values_list("lead", flat=True))


def test_two_lanes_flag_every_lead_once_between_them(
    leads: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = threading.Barrier(2)
    found: dict[str, list[int]] = {}
    waited: set[str] = set()

    def run(sql: str, params: Any) -> list[Any]:
        lane = threading.current_thread().name
        rows = ask(sql, params)
        if "SKIP LOCKED" in sql:
            found.setdefault(lane, []).extend(key for key, *_ in rows)
        elif lane not in waited:
            waited.add(lane)
            both.wait(60)  # both have written and not committed
        return rows

    ask = sweeps.run
    monkeypatch.setattr(sweeps, "BATCH", 3)
    monkeypatch.setattr(sweeps, "run", run)
    monkeypatch.setattr("recruitment.services.staleness.run", run)

    assert flag_stale(at=LATE) == 10

    # Who looks while the other commits may find a lead once more, and has nothing to say of it.
    first, second = found.values()
    assert {*first, *second} == {lead.pk for lead in leads}
    assert set(_flags().values()) == {1}
    assert flag_stale(at=LATE) == 0
    check_agreement(Lead.objects.all())


def test_a_lane_that_loses_its_connection_is_told_and_the_next_run_flags_what_it_left(
    leads: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = threading.Event()  # the other lane has found leads, and is about to write of them

    def run(sql: str, params: Any) -> list[Any]:
        if "SKIP LOCKED" in sql:
            return ask(sql, params)
        if threading.current_thread() is threading.main_thread():
            assert writes.wait(60), "the other lane found nothing"
        else:
            writes.set()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return ask(sql, params)

    ask = sweeps.run
    with monkeypatch.context() as patch:
        patch.setattr(sweeps, "BATCH", 3)
        patch.setattr("recruitment.services.staleness.run", run)
        with pytest.raises(OperationalError):
            flag_stale(at=LATE)

    left = 10 - len(_flags())
    assert flag_stale(at=LATE) == left

    assert set(_flags().values()) == {1}
    assert len(_flags()) == 10
    check_agreement(Lead.objects.all())
