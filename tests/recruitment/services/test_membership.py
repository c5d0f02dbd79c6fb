"""Suspending and ending roles: sessions end at once, leads become Unowned, somebody stays."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from recruitment.models import Role, StudySite
from recruitment.queries.settings import history
from recruitment.rules.refusals import Refusal
from recruitment.services.membership import end_role, restore_user, suspend_user
from tests.factories.recruitment import MONDAY, make_lead, make_member


def test_suspending_ends_an_open_session_at_once(
    administrator: User, coordinator: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(coordinator)
    assert client.get("/profile/").status_code == 200

    suspend_user(user=coordinator, by=administrator, at=MONDAY)

    assert client.get("/profile/").status_code == 302


def test_suspending_leaves_other_sessions_alone(
    administrator: User, coordinator: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(administrator)

    suspend_user(user=coordinator, by=administrator, at=MONDAY)

    assert client.get("/profile/").status_code == 200


def test_leads_of_somebody_suspended_become_unowned_and_are_counted(
    administrator: User, coordinator: User, study_site: StudySite
) -> None:
    leads = [make_lead(study_site, owner=coordinator) for _ in range(2)]

    freed = suspend_user(user=coordinator, by=administrator, at=MONDAY)

    assert freed == (2, 0)
    for lead in leads:
        lead.refresh_from_db()
        assert lead.owner is None


def test_restoring_gives_the_same_roles_back_and_both_are_noted(
    administrator: User, coordinator: User, study_site: StudySite
) -> None:
    suspend_user(user=coordinator, by=administrator, at=MONDAY)
    suspended = User.objects.get(pk=coordinator.pk)
    assert not suspended.has_perm("recruitment.work_leads", study_site)

    restore_user(user=coordinator, by=administrator, at=MONDAY)

    restored = User.objects.get(pk=coordinator.pk)
    assert restored.has_perm("recruitment.work_leads", study_site)
    assert [(c.what, c.old, c.new) for c in history(coordinator)] == [
        ("Active", "no", "yes"),
        ("Active", "yes", "no"),
    ]


def test_ended_role_ends_its_rights_and_frees_its_leads(
    administrator: User, coordinator: User, study_site: StudySite
) -> None:
    lead = make_lead(study_site, owner=coordinator)

    end_role(membership=coordinator.memberships.get(), by=administrator, at=MONDAY)

    lead.refresh_from_db()
    assert lead.owner is None
    fresh = User.objects.get(pk=coordinator.pk)
    assert not fresh.has_perm("recruitment.view_leads", study_site)


def test_last_administrator_can_neither_end_the_role_nor_be_suspended(
    administrator: User, coordinator: User
) -> None:
    with pytest.raises(Refusal, match="last administrator"):
        end_role(membership=administrator.memberships.get(), by=administrator, at=MONDAY)
    with pytest.raises(Refusal, match="last administrator"):
        suspend_user(user=administrator, by=coordinator, at=MONDAY)

    administrator.refresh_from_db()
    assert administrator.is_active


def test_suspended_administrator_does_not_count_as_another(administrator: User) -> None:
    other = make_member(Role.ADMINISTRATOR)
    suspend_user(user=other, by=administrator, at=MONDAY)

    with pytest.raises(Refusal, match="last administrator"):
        end_role(membership=administrator.memberships.get(), by=administrator, at=MONDAY)


def test_nobody_suspends_herself(administrator: User) -> None:
    make_member(Role.ADMINISTRATOR)

    with pytest.raises(Refusal, match="yourself"):
        suspend_user(user=administrator, by=administrator, at=MONDAY)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_suspend_each_other_at_once_leave_one(
    transactional_db: None,
) -> None:
    pair = [make_member(Role.ADMINISTRATOR) for _ in range(2)]
    start, refused = Barrier(2), []

    def suspend(user: User, by: User) -> None:
        start.wait()
        try:
            suspend_user(user=user, by=by, at=MONDAY)
        except Refusal as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [Thread(target=suspend, args=args) for args in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.filter(is_active=True).count() == 1
    assert len(refused) == 1
