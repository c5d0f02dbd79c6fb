"""Every field has a class, and the reporting role can read only what its class allows."""

import pytest
from django.apps import apps
from django.db import Error, connection, models, transaction
from psycopg.errors import InsufficientPrivilege

from recruitment.models import StudySite
from recruitment.services.database_roles import (
    APP_ROLE,
    REPORT_ROLE,
    classed_models,
    ensure_roles,
    readable_columns,
)
from tests.factories.recruitment import make_lead
from trialsnest.lib.field_classes import READABLE_BY_REPORTS, class_of


def _guardian_field(field: models.Field) -> bool:  # type: ignore[type-arg]
    return field.name in {"permission", "user", "group"} and "ermission" in field.model.__name__


def test_every_field_of_every_model_is_classed() -> None:
    unclassed = [
        f"{model._meta.label}.{field.name}"
        for model in classed_models()
        for field in model._meta.local_concrete_fields
        if class_of(field) is None and not _guardian_field(field)
    ]

    assert unclassed == []


def test_every_own_field_of_a_user_is_classed() -> None:
    inherited = {"password", "last_login", "is_superuser"}
    user = apps.get_model("accounts", "User")

    unclassed = {f.name for f in user._meta.local_concrete_fields if class_of(f) is None}

    assert unclassed == inherited


@pytest.fixture
def roles(db: None) -> None:
    ensure_roles()


def _refused(role: str, statement: str) -> bool:
    """Whether the server refuses `role` the right; any other error is a mistake of the test."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute(statement)
    except Error as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            return True
        raise
    return False


def _select(table: str, column: str) -> str:
    return f'SELECT "{column}" FROM "{table}" LIMIT 1'  # noqa: S608  (names from the models)


def test_the_reporting_role_reads_operational_columns_and_no_others(
    roles: None, study_site: StudySite
) -> None:
    make_lead(study_site)
    wrong = [
        f"{model._meta.db_table}.{field.column}"
        for model in classed_models()
        for field in model._meta.local_concrete_fields
        if _refused(REPORT_ROLE, _select(model._meta.db_table, field.column))
        == (field.column in readable_columns(model))
    ]

    assert wrong == []


def test_every_identifying_column_is_closed_to_reports(roles: None) -> None:
    identifying = [
        (model._meta.db_table, field.column)
        for model in classed_models()
        for field in model._meta.local_concrete_fields
        if class_of(field) not in READABLE_BY_REPORTS
    ]

    assert ("recruitment_person", "last_name") in identifying
    for table, column in identifying:
        assert _refused(REPORT_ROLE, _select(table, column)), column


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM recruitment_person",
        "SELECT number FROM recruitment_lead",
        "SELECT text FROM recruitment_leadnote",
        "SELECT email FROM accounts_user",
        "UPDATE recruitment_lead SET stage = 'contacted'",
        "SELECT session_data FROM django_session",
    ],
)
def test_the_reporting_role_is_refused_what_tells_who_somebody_is(
    roles: None, statement: str
) -> None:
    assert _refused(REPORT_ROLE, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recruitment_leadevent SET code = 'other'",
        "DELETE FROM recruitment_leadevent",
        "TRUNCATE recruitment_leadevent CASCADE",
        "ALTER TABLE recruitment_leadevent DISABLE TRIGGER ALL",
        "SET session_replication_role = 'replica'",
        "DROP TABLE recruitment_leadevent",
    ],
)
def test_the_application_role_can_only_add_to_the_log(roles: None, statement: str) -> None:
    assert _refused(APP_ROLE, statement)


def test_making_the_roles_twice_changes_nothing(roles: None) -> None:
    assert "may only add to the log" in ensure_roles()
