"""Two people at once: nobody waits in a ring, and nobody's change is written over."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.models import User
from recruitment.models import Lead, LeadEvent, Leave, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.services.handoffs import accept_handoff, offer_handoff
from recruitment.services.leave import begin_leave, end_leave, record_leave
from recruitment.services.reassigning import give_lead
from recruitment.services.settings import change_setting
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member

AT = MONDAY + timedelta(hours=1)
DAY = timedelta(days=1)


def _is_waiting() -> bool:
    """Whether another connection to this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def beside(call: Callable[[], object]) -> Iterator[list[object]]:
    """Run `call` in another connection, until it is done or waits for this one; what it gave."""
    gave: list[object] = []

    def run() -> None:
        try:
            gave.append(call())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(500):
        if not thread.is_alive() or _is_waiting():
            break
        time.sleep(0.01)
    yield gave
    thread.join(30)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_setting_of_a_study_at_a_site_is_changed_while_its_leads_are_worked_on(
    transactional_db: None,
) -> None:
    study_site = StudySiteFactory()
    lead, admin = make_lead(study_site), make_member(Role.ADMINISTRATOR)

    with transaction.atomic():
        LeadEvent.objects.create(
            lead=lead,
            study_site=study_site,
            seq=99,
            kind="note_added",
            occurred_at=AT,
            recorded_at=AT,
            action_id="00000000-0000-0000-0000-000000000001",
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as when it is committed
        change = lambda: change_setting(  # noqa: E731
            study_site, {"capacity_per_week": 9}, by=admin, at=AT
        )
        with beside(change) as gave:
            assert gave == [["capacity_per_week"]]
        transaction.set_rollback(True)


def _leave_of(user: User, study_site: StudySite, cover: User) -> Leave:
    return record_leave(
        user=user,
        starts_at=AT + DAY,
        ends_at=AT + 4 * DAY,
        covers={study_site: cover},
        by=user,
        at=AT,
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_lead_accepted_while_a_leave_begins_stays_with_who_accepted_it(
    transactional_db: None,
) -> None:
    study_site = StudySiteFactory()
    away, cover, peer = (make_member(Role.COORDINATOR, study_site) for _ in range(3))
    lead = make_lead(study_site, owner=away)
    leave = _leave_of(away, study_site, cover)
    handoff = offer_handoff(
        lead=lead, to=peer, context="Please go on.", by=away, at=AT, seen=lead.version
    )

    with transaction.atomic():
        accept_handoff(handoff=handoff, by=peer, at=AT + DAY)
        beginning = beside(lambda: begin_leave(leave=leave, by=None, at=AT + DAY))
        beginning.__enter__()
    beginning.__exit__(None, None, None)

    lead.refresh_from_db()
    assert lead.owner == peer
    assert list(differences([lead])) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_lead_given_away_while_a_leave_ends_does_not_come_back(transactional_db: None) -> None:
    study_site = StudySiteFactory()
    away, cover, peer = (make_member(Role.COORDINATOR, study_site) for _ in range(3))
    lead = make_lead(study_site, owner=away)
    leave = _leave_of(away, study_site, cover)
    begin_leave(leave=leave, by=None, at=AT + DAY)

    with transaction.atomic():
        give_lead(lead=lead, to=peer, reason="Hers now.", by=cover, at=AT + 2 * DAY, seen=None)
        ending = beside(lambda: end_leave(leave=leave, by=None, at=AT + 4 * DAY))
        ending.__enter__()
    ending.__exit__(None, None, None)

    lead.refresh_from_db()
    assert lead.owner == peer
    assert Lead.objects.get(pk=lead.pk).events.filter(code="return").count() == 0
