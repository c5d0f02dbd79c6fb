"""Ten leads, end to end, by keyboard alone."""

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from recruitment.queries.projection import differences
from recruitment.rules.vocabulary import PrescreenState
from tests.browser.desk import desk_of
from tests.factories.recruitment import StudySiteFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_ten_leads_are_worked_from_the_list_without_touching_the_mouse(
    page: Page, live_server: LiveServer, complaints: list[str], transactional_db: None
) -> None:
    cache.clear()
    page.set_viewport_size({"width": 1440, "height": 900})
    desk = desk_of(page, live_server.url, StudySiteFactory(), leads=11)
    panel, live = page.locator("#panel"), page.locator("#live")

    def at(number: int) -> None:
        desk.shows(desk.leads[number - 1])
        expect(panel.locator("#place")).to_have_text(f"{number} of 11")

    desk.press("j", "Enter")
    at(1)
    desk.press("2")  # no answer
    at(2)
    expect(live).to_have_text("Next: Ada Two, 2 of 11.")
    expect(page.locator(".toast")).to_contain_text(f"{desk.leads[0].number} next: Call")
    desk.press("3")  # voicemail
    at(3)
    desk.press("8")  # line busy
    at(4)
    desk.press("1", "w", "d")  # reached, prescreen started
    desk.type("tomorrow 10")
    desk.press("Enter")
    at(5)
    desk.press("7", "Control+Enter")  # called us
    at(6)
    desk.press("9")  # somebody else answered
    at(7)
    desk.press("4", "d")  # asked to be called later
    desk.type("thu 11")
    desk.press("Enter")
    at(8)
    desk.press("]")  # skipped for now
    at(9)
    desk.press("[")
    at(8)
    desk.press("2")
    at(9)
    desk.press("u")  # a slip of the finger
    expect(page.locator(".toast")).to_contain_text("Undone")
    at(8)
    desk.press("3")
    at(9)
    desk.press("m", "1")  # wrong number
    expect(panel.get_by_role("radio", name="Wrong number")).to_be_checked()
    desk.press("Control+Enter")
    at(10)
    desk.press("n")
    desk.type("Rings twice, then a tone.")
    desk.press("Escape")
    expect(page.locator("#open-" + desk.leads[9].number)).to_be_focused()
    desk.press("Enter")
    at(10)
    desk.press("2")
    at(11)
    desk.press("Escape")

    expect(page.locator("#open-" + desk.leads[10].number)).to_be_focused()
    for lead in desk.leads:
        lead.refresh_from_db()
    assert list(differences(desk.leads)) == []
    said = [lead.attempts_made.first() for lead in desk.leads]
    assert [row.result if row else "" for row in said] == [
        *("no_answer", "voicemail", "busy", "reached", "called_us", "wrong_person"),
        *("call_later", "voicemail", "wrong_number", "no_answer", ""),
    ]
    assert desk.leads[3].prescreen == PrescreenState.STARTED
    assert complaints == []


def test_a_key_held_down_logs_one_contact_and_not_the_next_lead_s(
    page: Page, live_server: LiveServer, transactional_db: None
) -> None:
    cache.clear()
    page.set_viewport_size({"width": 1440, "height": 900})
    desk = desk_of(page, live_server.url, StudySiteFactory(), leads=4)
    desk.press("j", "Enter")
    desk.shows(desk.leads[0])

    page.keyboard.down("2")
    desk.shows(desk.leads[1])
    page.keyboard.down("2")  # the keyboard repeats it while it is held
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    page.keyboard.up("2")

    desk.shows(desk.leads[1])
    assert [lead.attempts_made.count() for lead in desk.leads] == [1, 0, 0, 0]


AT_ONCE = """() => new MutationObserver((_, watch) => {
  const button = document.querySelector("#log button[data-key='2']");
  if (button) { watch.disconnect(); button.click(); }
}).observe(document.querySelector("#panel"), { childList: true, subtree: true })"""


def test_an_outcome_pressed_the_moment_the_lead_is_there_stays_in_the_list(
    page: Page, live_server: LiveServer, transactional_db: None
) -> None:
    cache.clear()
    page.set_viewport_size({"width": 1440, "height": 900})
    desk = desk_of(page, live_server.url, StudySiteFactory(), leads=3)
    page.evaluate(AT_ONCE)
    desk.press("j", "Enter")

    desk.shows(desk.leads[1])
    assert page.url.startswith(f"{live_server.url}/queue/")
    assert [lead.attempts_made.count() for lead in desk.leads] == [1, 0, 0]
