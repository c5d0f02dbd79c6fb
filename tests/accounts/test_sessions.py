"""Who a session belongs to, read by prepared statements: the same as Django's own would say."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DjangoStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.backends import Backend
from accounts.models import User
from accounts.sessions import SessionStore
from tests.factories.accounts import UserFactory

NOBODY = 2**31 - 1
PASSWORD = "seven quiet herons at dusk"


@pytest.fixture
def signed_in(db: None) -> Client:
    """Somebody who signed in."""
    client = Client()
    client.force_login(UserFactory())
    return client


def test_every_key_is_read_as_django_reads_it(signed_in: Client) -> None:
    live = str(signed_in.session.session_key)
    over = SessionStore()
    over["word"] = "kept"
    over.set_expiry(timezone.now() - timedelta(seconds=1))
    over.save()

    for key in (live, str(over.session_key), "unknown-to-everybody", "ü" * 8, "' OR true --"):
        ours, django = SessionStore(key), DjangoStore(key)
        assert ours.load() == django.load()
        assert ours.session_key == django.session_key
    assert SessionStore(live).load()
    assert SessionStore(str(over.session_key)).load() == {}


def test_a_session_that_is_over_signs_nobody_in(signed_in: Client) -> None:
    assert signed_in.get("/profile/").status_code == 200

    Session.objects.update(expire_date=timezone.now())

    assert signed_in.get("/profile/").status_code == 302


def test_a_session_that_was_ended_elsewhere_signs_nobody_in(signed_in: Client) -> None:
    Session.objects.all().delete()

    assert signed_in.get("/profile/").status_code == 302


def test_every_user_is_let_in_as_django_lets_in(db: None) -> None:
    active, suspended = UserFactory(), UserFactory(is_active=False)

    for key in (active.pk, str(active.pk), suspended.pk, NOBODY):
        assert Backend().get_user(key) == ModelBackend().get_user(key)
    assert Backend().get_user(active.pk) == active
    assert Backend().get_user(suspended.pk) is None


def test_somebody_suspended_is_out_at_her_next_page(signed_in: Client) -> None:
    assert signed_in.get("/profile/").status_code == 200

    User.objects.update(is_active=False)

    assert signed_in.get("/profile/").status_code == 302


def test_who_signs_in_with_her_password_is_read_back_by_our_backend(db: None) -> None:
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    client = Client()

    client.post("/account/login/", {"login": user.email, "password": PASSWORD})

    assert client.session["_auth_user_backend"] == settings.AUTHENTICATION_BACKENDS[0]
    assert client.get("/profile/").status_code == 200


def test_a_new_password_ends_the_sessions_that_were_there(signed_in: Client) -> None:
    assert signed_in.get("/profile/").status_code == 200

    user = User.objects.get()
    user.set_password(PASSWORD)
    user.save()

    assert signed_in.get("/profile/").status_code == 302


def test_a_session_may_change_its_key_and_end(signed_in: Client) -> None:
    session = SessionStore(str(signed_in.session.session_key))
    before, words = session.session_key, dict(session.items())

    session.cycle_key()

    assert session.session_key != before
    assert SessionStore(before).load() == {}
    assert SessionStore(session.session_key).load() == words
    session.flush()
    assert not Session.objects.exists()
