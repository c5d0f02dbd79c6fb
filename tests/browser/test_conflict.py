"""Two people at one lead: theirs beside mine, in the panel and on the lead's page (409)."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Keyboard, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Draft, Lead, NextAction, Role
from tests.browser.working import other_browser, sign_in, tab_to
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db: None) -> tuple[User, User, Lead]:
    """Priya, whose lead it is, her colleague Ben, and the lead."""
    cache.clear()
    place = StudySiteFactory()
    priya = make_member(Role.COORDINATOR, place, name="Priya Raman", opens_next=False)
    ben = make_member(Role.COORDINATOR, place, name="Ben Ortiz")
    received = timezone.now() - timedelta(days=3)
    enquirer = make_enquirer(1, last_name="First")
    return priya, ben, make_lead(place, owner=priya, received_at=received, enquirer=enquirer)


def bens_step(browser: Browser, url: str, ben: User, lead: Lead) -> None:
    """Ben reaches the person, begins the prescreen, and says so."""
    page = other_browser(browser, url, ben, reverse("lead", args=[lead.number]))
    page.locator("#log-outcome-reached").check(force=True)
    page.locator('#log [name=prescreen][value="started"]').check(force=True)
    page.locator("#log .log__acts button").click()
    expect(page.get_by_text("Contact logged.")).to_be_visible()
    page.context.close()


def row(told: Locator, what: str) -> tuple[str, str, bool]:
    """Theirs, mine, and whether it is marked as touched by both."""
    found = told.get_by_role("row").filter(has=told.page.get_by_role("rowheader", name=what))
    theirs, mine = found.get_by_role("cell").all_inner_texts()
    return theirs, mine, "clash__differs" in (found.get_attribute("class") or "")


def mine_typed(form: Locator) -> None:
    """Priya's own, not sent: left a voicemail, sent the prescreen, called again on Thursday."""
    form.locator("[name=outcome][value=call_later]").check(force=True)
    form.locator('[name=prescreen][value="sent"]').check(force=True)
    form.locator("[name=when]").fill("thu 15:00")
    form.locator("[name=note]").fill("Asks for the afternoon.")


def test_in_the_panel_theirs_stands_beside_mine_and_mine_can_still_be_saved(
    people: tuple[User, User, Lead], page: Page, browser: Browser, live_server: LiveServer
) -> None:
    priya, ben, lead = people
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, live_server.url, priya)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-t")).to_be_focused()
    bens_step(browser, live_server.url, ben, lead)

    mine_typed(page.locator("#log"))
    page.locator("#log [name=note]").press("Control+Enter")

    told = page.locator("#panel").get_by_role("alert")
    expect(told).to_be_focused()
    expect(told).to_contain_text("Ben Ortiz was first")
    assert row(told, "Contact") == ("Reached", "What came of it: Asked to be called later", True)
    assert row(told, "Prescreen") == ("Prescreen started", "Sent", True)
    assert row(told, "Stage") == ("Moved to Contacted", "Not touched", False)
    theirs, mine, differs = row(told, "Next action")
    assert theirs.startswith("Next: ")
    assert "thu 15:00" in mine
    assert differs
    assert row(told, "Note")[1] == "Asks for the afternoon."
    assert lead.attempts_made.count() == 1

    tab_to(page, told.get_by_role("link", name="Go to mine, to save it now"))
    page.keyboard.press("Enter")
    page.locator("#log [name=sure]").check()
    page.locator("#log [name=note]").press("Control+Enter")
    expect(page.get_by_text("Contact logged.").first).to_be_visible()
    lead.refresh_from_db()
    assert (lead.prescreen, lead.attempts_made.count()) == ("sent", 2)


@pytest.mark.parametrize("is_kept", [True, False], ids=["draft kept", "draft on its way"])
def test_on_the_leads_page_what_is_saved_can_be_kept_by_keyboard(
    people: tuple[User, User, Lead],
    page: Page,
    browser: Browser,
    live_server: LiveServer,
    is_kept: bool,
) -> None:
    priya, ben, lead = people
    sign_in(page, live_server.url, priya, reverse("lead", args=[lead.number]))
    bens_step(browser, live_server.url, ben, lead)
    box = page.locator("#do-action")
    box.locator("summary").click()
    box.locator("[name=detail]").fill("Ask about the bus")
    box.locator("[name=detail]").press("Control+Enter")

    told = page.get_by_role("alert").first
    expect(told).to_be_focused()
    theirs, mine, differs = row(told, "Next action")
    assert theirs.startswith("Next: ")
    assert "Ask about the bus" in mine
    assert differs
    expect(page.locator("#do-action [name=detail]")).to_have_value("Ask about the bus")
    before = NextAction.objects.get(lead=lead, ended_at=None)
    if is_kept:
        said = page.locator("#do-action [data-draft-said]")
        expect(said).to_have_text(re.compile("^Draft kept "))

    tab_to(page, told.get_by_role("button", name="Keep what is saved, drop mine"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#do-action [name=detail]")).not_to_have_value("Ask about the bus")
    assert NextAction.objects.get(lead=lead, ended_at=None) == before
    page.reload()
    expect(page.locator("#do-action [name=detail]")).not_to_have_value("Ask about the bus")
    assert not Draft.objects.exists(), "what was dropped comes back nowhere"


def test_a_form_that_was_stopped_with_escape_can_be_sent_again(
    people: tuple[User, User, Lead], page: Page, live_server: LiveServer
) -> None:
    priya, _, lead = people
    sent: list[str] = []

    def hold(route: Route) -> None:
        """The first one hangs, as on a bad line; the others go through."""
        sent.append(route.request.url)
        if len(sent) > 1:
            route.continue_()

    def press(key: str) -> None:
        """Without waiting for the page, which is on its way elsewhere and never gets there."""
        Keyboard.press(page.keyboard, key)

    page.route("**/note/", hold)  # before the page is there: see test_keys.py
    sign_in(page, live_server.url, priya, reverse("lead", args=[lead.number]))
    page.locator("#do-note summary").click()
    page.locator("#note-note").fill("Asked about parking.")
    press("Control+Enter")
    page.wait_for_timeout(300)
    press("Control+Enter")  # on its way already: nothing is sent
    page.wait_for_timeout(300)
    assert len(sent) == 1

    press("Escape")
    press("Control+Enter")

    expect(page.get_by_text("Note added.").first).to_be_visible()
    assert len(sent) == 2
