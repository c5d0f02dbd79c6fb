"""The pages of the day in a browser: width, access, keys, and More at every width."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Message, StudySite
from recruitment.rules.stages import Stage
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import make_enquirer, make_lead
from tests.factories.stages import bring_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 5  # 175 letters without a place to break


@pytest.fixture
def days(study_site: StudySite, coordinator: User, site_lead: User) -> None:
    """A day with something on each page, and a name that tries the layout."""
    cache.clear()
    now = timezone.now()
    for n in range(2):
        enquirer = make_enquirer(n, first_name="Zoë", last_name=LONG)
        make_lead(study_site, owner=coordinator, enquirer=enquirer)
    make_lead(study_site, received_at=now - timedelta(hours=3))
    bring_to(Stage.SCHEDULED, make_lead(study_site, owner=coordinator), coordinator)
    Message.objects.create(
        site=study_site.site,
        taken_at=now,
        taken_by=site_lead,
        caller=LONG[:120],
        reach="+16175550199",
        text="مرحبا, I saw the flyer",
    )


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark"), (320, "light")])
def test_the_pages_of_the_day_keep_to_access_and_width(
    width: int,
    scheme: str,
    page: Page,
    live_server: LiveServer,
    coordinator: User,
    site_lead: User,
    days: None,
    axe: Callable[[Page], list[str]],
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    sign_in(page, live_server.url, site_lead)
    paths = [reverse(name) for name in ("needs_me", "messages", "message_pass_on", "close_out")]
    paths += [reverse("visits_today") + "?whose=team"]
    paths += [reverse("needs_me_list", args=[which]) for which in ("unowned", "overrides")]
    for path in paths:
        page.goto(live_server.url + path)
        assert page.evaluate(TOO_WIDE) == 0, path
        assert axe(page) == [], path


def test_more_and_the_keys_reach_what_the_bar_has_no_room_for(
    page: Page, live_server: LiveServer, site_lead: User, days: None
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, live_server.url, site_lead)
    page.goto(live_server.url + reverse("needs_me"))
    page.get_by_text("More", exact=True).click()
    page.locator(".nav__more").get_by_role("link", name="Messages").click()
    expect(page).to_have_url(live_server.url + reverse("messages"))
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(live_server.url + reverse("close_out"))

    page.set_viewport_size({"width": 390, "height": 844})
    shown = page.locator(".nav > a:visible")
    expect(shown).to_have_count(4)
    page.locator("details.me > summary").click()
    page.locator(".menu__more").get_by_role("link", name="Messages").click()
    expect(page).to_have_url(live_server.url + reverse("messages"))
