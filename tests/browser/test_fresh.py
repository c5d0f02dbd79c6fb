"""What colleagues changed is offered in a real browser; the shield goes up by one key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from recruitment.services.notes import add_note
from tests.browser.working import sign_in
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
A_MINUTE = 61_000  # ms on the page's own clock


@dataclass
class Desk:
    page: Page
    place: StudySite
    priya: User
    ben: User
    lead: Lead


@pytest.fixture
def desk(transactional_db: None, page: Page, live_server: LiveServer) -> Desk:
    cache.clear()
    place = StudySiteFactory()
    priya = make_member(Role.COORDINATOR, place, name="Priya Raman")
    ben = make_member(Role.COORDINATOR, place, name="Ben Ortiz")
    leads = [
        make_lead(
            place,
            owner=priya,
            received_at=timezone.now() - timedelta(hours=n + 2),
            enquirer=make_enquirer(n, first_name="Zephyrine"),
        )
        for n in range(3)
    ]
    page.clock.install()
    sign_in(page, live_server.url, priya)
    return Desk(page, place, priya, ben, leads[0])


def test_a_colleagues_change_is_offered_after_a_minute_and_nothing_moves(
    desk: Desk, complaints: list[str], axe: Callable[[Page], list[str]]
) -> None:
    page = desk.page
    bar, first = page.locator(".stale-bar"), page.locator(".lead").first
    expect(bar).to_be_hidden()
    before = first.bounding_box()
    rows = page.locator(".lead").all_inner_texts()
    add_note(lead=desk.lead, text="Rang", by=desk.ben, at=timezone.now())
    make_lead(desk.place, owner=desk.priya, received_at=timezone.now(), at=timezone.now())

    page.clock.run_for(A_MINUTE)

    expect(bar).to_contain_text("2 leads changed.")
    expect(page.locator("#b-new_inquiry .bucket__n")).to_have_text("4")
    assert first.bounding_box() == before
    assert page.locator(".lead").all_inner_texts() == rows
    assert complaints == []
    assert axe(page) == []
    bar.get_by_role("link", name="Show").click()
    expect(page.locator(".lead")).to_have_count(4)
    expect(bar).to_be_hidden()


def test_a_hidden_page_asks_nothing_until_it_is_seen_again(desk: Desk) -> None:
    page, asked = desk.page, []
    page.on("request", lambda sent: asked.append(sent.url) if "/pulse/" in sent.url else None)
    see = """value => Object.defineProperty(
        document, "visibilityState", {value, configurable: true})"""
    page.evaluate(see, "hidden")
    page.clock.run_for(3 * A_MINUTE)
    assert asked == []
    page.evaluate(see, "visible")
    with page.expect_response("**/pulse/**"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert len(asked) == 1


def test_one_key_hides_names_and_only_the_menu_shows_them_again(
    desk: Desk, axe: Callable[[Page], list[str]], complaints: list[str]
) -> None:
    page = desk.page
    expect(page.locator("#main")).to_contain_text("Zephyrine")
    page.locator(".lead__name").first.focus()
    page.keyboard.press("s")
    expect(page.locator("#shield")).to_have_text("Shield on")
    assert "Zephyrine" not in page.content()
    page.locator(".lead__name").first.focus()
    page.keyboard.press("s")
    page.locator(".lead__name").first.click()
    expect(page.locator("#panel-t")).to_be_visible()
    assert "Zephyrine" not in page.content()
    assert complaints == []
    assert axe(page) == []
    page.locator("details.me > summary").click()
    page.get_by_role("button", name="Show names again").click()
    expect(page.locator("#shield")).to_have_count(0)
    expect(page.locator("#main")).to_contain_text("Zephyrine")


def test_the_letter_typed_into_a_field_hides_nothing(desk: Desk) -> None:
    page = desk.page
    page.locator(".lead__name").first.click()
    form = page.locator("#panel #do-note")
    expect(form).to_be_attached()
    form.evaluate("el => el.setAttribute('open', '')")
    form.locator("#note-note").press_sequentially("sss")
    expect(page.locator("#shield")).to_have_count(0)
