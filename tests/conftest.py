"""What tests share: people in their roles, a study at a site, and a count of statements."""

import fcntl
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.conf import settings as django_settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from accounts.models import User
from recruitment.models import Role, StudySite
from recruitment.services.database_roles import ensure_roles
from tests.factories.recruitment import StudySiteFactory, make_member

# A busy machine is no fault of what is tested: no example has a limit of time.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")


@pytest.fixture(autouse=True, scope="session")
def _fast_and_alone() -> None:
    """A quick password hash, and caches of this process only."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database's roles, as an installation has them: reports are read under their own.

    Roles are the server's, which several test processes share, so they are made one at a time.
    In the end a session that a stopped program or the last request of a browser has not let go of
    yet is ended, so that the database can be dropped.
    """
    with Path(tempfile.gettempdir(), "trialsnest-test-roles.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with django_db_blocker.unblock():
            ensure_roles()
            connection.close()
    yield
    name = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        with connection._nodb_cursor() as cursor:  # as Django itself drops the database
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = %s AND backend_type = 'client backend'",
                [name],
            )


@pytest.fixture(autouse=True)
def _test_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the flush after a transactional test empty the log; nothing else may."""
    yield
    marker = request.node.get_closest_marker("django_db")
    transactional = marker is not None and marker.kwargs.get("transaction", False)
    if transactional or "transactional_db" in request.fixturenames:
        with connection.cursor() as cursor:
            _wait_for_others(cursor)
            cursor.execute("SET trialsnest.test_flush = 'on'")


def _wait_for_others(cursor: CursorWrapper) -> None:
    """Let requests of a page that was just closed end: a flush beside them may deadlock."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
        )
        if cursor.fetchone() == (0,):
            return
        time.sleep(0.05)


@pytest.fixture
def study_site(db: None) -> StudySite:
    return StudySiteFactory()


@pytest.fixture
def coordinator(study_site: StudySite) -> User:
    return make_member(Role.COORDINATOR, study_site, name="Priya Raman")


@pytest.fixture
def site_lead(study_site: StudySite) -> User:
    return make_member(Role.SITE_LEAD, study_site.site, name="Ana Lead")


@pytest.fixture
def reviewer(study_site: StudySite) -> User:
    return make_member(Role.REVIEWER, study_site)


@pytest.fixture
def sponsor_viewer(study_site: StudySite) -> User:
    return make_member(Role.SPONSOR_VIEWER, study_site.study)


@pytest.fixture
def administrator(db: None) -> User:
    return make_member(Role.ADMINISTRATOR)


@pytest.fixture
def outsider(db: None) -> User:
    """A coordinator of another study at another site."""
    return make_member(Role.COORDINATOR, StudySiteFactory())


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """A browser in which the given user has signed in and has just given her password again."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="accounts.backends.Backend")
        request = RequestFactory().get("/")
        request.user, request.session = user, client.session
        reauthenticate_by_password(request)
        request.session.save()
        return client

    return sign_in


@pytest.fixture
def count_queries() -> Callable[..., int]:
    """How many statements a call makes, with the caches of content types warm."""

    def count(call: Callable[..., Any], *args: Any, **kwargs: Any) -> int:
        ContentType.objects.get_for_model(StudySite)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            call(*args, **kwargs)
        return len(captured)

    return count
