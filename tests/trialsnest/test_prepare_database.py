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
