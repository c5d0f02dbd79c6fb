"""Plans that the database keeps: one for every number, and none that fits its tables no more."""

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from django.db import NotSupportedError, connection, transaction
from django.test import Client

from accounts.models import User
from tests.factories.accounts import UserFactory
from trialsnest.lib.kept_plans import fetch

WIDER = "ALTER TABLE accounts_user ALTER COLUMN name TYPE varchar({})"
NAMED = "SELECT id, name FROM accounts_user WHERE id = %(key)s::bigint"


def elsewhere(sql: str) -> None:
    """Run it over a connection of its own, as a migration does beside a running server."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


def plans() -> list[str]:
    """The texts whose plans this connection keeps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%%accounts_user%%'"
        )
        return [text for (text,) in cursor.fetchall()]


@pytest.fixture
def widened() -> Iterator[Callable[[], None]]:
    """Widens a column; it is as it was afterwards."""
    length = User._meta.get_field("name").max_length or 0
    yield lambda: elsewhere(WIDER.format(length + 10))
    connection.close()
    elsewhere(WIDER.format(length))


@pytest.mark.django_db
def test_small_and_large_numbers_share_one_plan() -> None:
    for key in (5, 40_000, 3_000_000_000):
        fetch(NAMED, {"key": key})

    assert len(plans()) == 1


@pytest.mark.django_db(transaction=True)
def test_pages_go_on_where_a_migration_changed_a_table_under_a_kept_plan(
    widened: Callable[[], None],
) -> None:
    client = Client()
    client.force_login(UserFactory())
    connection.close()  # kept from here on, as a worker's thread keeps its own
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    user = User.objects.get()
    assert fetch(NAMED, {"key": user.pk}) == [(user.pk, user.name)]

    widened()

    assert fetch(NAMED, {"key": user.pk}) == [(user.pk, user.name)]
    assert client.get("/profile/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_fails_once_and_the_next_request_has_another_connection(
    widened: Callable[[], None],
) -> None:
    user = UserFactory()
    fetch(NAMED, {"key": user.pk})
    widened()

    with pytest.raises(NotSupportedError, match="cached plan"), transaction.atomic():
        fetch(NAMED, {"key": user.pk})

    connection.close_if_unusable_or_obsolete()  # as each request begins
    assert plans() == []
    with transaction.atomic():
        assert fetch(NAMED, {"key": user.pk}) == [(user.pk, user.name)]
