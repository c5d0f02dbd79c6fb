"""The report role may read codes and times, and is refused everything that names a person."""

import pytest
from django.db import ProgrammingError, connection, transaction

from recruitment.models import Lead, Person, StudySite
from recruitment.services import calendars
from recruitment.services.database_roles import (
    REPORT_ROLE,
    classed_models,
    ensure_roles,
    readable_columns,
)
from reporting.queries import role
from reporting.queries.log import read_log
from reporting.queries.role import as_report_reader
from tests.factories.recruitment import make_lead
from tests.reporting.world import make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    ensure_roles()


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def test_the_server_refuses_a_person_under_the_report_role(study_site: StudySite) -> None:
    make_lead(study_site)

    with (
        pytest.raises(ProgrammingError, match="permission denied for table recruitment_person"),
        as_report_reader(),
    ):
        list(Person.objects.all())


def test_every_column_that_reports_may_not_read_is_refused_one_by_one() -> None:
    refused = 0
    for model in classed_models():
        allowed = set(readable_columns(model))
        for field in model._meta.local_concrete_fields:
            statement = f'SELECT "{field.column}" FROM "{model._meta.db_table}"'  # noqa: S608
            try:
                with as_report_reader(), connection.cursor() as cursor:
                    cursor.execute(statement)
            except ProgrammingError:
                assert field.column not in allowed, f"{model.__name__}.{field.name}"
                refused += 1
            else:
                assert field.column in allowed, f"{model.__name__}.{field.name}"
    assert refused > 20


def test_the_report_role_writes_nothing(study_site: StudySite) -> None:
    make_lead(study_site)

    with pytest.raises(ProgrammingError, match="permission denied"), as_report_reader():
        Lead.objects.update(attempts=9)


def test_a_report_is_computed_under_the_role_and_the_role_is_given_back(
    study_site: StudySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_lead(study_site)
    during = []

    def spied(*args: object, **kwargs: object) -> object:
        during.append(current_role())
        return read_log(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("reporting.services.snapshots.read_log", spied)
    before = current_role()

    make_draft(study_site)

    assert during == [REPORT_ROLE]
    assert current_role() == before != REPORT_ROLE


def test_a_process_that_has_read_no_hours_yet_computes_a_report_under_the_role(
    study_site: StudySite,
) -> None:
    make_lead(study_site)
    calendars._calendar.cache_clear()
    calendars._rest_days.cache_clear()

    report = make_draft(study_site)

    assert report.pk is not None


def test_statements_of_a_report_are_planned_for_their_values() -> None:
    """A study may hold a thousand times as much as another; one plan for both is bad for one."""
    with transaction.atomic(), as_report_reader(), connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("auto",)


def test_the_role_is_given_back_after_a_failure() -> None:
    before = current_role()

    with pytest.raises(ValueError, match="broken"), as_report_reader():
        raise ValueError("broken")

    assert current_role() == before


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_role_is_taken_only_inside_a_transaction(transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"), as_report_reader():
        pass


def test_a_database_without_the_role_is_read_with_the_apps_own_rights_and_that_is_said_once(
    study_site: StudySite, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(role, "REPORT_ROLE", "trialsnest_no_such_role")
    monkeypatch.setattr(role, "_told", [])
    make_lead(study_site)

    for _ in range(2):
        with transaction.atomic(), as_report_reader() as taken:
            assert not taken
            with connection.cursor() as cursor:
                cursor.execute("SHOW plan_cache_mode")
                assert cursor.fetchone() == ("auto",)
            assert Lead.objects.count() == 1

    assert [record.message for record in caplog.records] == [
        "reports are read without their own role"
    ]
