"""The sign-in library's own views, in the house's words."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User

EMAIL, PASSWORD = "priya@cedarhollow.example", "four quiet words here"
OTHER = "some other words entirely"


@pytest.fixture
def priya(db: None) -> User:
    cache.clear()  # tries are counted there
    return User.objects.create_user(EMAIL, PASSWORD, name="Priya Raman")


def sign_in(client: Client, email: str, password: str) -> str:
    answer = client.post("/account/login/", {"login": email, "password": password})
    return answer.content.decode()


def said(page: str) -> str:
    """The words of the summary of errors."""
    found = re.search(r'<div class="note note--bad".*?</div>\s*</div>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split()) if found else ""


@pytest.mark.parametrize(
    "path",
    [
        "/account/login/",
        "/account/signup/",
        "/account/inactive/",
        "/account/password/reset/",
        "/account/password/reset/done/",
        "/account/password/reset/key/1-none/",
        "/account/password/reset/key/done/",
    ],
)
def test_page_before_sign_in_wears_the_house_and_shows_no_bar(db: None, path: str) -> None:
    page = Client().get(path).content.decode()

    assert 'class="door"' in page
    assert 'class="top"' not in page
    assert page.count("<h1>") == 1


def test_wrong_password_and_unknown_address_get_the_same_sentence(priya: User) -> None:
    known, unknown = sign_in(Client(), EMAIL, OTHER), sign_in(Client(), "no@x.example", OTHER)

    assert said(known)
    assert said(known) == said(unknown)
    assert f'value="{EMAIL}"' in known, "what was typed stays"
    assert OTHER not in known


def test_after_too_many_tries_even_the_right_password_waits(priya: User) -> None:
    for _ in range(5):
        sign_in(Client(), EMAIL, OTHER)

    page = sign_in(Client(), EMAIL, PASSWORD)

    assert "Too many" in said(page)


def test_reset_says_the_same_for_every_address_and_mails_a_link(priya: User) -> None:
    pages = []
    for address in (EMAIL, "no@x.example"):
        answer = Client().post("/account/password/reset/", {"email": address}, follow=True)
        pages.append(answer.content)

    assert pages[0] == pages[1]
    assert [message.subject for message in mail.outbox] == [
        "Set a new TrialsNest password",
        "No TrialsNest account with this address",
    ]
    link = re.search(r"http://\S+", mail.outbox[0].body)
    assert link is not None
    assert "/account/password/reset/key/" in link.group()


def test_link_sets_a_password_once(priya: User) -> None:
    Client().post("/account/password/reset/", {"email": EMAIL})
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)
    assert link is not None
    client = Client()
    form = client.get(link.group(1), follow=True)
    assert "Set a new password" in form.content.decode()

    path = form.redirect_chain[-1][0]
    new = {"password1": OTHER, "password2": OTHER}
    done = client.post(path, new, follow=True).content.decode()

    assert "Your new password is set" in done
    again = Client().get(link.group(1), follow=True).content.decode()
    assert "This link no longer works" in again


def test_short_password_is_refused_at_its_field(priya: User) -> None:
    Client().post("/account/password/reset/", {"email": EMAIL})
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)
    assert link is not None
    client = Client()
    path = client.get(link.group(1), follow=True).redirect_chain[-1][0]

    page = client.post(path, {"password1": "short", "password2": "short"}).content.decode()

    assert 'id="id_password1_error"' in page
    assert "15 characters" in said(page)


def test_somebody_signed_in_changes_her_password(priya: User) -> None:
    client = Client()
    client.force_login(priya, backend="accounts.backends.Backend")
    page = client.get("/account/password/change/").content.decode()
    assert "Password now" in page
    assert "Priya Raman" in page

    new = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    answer = client.post("/account/password/change/", new)

    assert answer.status_code == 302
    priya.refresh_from_db()
    assert priya.check_password(OTHER)
