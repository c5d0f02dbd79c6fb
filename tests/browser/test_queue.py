"""A coordinator's day in a real browser: by keyboard, against a colleague, and without scripts."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Lead, NextAction, Role
from recruitment.queries.projection import differences
from tests.browser.working import other_browser, sign_in, tab_to
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@dataclass
class Work:
    """Two coordinators of one study at one site; `hers` is Priya's lead, `free` is nobody's."""

    priya: User
    ben: User
    hers: Lead
    free: Lead


@pytest.fixture
def work(transactional_db: None) -> Work:
    cache.clear()
    place, now = StudySiteFactory(), timezone.now()
    priya = make_member(Role.COORDINATOR, place, name="Priya Raman", opens_next=False)
    ben = make_member(Role.COORDINATOR, place, name="Ben Ortiz")
    hers, second = make_enquirer(1, last_name="First"), make_enquirer(2, last_name="Second")
    free = make_enquirer(3, last_name="Unclaimed")
    make_lead(place, owner=priya, received_at=now - timedelta(days=1), enquirer=second)
    return Work(
        priya,
        ben,
        make_lead(place, owner=priya, received_at=now - timedelta(days=3), enquirer=hers),
        make_lead(place, received_at=now - timedelta(hours=2), enquirer=free),
    )


def due_of(lead: Lead) -> str:
    """When the open next action is due, as the page writes it for machines."""
    due_at = NextAction.objects.get(lead=lead, ended_at=None).due_at
    return f"{due_at:%Y-%m-%dT%H:%M}Z"


def agree(*leads: Lead) -> None:
    """The rows say what the log says."""
    for lead in leads:
        lead.refresh_from_db()
    assert list(differences(leads)) == []


def test_a_coordinator_works_her_queue_by_keyboard_alone(
    page: Page, live_server: LiveServer, work: Work, complaints: list[str]
) -> None:
    keys, panel = page.keyboard, page.locator("#panel")
    sign_in(page, live_server.url, work.priya)
    row = page.locator(f"#lead-{work.hers.number}")
    before = due_of(work.hers)
    expect(row.locator(".c-due time")).to_have_attribute("datetime", before)

    keys.press("j")
    expect(page.locator(f"#open-{work.hers.number}")).to_be_focused()
    keys.press("j")
    expect(page.get_by_role("link", name="Ada Second")).to_be_focused()
    keys.press("k")
    keys.press("Enter")
    expect(panel.get_by_role("heading", name="Ada First")).to_be_focused()
    keys.press("l")
    keys.press("2")  # a result that needs nothing more saves at once (D20)
    expect(page.get_by_role("status").get_by_text("Contact logged.")).to_be_visible()
    assert due_of(work.hers) != before
    expect(row.locator(".c-due time")).to_have_attribute("datetime", due_of(work.hers))
    expect(row.locator(".c-last")).to_contain_text("No answer")
    keys.press("Escape")
    expect(page.locator(f"#open-{work.hers.number}")).to_be_focused()

    tab = page.get_by_role("navigation", name="Whose leads").get_by_role("link", name="Unowned")
    tab.focus()
    keys.press("Enter")
    free = page.locator(f"#lead-{work.free.number}")
    expect(page.locator("tr.lead")).to_have_count(1)
    keys.press("j")
    keys.press("c")
    expect(free.locator(".c-own")).to_contain_text("You")
    expect(page.locator(f"#open-{work.free.number}")).to_be_focused()
    assert complaints == []
    agree(work.hers, work.free)
    assert work.free.owner == work.priya


def test_a_stage_is_moved_by_keyboard_in_the_panel_and_on_the_leads_own_page(
    page: Page, live_server: LiveServer, work: Work, complaints: list[str]
) -> None:
    keys, panel = page.keyboard, page.locator("#panel")
    sign_in(page, live_server.url, work.priya)
    keys.press("j")
    keys.press("Enter")
    expect(panel.get_by_role("heading", name="Ada First")).to_be_focused()
    tab_to(page, panel.locator("#do-move summary"))
    keys.press("Enter")
    keys.press("Tab")
    contacted = panel.get_by_role("radio", name="Contacted")
    while not contacted.is_checked():
        keys.press("ArrowDown")
    keys.press("Control+Enter")
    expect(page.get_by_text("Lead moved.")).to_be_visible()
    expect(page.locator(f"#lead-{work.hers.number}")).to_have_attribute("data-stage", "contacted")

    expect(panel.get_by_role("heading", name="Ada First")).to_be_focused()
    keys.press("o")
    expect(page.get_by_role("heading", name="Ada First", level=1)).to_be_visible()
    page.wait_for_load_state()  # the keys work from then on
    keys.press("l")
    keys.press("1")
    keys.press("Control+Enter")
    expect(page.get_by_text("Contact logged.")).to_be_visible()
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("Reached")
    assert complaints == []
    agree(work.hers)
    assert work.hers.stage == "contacted"


def test_whoever_comes_second_sees_who_was_first_and_keeps_what_was_typed(
    page: Page, browser: Browser, live_server: LiveServer, work: Work, complaints: list[str]
) -> None:
    panel = page.locator("#panel")
    sign_in(page, live_server.url, work.priya)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="Ada First")).to_be_focused()
    bens = other_browser(browser, live_server.url, work.ben, f"/leads/{work.hers.number}/")
    bens.get_by_role("button", name="Voicemail").click()
    expect(bens.get_by_text("Contact logged.")).to_be_visible()

    page.keyboard.press("l")
    page.keyboard.press("1")
    panel.locator("#log-note").fill("She asks for the morning.")
    page.keyboard.press("Control+Enter")

    told = panel.get_by_role("alert")
    expect(told).to_be_focused()
    expect(told).to_contain_text("Ben Ortiz was first")
    expect(panel.locator("#log-note")).to_have_value("She asks for the morning.")
    expect(panel.get_by_role("radio", name="Reached", exact=True)).to_be_checked()
    assert work.hers.attempts_made.count() == 1
    assert [said for said in complaints if "409" not in said] == []
    expect(panel.get_by_text("Ben Ortiz tried this person")).to_be_visible()  # within 20 hours
    panel.get_by_label("Log anyway").check()
    panel.locator("#log-note").press("Control+Enter")
    expect(page.get_by_text("Contact logged.")).to_be_visible()
    agree(work.hers)
    assert work.hers.attempts_made.count() == 2


def test_the_same_work_is_done_by_plain_forms_without_scripts(
    browser: Browser, live_server: LiveServer, work: Work
) -> None:
    page = other_browser(browser, live_server.url, work.priya, "/queue/")
    before = due_of(work.hers)
    tab_to(page, page.get_by_role("link", name="Ada First"))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="No answer").click()
    expect(page.get_by_text("Contact logged.")).to_be_visible()
    assert due_of(work.hers) != before

    bens = other_browser(browser, live_server.url, work.ben, f"/leads/{work.hers.number}/")
    page.locator("#do-move summary").click()
    page.get_by_role("radio", name="Contacted").check()
    page.locator("#move-note").fill("Rang back at once.")
    page.get_by_role("button", name="Move lead").click()
    expect(page.get_by_text("Lead moved.")).to_be_visible()
    bens.locator("#do-move summary").click()
    bens.get_by_role("radio", name="Coordinator review").check()
    bens.locator("#move-note").fill("Ready to look at.")
    bens.get_by_role("button", name="Move lead").click()
    expect(bens.get_by_text("Priya Raman was first")).to_be_visible()
    expect(bens.locator("#move-note")).to_have_value("Ready to look at.")

    page.goto(f"{live_server.url}/queue/?tab=unowned")
    bens.goto(f"{live_server.url}/queue/?tab=unowned")
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("You own this lead now.")).to_be_visible()
    bens.get_by_role("button", name="Claim").click()
    expect(bens.get_by_text("Priya Raman")).not_to_have_count(0)
    agree(work.hers, work.free)
    assert (work.hers.stage, work.free.owner) == ("contacted", work.priya)
