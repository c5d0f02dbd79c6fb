"""Every page there is: the rules of access, its width, the policy, and thumbs on a phone.

The pages of a lead, which take half of the time, are in test_every_page_of_a_lead.py: files are
what test processes share out among them.
"""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.every_page import make_world, stops
from tests.browser.page_walk import wrong_pages

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_every_address_is_walked_to_or_says_why_not(as_user: Callable[[User], Client]) -> None:
    cache.clear()

    way = stops(make_world(), as_user)

    assert {stop.is_of_lead for stop in way} == {True, False}
    assert len({str(stop) for stop in way}) == len(way)


@pytest.mark.soak  # minutes of processor time, most of it in the rules of access
def test_every_page_keeps_to_the_rules_of_access_its_width_and_the_policy(
    browser: Browser, live_server: LiveServer, as_user: Callable[[User], Client]
) -> None:
    cache.clear()

    found = wrong_pages(lambda stop: not stop.is_of_lead, browser, live_server.url, as_user)

    assert found == {}
