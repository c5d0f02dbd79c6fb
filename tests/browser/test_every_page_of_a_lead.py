"""Every page of a lead and every refusal of its forms; see test_every_page.py."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.page_walk import wrong_pages

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.soak  # minutes of processor time, most of it in the rules of access
def test_every_page_of_a_lead_keeps_to_the_rules_of_access_its_width_and_the_policy(
    browser: Browser, live_server: LiveServer, as_user: Callable[[User], Client]
) -> None:
    cache.clear()

    found = wrong_pages(lambda stop: stop.is_of_lead, browser, live_server.url, as_user)

    assert found == {}
