"""Signing in end to end: the same answer for every mistake, a lock, the page that was asked for."""

import logging
import re
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory

LOGIN = "/account/login/"
OTHER = "some other words entirely"


@pytest.fixture
def priya(db: None) -> User:
    cache.clear()  # tries are counted there
    return UserFactory(email="priya@cedarhollow.example", name="Priya Raman")


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": user.email, "password": password, **more})


def test_sign_in_and_out(priya: User) -> None:
    client = Client()

    assert sign_in(client, priya)["Location"] == "/"
    assert client.get("/profile/").status_code == 200
    client.post("/account/logout/")

    assert client.get("/profile/").status_code == 302


def test_address_is_read_without_regard_to_capitals(priya: User) -> None:
    client = Client()

    client.post(LOGIN, {"login": "Priya@CedarHollow.example", "password": PASSWORD})

    assert client.get("/profile/").status_code == 200


def test_sixth_try_is_locked_out_with_a_sentence_that_says_how_long(priya: User) -> None:
    client = Client()
    for _ in range(5):
        page = sign_in(client, priya, OTHER).content.decode()
        assert "do not belong together" in page

    locked = sign_in(client, priya)

    assert "Too many tries. Wait 5 minutes, then try again." in locked.content.decode()
    assert client.get("/profile/").status_code == 302


def test_lock_on_one_address_leaves_a_colleague_alone(priya: User) -> None:
    for _ in range(5):
        sign_in(Client(), priya, OTHER)

    assert sign_in(Client(), UserFactory()).status_code == 302


def test_lock_of_an_unknown_address_reads_the_same(priya: User) -> None:
    pages = []
    for address in (priya.email, "nobody@cedarhollow.example"):
        cache.clear()
        for _ in range(6):
            answer = Client().post(LOGIN, {"login": address, "password": OTHER})
        page = re.sub(r'value="[^"]*"', "", answer.content.decode())
        pages.append(page)

    assert pages[0] == pages[1]
    assert "Too many tries" in pages[0]


def test_page_that_was_asked_for_opens_after_signing_in(priya: User) -> None:
    client = Client()
    asked = client.get("/profile/?tab=keys")
    form = client.get(asked["Location"]).content.decode()
    hidden = re.search(r'name="next" value="([^"]+)"', form)
    assert hidden is not None

    answer = sign_in(client, priya, next=hidden.group(1))

    assert answer["Location"] == "/profile/?tab=keys"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"]
)
def test_next_page_of_another_place_is_not_followed(priya: User, elsewhere: str) -> None:
    answer = sign_in(Client(), priya, next=elsewhere)

    assert answer["Location"] == "/"


def test_somebody_suspended_is_told_so_only_after_the_right_password(priya: User) -> None:
    User.objects.filter(pk=priya.pk).update(is_active=False)

    right, wrong = sign_in(Client(), priya), sign_in(Client(), priya, OTHER)

    assert right["Location"] == reverse("account_inactive")
    assert "do not belong together" in wrong.content.decode()


def test_sign_up_is_closed(db: None) -> None:
    fields = {"email": "new@example.org", "password1": OTHER, "password2": OTHER}

    page = Client().post("/account/signup/", fields).content.decode()

    assert "Accounts come by invitation" in page
    assert not User.objects.exists()


@pytest.mark.parametrize("path", ["email/", "confirm-email/", "password/set/", "login/code/"])
def test_pages_of_the_library_that_nobody_needs_do_not_exist(priya: User, path: str) -> None:
    client = Client()
    sign_in(client, priya)

    assert client.get(f"/account/{path}").status_code == 404


def test_changing_a_password_tells_its_owner_and_ends_other_sessions(priya: User) -> None:
    here, elsewhere = Client(), Client()
    sign_in(here, priya)
    sign_in(elsewhere, priya)

    here.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER},
    )

    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    assert [(m.subject, m.to) for m in mail.outbox] == [
        ("Your TrialsNest password was changed", [priya.email])
    ]


def test_lost_mail_server_is_told_and_logged_without_the_address(
    priya: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: object) -> None:
        raise SMTPServerDisconnected("connection to priya@cedarhollow.example lost")

    monkeypatch.setattr(EmailBackend, "send_messages", gone)

    with caplog.at_level(logging.ERROR, logger="trialsnest.mail"):
        page = Client().post("/account/password/reset/", {"email": priya.email}, follow=True)

    assert page.status_code == 200
    assert "could not be sent just now" in page.content.decode()
    assert [record.getMessage() for record in caplog.records] == ["mail not sent"]


@pytest.mark.parametrize("path", ["/account/password/reset/", "/account/password/reset/done/"])
def test_pages_that_send_mail_say_when_it_goes_to_a_folder(
    db: None, settings: Any, path: str
) -> None:
    settings.MAIL_TO_FOLDER = True
    told = Client().get(path).content.decode()
    settings.MAIL_TO_FOLDER = False
    silent = Client().get(path).content.decode()

    assert "TRIALSNEST_HOME/mail" in told
    assert "TRIALSNEST_HOME/mail" not in silent


def test_no_field_of_sign_in_says_its_label_twice(priya: User) -> None:
    client = Client()
    pages = [client.get(LOGIN), client.get("/account/password/reset/")]
    client.post("/account/password/reset/", {"email": priya.email})
    link = re.search(r"/account/password/reset/key/\S+", str(mail.outbox[0].body))
    assert link
    pages.append(client.get(link[0], follow=True))
    sign_in(client, priya)
    pages += [client.get(f"/account/{path}/") for path in ("password/change", "reauthenticate")]

    inputs = [len(re.findall('<input type="(?:password|email)"', p.text)) for p in pages]

    assert inputs == [2, 1, 2, 3, 1]
    assert not [page for page in pages if "placeholder" in page.text.partition("<main")[2]]
