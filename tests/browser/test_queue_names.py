"""The queue with names that break layouts, as a table and as cards; ranks and ticked rows."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Role
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NAMES = [
    ("Ada", "Wolfeschlegelsteinhausenbergerdorff" * 5),
    ("مريم", "بن داود \u202eevil\u202c"),
    ("מרים", "בן-דוד"),
    ("Ada", "👩🏽‍🔬🏳️‍🌈" * 12),
    ("A\u200bd\u200da", "\u200b\u200d\u2060Zero"),
    ("Zalgo", "Z̴̛͔a̷l̵g̶o̴" * 8),
]


@pytest.fixture
def priya(transactional_db: None) -> User:
    cache.clear()
    place, now = StudySiteFactory(), timezone.now()
    priya = make_member(Role.COORDINATOR, place, name="Priya Raman")
    for n, (first, last) in enumerate(NAMES):
        enquirer = make_enquirer(n, first_name=first, last_name=last[:200])
        make_lead(place, owner=priya, received_at=now - timedelta(hours=n + 1), enquirer=enquirer)
    return priya


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_no_name_widens_the_page_or_runs_into_the_next_cell(
    width: int,
    scheme: str,
    page: Page,
    live_server: LiveServer,
    priya: User,
    axe: Callable[[Page], list[str]],
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    sign_in(page, live_server.url, priya, reverse("queue"))

    expect(page.locator("tr.lead")).to_have_count(len(NAMES))
    assert page.evaluate(TOO_WIDE) == 0
    for link in page.locator("a.lead__name").all():
        cell = link.locator("xpath=ancestor::td").bounding_box()
        name = link.bounding_box()
        assert cell is not None
        assert name is not None
        assert name["x"] >= cell["x"] - 1
        assert name["x"] + name["width"] <= cell["x"] + cell["width"] + 1
    if width == 1440:  # a row of the table keeps its two lines whatever stands in it
        heights = {round(row.bounding_box()["height"]) for row in page.locator("tr.lead").all()}  # type: ignore[index]
        assert max(heights) - min(heights) <= 3
    else:  # thumbs: the whole card opens the lead, and its other link is apart
        assert all(row.bounding_box()["height"] >= 44 for row in page.locator("tr.lead").all())  # type: ignore[index]
    assert axe(page) == []


def test_a_row_opens_its_rank_beside_the_list_and_ticked_rows_show_the_bar(
    page: Page, live_server: LiveServer, priya: User, axe: Callable[[Page], list[str]]
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, live_server.url, priya, reverse("queue"))

    page.locator("a.why-here").nth(1).click()
    expect(page.locator("#panel h2")).to_have_text("Why it ranks here")
    expect(page.locator("#panel h2")).to_be_focused()
    expect(page.locator("#panel")).to_contain_text(f"Rank 2 of {len(NAMES)}: no first action")
    assert page.url == f"{live_server.url}{reverse('queue')}"  # the list's address stays
    assert axe(page) == []
    page.keyboard.press("Escape")

    expect(page.locator(".bulk")).to_be_hidden()
    page.locator("td.c-x input").first.check()
    expect(page.locator(".bulk")).to_be_visible()
    page.get_by_role("button", name="Change these leads").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Several leads")
