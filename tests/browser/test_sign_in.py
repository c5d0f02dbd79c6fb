"""Signing in, in a real browser, against the product's own policy."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL, PASSWORD = "priya@cedarhollow.example", "four quiet words here"


@pytest.fixture
def priya(transactional_db: None) -> User:
    cache.clear()
    return User.objects.create_user(EMAIL, PASSWORD, name="Priya Raman", theme="dark")


def test_sign_in_refuses_then_lets_in_and_out_by_keyboard_alone(
    page: Page,
    live_server: LiveServer,
    priya: User,
    complaints: list[str],
    axe: Callable[[Page], list[str]],
) -> None:
    answer = page.goto(f"{live_server.url}/account/login/")
    assert answer is not None
    assert "unsafe" not in answer.headers["content-security-policy"]

    page.get_by_label("Work email").fill(EMAIL)
    page.get_by_label("Password").fill("not the one I chose")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert complaints == []
    assert axe(page) == []

    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You have no role here yet")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.locator("summary", has_text="Priya Raman").press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
