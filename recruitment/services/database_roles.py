"""The three roles of the database: owner, app and report (model.md; reliability.md A12, H2).

The owner makes tables. The app reads and writes rows, and only adds to the log. The report role
reads the columns whose class lets a sponsor report know them, and nothing else; report code takes
it with `SET LOCAL ROLE`.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Model
from psycopg import sql

from trialsnest.lib.field_classes import READABLE_BY_REPORTS, class_of

APP_ROLE = "trialsnest_app"
REPORT_ROLE = "trialsnest_report"
ADD_ONLY = (
    "recruitment_leadevent",
    "recruitment_contactpermission",
    "recruitment_settingchange",
    "recruitment_askevent",
    "recruitment_patientgroupchange",
    "recruitment_siteonlycopy",
    "recruitment_reviewcorrection",
    "reporting_reportdownload",
)
CLASSED_APPS = ("recruitment", "reporting")


def ensure_roles() -> str:
    """Make the roles and their rights what the models say; may run twice, by the owner only.

    Gives back one sentence about what protects the log: with the app signing in as the owner of
    the tables the rights are weaker, because an owner may grant itself anything.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for role in (APP_ROLE, REPORT_ROLE):
            _make(role)
        for statement in _grants():
            cursor.execute(statement)
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
    return f"tables belong to {owner}; {APP_ROLE} signs in and may only add to the log"


def _make(role: str) -> None:
    """Make a role unless there is one; another installation on the server may be as quick."""
    if _is_there(role):
        return
    login = "LOGIN" if role == APP_ROLE else "NOLOGIN"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {role} {login} NOSUPERUSER")
    except (ProgrammingError, IntegrityError):
        if not _is_there(role):
            raise


def _is_there(role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        return cursor.fetchone() is not None


def set_app_password(password: str) -> None:
    """Let the app role sign in with `password`; by the owner only, may run twice.

    It is hashed here, so that no log of the server can show it.
    """
    with connection.cursor() as cursor:
        hashed = cursor.connection.pgconn.encrypt_password(password.encode(), APP_ROLE.encode())
        cursor.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(APP_ROLE), sql.Literal(hashed.decode())
            )
        )


def readable_columns(model: type[Model]) -> list[str]:
    """The columns of a model that a report may know, by the class of each field."""
    return [
        str(field.column)
        for field in model._meta.local_concrete_fields
        if class_of(field) in READABLE_BY_REPORTS
    ]


def classed_models() -> Iterator[type[Model]]:
    """Every model whose fields carry classes."""
    for label in CLASSED_APPS:
        yield from apps.get_app_config(label).get_models()


def _grants() -> Iterator[sql.Composed | sql.SQL]:
    app, report = sql.Identifier(APP_ROLE), sql.Identifier(REPORT_ROLE)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}, {}").format(app, report)
    yield sql.SQL(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}"
    ).format(app)
    yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(app)
    for table in ADD_ONLY:
        yield sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
            sql.Identifier(table), app
        )
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(report)
    for model in classed_models():
        columns = readable_columns(model)
        if columns:
            yield sql.SQL("GRANT SELECT ({}) ON {} TO {}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.Identifier(model._meta.db_table),
                report,
            )
    # CURRENT_USER too: where one role owns the tables and serves the pages, reports read as less.
    yield sql.SQL("GRANT {} TO {}, CURRENT_USER").format(report, app)
