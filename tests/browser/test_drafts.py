"""Half-typed words in a real browser: reloads, no connection, signed out, beside other forms."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Draft, Lead, LeadNote, Role
from tests.browser.kept import AT_MOST, waited, watch_keys
from tests.browser.working import sign_in
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORDS = "Asked about parking"


@dataclass
class Desk:
    priya: User
    lead: Lead
    page: Page
    url: str

    def open(self) -> Locator:
        """The panel of the lead, with the form for notes open."""
        self.page.goto(f"{self.url}/queue/")
        self.page.locator(".lead__name").first.click()
        return self.note()

    def note(self) -> Locator:
        """The form for notes, opened."""
        form = self.page.locator("#panel #do-note")
        expect(form).to_be_attached()
        form.evaluate("el => el.setAttribute('open', '')")
        return form


@pytest.fixture
def desk(transactional_db: None, page: Page, live_server: LiveServer) -> Desk:
    cache.clear()
    place = StudySiteFactory()
    priya = make_member(Role.COORDINATOR, place, name="Priya Raman")
    lead = make_lead(place, owner=priya, received_at=timezone.now() - timedelta(hours=2))
    sign_in(page, live_server.url, priya)
    return Desk(priya, lead, page, live_server.url)


def test_a_half_typed_note_is_kept_within_three_seconds_and_survives_a_reload(desk: Desk) -> None:
    form = desk.open()
    watch_keys(desk.page)
    form.locator("#note-note").press_sequentially(WORDS, delay=20)
    expect(form.locator("[data-draft-said]")).to_have_text(re.compile("^Draft kept "))
    assert waited(desk.page) <= AT_MOST
    assert Draft.objects.get().words == {"note": [WORDS]}

    again = desk.open()

    expect(again.locator("#note-note")).to_have_value(WORDS)
    expect(again.locator("[data-draft]")).to_contain_text(re.compile(r"Draft of .* put back"))
    again.get_by_role("link", name="Throw away").click()
    expect(desk.note().locator("#note-note")).to_have_value("")
    assert not Draft.objects.exists()


def test_words_typed_a_moment_before_leaving_the_page_are_kept(desk: Desk) -> None:
    desk.open().locator("#note-note").press_sequentially(WORDS)
    desk.page.goto(f"{desk.url}/handoffs/")
    expect(desk.open().locator("#note-note")).to_have_value(WORDS)


def test_saving_takes_the_draft_with_it(desk: Desk) -> None:
    form = desk.open()
    form.locator("#note-note").fill(WORDS)
    expect(form.locator("[data-draft-said]")).to_have_text(re.compile("^Draft kept "))
    form.get_by_role("button", name="Add note").click()
    expect(desk.page.locator("#toasts")).to_contain_text("Note added.")
    assert LeadNote.objects.get().text == WORDS
    assert not Draft.objects.exists()
    desk.page.wait_for_timeout(AT_MOST)
    assert not Draft.objects.exists(), "nothing is kept again after it was sent"


def test_saving_another_form_loses_nothing_typed_beside_it(desk: Desk) -> None:
    form = desk.open()
    form.locator("#note-note").press_sequentially(WORDS)
    other = desk.page.locator("#panel #do-action")
    other.evaluate("el => el.setAttribute('open', '')")
    other.locator("[name=reason]").fill("As asked")
    other.get_by_role("button", name="Set next action").click()
    expect(desk.page.locator("#toasts")).to_contain_text("Next action set.")
    expect(desk.note().locator("#note-note")).to_have_value(WORDS)


def test_without_a_connection_the_form_says_not_saved_and_tries_until_it_is(desk: Desk) -> None:
    form = desk.open()
    desk.page.context.set_offline(True)
    form.locator("#note-note").press_sequentially(WORDS)
    said = form.locator("[data-draft-said]")
    expect(said).to_contain_text("Not saved. No connection.")
    assert not Draft.objects.exists()

    desk.page.context.set_offline(False)

    expect(said).to_have_text(re.compile("^Draft kept "))
    assert Draft.objects.get().words == {"note": [WORDS]}


def test_a_server_in_trouble_is_asked_again_by_itself(desk: Desk) -> None:
    form, tries = desk.open(), []

    def trouble(route: object) -> None:
        tries.append(1)
        if len(tries) < 3:
            route.fulfill(status=503, body="")  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    desk.page.route("**/draft/note/", trouble)
    form.locator("#note-note").fill(WORDS)
    said = form.locator("[data-draft-said]")
    expect(said).to_contain_text("Not saved. Trying again.")
    expect(said).to_have_text(re.compile("^Draft kept "))
    assert len(tries) == 3


def test_words_typed_after_the_session_ended_are_kept_once_signed_in_in_another_tab(
    desk: Desk,
) -> None:
    form = desk.open()
    Session.objects.all().delete()
    form.locator("#note-note").press_sequentially(WORDS)
    expect(desk.page.locator("#signed-out")).to_contain_text("What you typed is still here")
    expect(form.locator("[data-draft-said]")).to_contain_text("Not saved. You were signed out")

    other = desk.page.context.new_page()
    sign_in(other, desk.url, desk.priya)
    other.close()
    desk.page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(form.locator("[data-draft-said]")).to_have_text(re.compile("^Draft kept "))
    expect(form.locator("#note-note")).to_have_value(WORDS)
    form.get_by_role("button", name="Add note").click()
    expect(desk.page.locator("#toasts")).to_contain_text("Note added.")


def test_a_double_click_on_add_note_adds_one_note(desk: Desk) -> None:
    form = desk.open()
    form.locator("#note-note").fill(WORDS)
    form.get_by_role("button", name="Add note").dblclick()
    expect(desk.page.locator("#toasts")).to_contain_text("Note added.")
    desk.page.wait_for_timeout(500)
    assert LeadNote.objects.count() == 1


def test_a_note_on_the_leads_own_page_is_put_back_too(desk: Desk) -> None:
    url = f"{desk.url}/leads/{desk.lead.number}/"
    desk.page.goto(url)
    form = desk.page.locator("#do-note")
    form.evaluate("el => el.setAttribute('open', '')")
    form.locator("#note-note").press_sequentially(WORDS)
    expect(form.locator("[data-draft-said]")).to_have_text(re.compile("^Draft kept "))
    desk.page.goto(url)
    expect(desk.page.locator("#note-note")).to_have_value(WORDS)


def test_nothing_typed_stands_in_the_browser(desk: Desk) -> None:
    form = desk.open()
    form.locator("#note-note").fill(WORDS)
    expect(form.locator("[data-draft-said]")).to_have_text(re.compile("^Draft kept "))
    stored = desk.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert WORDS not in stored


def test_the_panel_with_a_draft_is_accessible(
    desk: Desk, axe: Callable[[Page], list[str]], complaints: list[str]
) -> None:
    form = desk.open()
    form.locator("#note-note").fill(WORDS)
    expect(form.locator("[data-draft-said]")).to_have_text(re.compile("^Draft kept "))
    desk.open()
    assert complaints == []  # later ones are of axe, whose styles the policy refuses
    assert axe(desk.page) == []
