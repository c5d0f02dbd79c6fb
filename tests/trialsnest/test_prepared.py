"""Statements written once: their values, what shapes them, and what they refuse."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.factories.accounts import UserFactory
from trialsnest.lib.kept_plans import MANY, fetch
from trialsnest.lib.prepared import prepared, prepared_text

pytestmark = pytest.mark.django_db
JOINED = datetime(2026, 1, 5, 9, tzinfo=UTC)


@prepared
def _people(
    order: str, *, keys: Collection[int], since: datetime, name: str, but: int
) -> QuerySet[User]:
    found = User.objects.filter(pk__in=keys, joined_at__gte=since).exclude(pk=but)
    return found.filter(~Q(name=name) | Q(email="50%@example.org")).order_by(order)


def people(order: str = "pk", **values: Any) -> list[User]:
    """With values that leave everybody."""
    everybody = list(User.objects.values_list("pk", flat=True))
    usual = {"keys": everybody, "since": JOINED, "name": "", "but": 0}
    return _people(order, **{**usual, **values})


@pytest.fixture
def three() -> list[User]:
    return [UserFactory(name=f"Person {n}", joined_at=JOINED) for n in (3, 1, 2)]


def test_rows_are_instances_as_of_the_queryset(three: list[User]) -> None:
    assert people() == three
    assert people("name") == sorted(three, key=lambda user: user.name)
    assert {user.name for user in people()} == {"Person 1", "Person 2", "Person 3"}
    assert people()[0].joined_at == JOINED


def test_each_value_counts_also_after_the_plan_is_kept(three: list[User]) -> None:
    first, second, third = three
    for _ in range(12):  # the database keeps a plan from the third time, one for all from the sixth
        assert people(keys=[second.pk, third.pk]) == [second, third]
        assert people(keys=[]) == []
        assert people(but=first.pk) == [second, third]
        assert people(name="Person 1") == [first, third]
        assert people(name="' OR true --") == three
        assert people(since=JOINED.replace(hour=10)) == []


def plans() -> list[tuple[int, int]]:
    """Of each text that this connection keeps, how often its plan was one for any values, and how
    often one for the values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE '%%accounts_user%%' AND statement LIKE '%%1 = 1%%'"
        )
        return cursor.fetchall()


def _marked(*, key: int) -> QuerySet[User]:
    return User.objects.filter(pk=key).extra(where=["1 = 1"])  # a mark to find it by


def test_one_plan_is_kept_for_any_values(three: list[User]) -> None:
    found = prepared(_marked)
    for user in three * 3:
        assert found(key=user.pk) == [user]
    [(generic, custom)] = plans()
    assert generic > 0
    assert custom == 0


def test_a_text_alone_is_planned_for_its_values(three: list[User]) -> None:
    found = prepared_text(_marked)
    for user in three * 3:
        assert found(key=user.pk) == [user]
    assert plans() == []


def test_a_new_connection_keeps_plans(transactional_db: None) -> None:
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("force_generic_plan",)


def test_a_list_that_is_very_long_is_planned_with_its_values(three: list[User]) -> None:
    keys = [user.pk for user in three]
    assert people(keys=[*keys, *range(10**6, 10**6 + MANY)]) == three


def test_it_is_one_statement_and_is_counted(three: list[User]) -> None:
    for _ in range(6):  # also where only the name of a kept plan is sent
        with CaptureQueriesContext(connection) as sent:
            people(keys=[three[0].pk])
        assert len(sent) == 1 + 1  # and the keys of everybody
        assert "accounts_user" in sent[1]["sql"]


def test_a_text_is_written_once_for_each_shape(three: list[User]) -> None:
    _people.made.cache_clear()
    for _ in range(3):
        people("pk")
        people("name", but=three[0].pk)
    assert _people.made.cache_info().misses == 2


def test_texts_are_written_anew_behind_a_migration(three: list[User]) -> None:
    people()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert _people.made.cache_info().currsize == 0
    assert people() == three


def test_what_is_none_or_a_flag_shapes_the_text(three: list[User]) -> None:
    @prepared
    def found(*, active: bool | None) -> QuerySet[User]:
        return User.objects.all() if active is None else User.objects.filter(is_active=active)

    assert len(found(active=None)) == len(found(active=True)) == 3
    assert found(active=False) == []


def test_a_list_elsewhere_than_in_a_list_of_keys_is_refused() -> None:
    @prepared
    def found(*, keys: Collection[int]) -> QuerySet[User]:
        return User.objects.filter(pk=next(iter(keys)))

    with pytest.raises(ValueError, match="keys is a list"):
        found(keys=[1])


def test_what_is_worked_out_from_a_value_is_refused() -> None:
    @prepared
    def since(*, at: datetime) -> QuerySet[User]:
        return User.objects.filter(joined_at__gte=at - timedelta(days=1))

    @prepared
    def like(*, name: str) -> QuerySet[User]:
        return User.objects.filter(name__icontains=name)

    @prepared
    def behind(*, key: int) -> QuerySet[User]:
        return User.objects.filter(pk__gt=key + 1000)

    for found in (lambda: since(at=JOINED), lambda: like(name="x"), lambda: behind(key=1)):
        with pytest.raises(ValueError, match="worked out"):
            found()


def test_a_value_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="no value for a prepared statement"):
        people(name=1.5)


def test_what_can_find_nothing_is_not_sent() -> None:
    @prepared
    def nothing(*, me: int) -> QuerySet[User]:
        return User.objects.filter(pk=me, pk__in=[])

    with CaptureQueriesContext(connection) as sent:
        assert nothing(me=1) == []
        assert nothing.where(me=1) == "false"
    assert len(sent) == 0


def test_moments_come_back_in_utc() -> None:
    [(at,)] = fetch("SELECT %(at)s::timestamptz", {"at": JOINED})
    assert at == JOINED
    assert at.utcoffset() == JOINED.utcoffset()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_only_inside_a_transaction(transactional_db: None) -> None:
    @prepared
    def locked(*, name: str) -> QuerySet[User]:
        return User.objects.select_for_update().filter(name=name)

    user = UserFactory(name="Person 1")
    for _ in range(2):  # also where the text is written already
        with pytest.raises(TransactionManagementError):
            locked(name=user.name)
        with transaction.atomic():
            assert locked(name=user.name) == [user]


def test_words_in_a_list_and_days_are_values(three: list[User]) -> None:
    @prepared
    def named(*, names: Collection[str], day: date) -> QuerySet[User]:
        return User.objects.filter(name__in=names, joined_at__date__gte=day).order_by("pk")

    first, second, third = three
    for _ in range(7):  # as above
        assert named(names=[second.name, "' OR true --"], day=JOINED.date()) == [second]
        assert named(names=(first.name, third.name), day=JOINED.date()) == [first, third]
        assert named(names=[first.name], day=JOINED.date() + timedelta(days=1)) == []


def test_days_and_words_worked_out_from_values_are_refused() -> None:
    @prepared
    def since(*, day: date) -> QuerySet[User]:
        return User.objects.filter(joined_at__date__gte=day + timedelta(days=1))

    @prepared
    def first(*, names: Collection[str]) -> QuerySet[User]:
        return User.objects.filter(name__startswith=next(iter(names)))

    for found in (lambda: since(day=JOINED.date()), lambda: first(names=["x"])):
        with pytest.raises(ValueError, match="worked out"):
            found()
