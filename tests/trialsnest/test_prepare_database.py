"""The role that the pages use may have a password, and no log can show it."""

import pytest
from django.db import connection

from recruitment.services.database_roles import ensure_roles, set_app_password


@pytest.mark.django_db
def test_the_password_of_the_app_role_arrives_at_the_database_hashed() -> None:
    ensure_roles()

    set_app_password("correct horse")

    with connection.cursor() as cursor:
        cursor.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'trialsnest_app'")
        stored = cursor.fetchone()[0]
    assert stored.startswith("SCRAM-SHA-256$")


@pytest.mark.django_db
def test_whoever_makes_the_roles_may_read_reports_as_the_lesser_one() -> None:
    ensure_roles()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member::regrole::text FROM pg_auth_members"
            " WHERE roleid = 'trialsnest_report'::regrole AND member IN"
            " ('trialsnest_app'::regrole, CURRENT_USER::regrole)"
        )
        members = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
    assert members == {"trialsnest_app", owner}
