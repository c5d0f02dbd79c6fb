"""Finding a lead in a real browser: by keyboard, while typing, and without scripts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Lead, NextAction, Role
from tests.browser.working import TOO_WIDE, other_browser, sign_in
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PERSIAN = "\u0645\u062d\u0645\u062f \u0631\u0636\u0627"
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 5


@dataclass
class Place:
    """A coordinator, one lead whose number ends in 0142, and two of one family name."""

    priya: User
    wanted: Lead
    first: Lead


@pytest.fixture
def place(transactional_db: None) -> Place:
    cache.clear()
    here, now = StudySiteFactory(), timezone.now()
    priya = make_member(Role.COORDINATOR, here, name="Priya Raman")

    def lead(n: int, first: str, last: str, phone: str, **given: object) -> Lead:
        enquirer = make_enquirer(n, first_name=first, last_name=last, phones=(phone,))
        return make_lead(here, enquirer=enquirer, received_at=now - timedelta(days=n), **given)

    wanted = lead(1, "Łukasz", "O'Brien", "+16175550142")
    first = lead(2, PERSIAN, "Novak", "+16175550150", owner=priya)
    lead(3, LONG, "Novak", "+16175550151")
    return Place(priya, wanted, first)


def test_a_lead_is_found_by_its_last_four_digits_with_six_keys(
    page: Page, live_server: LiveServer, place: Place, complaints: list[str]
) -> None:
    sent: list[Request] = []
    sign_in(page, live_server.url, place.priya)
    page.on("request", lambda request: sent.append(request))
    pressed = ["/", *"0142", "Enter"]
    for key in pressed:
        page.keyboard.press(key)

    expect(page.get_by_role("heading", name="Łukasz O'Brien", level=1)).to_be_visible()
    assert len(pressed) == 6
    assert page.url == f"{live_server.url}/leads/{place.wanted.number}/"
    assert [each.url for each in sent if "0142" in each.url] == []
    assert [each.url for each in sent if not each.url.startswith(live_server.url)] == []
    assert complaints == []


def test_leads_appear_while_typing_and_are_walked_with_arrows(
    page: Page,
    live_server: LiveServer,
    place: Place,
    complaints: list[str],
    axe: Callable[[Page], list[str]],
) -> None:
    keys, found = page.keyboard, page.locator("#found .found__go")
    sign_in(page, live_server.url, place.priya, "/actions/")
    keys.press("/")
    keys.type("nova")
    expect(found).to_have_count(2)
    expect(page.locator("#live")).to_have_text("2 leads found.")
    expect(page.locator("#find")).to_be_focused()
    keys.press("ArrowDown")
    expect(found.nth(0)).to_be_focused()
    keys.press("j")
    expect(found.nth(1)).to_be_focused()
    keys.press("k")
    keys.press("ArrowUp")
    expect(page.locator("#find")).to_be_focused()
    keys.type("x")
    expect(page.locator("#found")).to_contain_text("No lead found")
    keys.press("Escape")
    expect(page.locator("#found")).to_be_empty()
    keys.press("Backspace")
    expect(found).to_have_count(2)
    keys.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/leads/{place.first.number}/")
    page.go_back()
    expect(page.locator("#find")).to_have_value("")
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "nova" not in kept
    assert complaints == []
    keys.press("/")
    keys.type("nova")
    expect(found).to_have_count(2)
    assert axe(page) == []


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_list_and_the_page_fit_and_break_no_rule(
    page: Page,
    live_server: LiveServer,
    place: Place,
    complaints: list[str],
    axe: Callable[[Page], list[str]],
    width: int,
    theme: str,
) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server.url, place.priya, "/actions/")
    page.locator("#find").fill("novak")
    expect(page.locator("#found .found__go")).to_have_count(2)
    assert page.evaluate(TOO_WIDE) <= 0
    box = page.locator("#found").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width

    page.evaluate("document.querySelector('form.find').submit()")
    expect(page.get_by_text("2 leads found.")).to_be_visible()
    expect(page.locator("main .found__go").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("main .found__go").nth(1)).to_be_focused()
    assert page.evaluate(TOO_WIDE) <= 0
    assert complaints == []
    assert axe(page) == []


def test_a_lead_is_found_without_scripts(
    browser: Browser, live_server: LiveServer, place: Place
) -> None:
    page = other_browser(browser, live_server.url, place.priya, "/queue/")
    page.locator("#find").fill("novak")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 leads found.")).to_be_visible()
    page.get_by_role("link", name=place.first.number).click()
    expect(page).to_have_url(f"{live_server.url}/leads/{place.first.number}/")


def test_several_leads_are_put_off_by_plain_forms_without_scripts(
    browser: Browser, live_server: LiveServer, place: Place
) -> None:
    page = other_browser(browser, live_server.url, place.priya, "/queue/?tab=team")
    for number in (place.first.number, place.wanted.number):
        page.get_by_label(f"Select {number}").check()
    page.get_by_role("button", name="Change these leads").click()
    expect(page.get_by_text("2 leads chosen")).to_be_visible()
    page.get_by_role("button", name="Put off").click()
    day = timezone.now() + timedelta(days=4)
    page.get_by_label("Until the day").fill(f"{day:%Y-%m-%d}")
    page.get_by_label("At", exact=True).fill("12:00")
    page.get_by_label("Reason").fill("The scanner is down")
    page.get_by_role("button", name="Look first").click()
    expect(page.get_by_role("heading", name="2 leads to go")).to_be_visible()
    page.get_by_role("button", name="Put off 2 leads").click()
    expect(page.get_by_role("heading", name="2 leads put off")).to_be_visible()
    page.get_by_role("button", name=f"Undo for lead {place.wanted.number}").click()
    expect(page.get_by_text("Undone; it is as it was before.")).to_be_visible()
    assert NextAction.objects.get(lead=place.wanted, ended_at=None).push_backs == 0
    assert NextAction.objects.get(lead=place.first, ended_at=None).push_backs == 1
