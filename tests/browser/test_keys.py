"""Every key of the sheet, pressed in a real page: each does what the sheet says."""

import re
from collections.abc import Callable, Mapping

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Keyboard, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from recruitment.forms.outcome_pad import AT_ONCE, BY_KEY, SECOND
from recruitment.models import Lead
from recruitment.rules.stages import Stage
from tests.browser.desk import Desk, desk_of
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead
from tests.factories.stages import bring_to
from trialsnest.lib.keys import BY_NAME, PARTS, Part

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page: Page, live_server: LiveServer, transactional_db: None) -> Desk:
    """Ten leads that nobody has called, the last one spoken with already."""
    cache.clear()
    page.set_viewport_size({"width": 1440, "height": 900})
    found = desk_of(page, live_server.url, StudySiteFactory(), leads=10)
    spoken = found.leads[-1]
    bring_to(Stage.CONTACTED, spoken, found.user, at=spoken.received_at)
    return found


def opened(desk: Desk, lead: Lead | None = None) -> Lead:
    """The list anew, with `lead`, by default its first, in the panel."""
    desk.page.goto(f"{desk.url}/queue/")
    lead = lead or desk.leads[0]
    desk.page.locator(f"#open-{lead.number}").press("Enter")
    desk.shows(lead)
    return lead


def listed(desk: Desk) -> None:
    """The list anew, with nothing open."""
    desk.page.goto(f"{desk.url}/queue/")
    desk.press("j")
    expect(desk.page.locator(f"#open-{desk.leads[0].number}")).to_be_focused()


def presses_help(desk: Desk) -> None:
    listed(desk)
    desk.press("?")
    expect(desk.page.locator("dialog#keys")).to_be_visible()
    desk.press("Escape")
    expect(desk.page.locator("dialog#keys")).to_be_hidden()


def presses_find(desk: Desk) -> None:
    listed(desk)
    desk.press("/")
    expect(desk.page.locator("#find")).to_be_focused()


def presses_undo(desk: Desk) -> None:
    lead = opened(desk)
    desk.press("2")
    desk.shows(desk.leads[1])
    desk.press("u")
    expect(desk.page.locator(".toast")).to_contain_text("Undone")
    assert not lead.attempts_made.exists()


def presses_shield(desk: Desk) -> None:
    listed(desk)
    desk.press("s")
    expect(desk.page.locator(f"#open-{desk.leads[0].number}")).not_to_contain_text("Ada")
    desk.page.locator("summary", has_text=desk.user.name).click()
    desk.page.get_by_role("button", name=re.compile("names", re.IGNORECASE)).first.click()
    expect(desk.page.locator(f"#open-{desk.leads[0].number}")).to_contain_text("Ada")


def presses_close(desk: Desk) -> None:
    lead = opened(desk)
    desk.press("Escape")
    expect(desk.page.locator("#panel-t")).to_have_count(0)
    expect(desk.page.locator(f"#open-{lead.number}")).to_be_focused()


def presses_save(desk: Desk) -> None:
    lead = opened(desk, desk.leads[2])
    desk.press("7", "Control+Enter")
    desk.shows(desk.leads[3])
    assert lead.attempts_made.get().result == "called_us"


def presses_down(desk: Desk) -> None:
    listed(desk)
    desk.press("j")
    expect(desk.page.locator(f"#open-{desk.leads[1].number}")).to_be_focused()


def presses_up(desk: Desk) -> None:
    presses_down(desk)
    desk.press("k")
    expect(desk.page.locator(f"#open-{desk.leads[0].number}")).to_be_focused()


def presses_log(desk: Desk) -> None:
    listed(desk)
    desk.press("l")
    desk.shows(desk.leads[0])
    desk.press("l")
    expect(desk.page.locator("#log [name=outcome]").first).to_be_focused()


def presses_pick(desk: Desk) -> None:
    listed(desk)
    desk.press("x")
    box = desk.page.locator(f"#lead-{desk.leads[0].number} input[type=checkbox]")
    expect(box).to_be_checked()
    desk.press("x")
    expect(box).not_to_be_checked()


def presses_claim(desk: Desk) -> None:
    place, enquirer = desk.leads[0].study_site, make_enquirer(90, last_name="Free")
    free = make_lead(place, enquirer=enquirer, received_at=timezone.now())
    desk.page.goto(f"{desk.url}/queue/?tab=unowned")
    desk.press("j", "c")
    expect(desk.page.get_by_text("You own this lead now.").first).to_be_visible()
    free.refresh_from_db()
    assert free.owner == desk.user


def presses_bucket(desk: Desk) -> None:
    listed(desk)
    tiles = desk.page.locator(".buckets [aria-keyshortcuts]")
    told = {tile.get_attribute("aria-keyshortcuts"): tile for tile in tiles.all()}
    hrefs = {key: str(tile.get_attribute("href")) for key, tile in told.items() if key}
    assert "1" in hrefs
    assert {*hrefs} <= {*"123456789"}
    for key, href in hrefs.items():
        listed(desk)
        desk.press(key)
        desk.page.wait_for_url(re.compile(re.escape(href)))


def presses_all(desk: Desk) -> None:
    listed(desk)
    desk.press("1")
    desk.page.wait_for_url("**bucket=*")
    desk.press("0")
    desk.page.wait_for_url(re.compile(r"/queue/(?!.*bucket=)"))


def presses_outcome(desk: Desk) -> None:
    lead = opened(desk, desk.leads[3])
    for key, result in BY_KEY.items():
        if result not in AT_ONCE:
            desk.press(key)
            expect(desk.page.locator(f"#log-outcome-{result}")).to_be_checked()
    for key, result in BY_KEY.items():
        if result in AT_ONCE:
            lead = opened(desk, desk.leads[3])
            desk.press(key)
            desk.shows(desk.leads[4])
            assert lead.attempts_made.latest("id").result == result
            desk.press("u")
            expect(desk.page.locator(".toast")).to_contain_text("Undone")


def presses_more(desk: Desk) -> None:
    for key, result in SECOND.items():
        opened(desk)
        desk.press("m", key)
        expect(desk.page.locator(f"#log-outcome-{result}")).to_be_checked()
    opened(desk)
    desk.press("m", "3")
    expect(desk.page.locator("#do-close [value=deceased]")).to_be_checked()


def presses_moved(desk: Desk) -> None:
    opened(desk)
    desk.press("1")
    marks = desk.page.locator("#log [data-move-key]")
    keys = [str(mark.get_attribute("data-move-key")) for mark in marks.all()]
    assert keys == list(BY_NAME["moved"].keys)[: len(keys)]
    assert len(keys) >= 4
    for key in keys:
        desk.press(key)
        label = desk.page.locator("#log label", has=desk.page.locator(f"[data-move-key={key}]"))
        expect(label.locator("input")).to_be_checked()


def presses_waits(desk: Desk) -> None:
    opened(desk)
    desk.press("1", "h")
    expect(desk.page.locator("#log-waits_on")).to_be_focused()


def presses_book(desk: Desk) -> None:
    opened(desk, desk.leads[-1])
    desk.press("1", "b")
    expect(desk.page.locator("#book-contact")).to_have_value("reached")
    expect(desk.page.locator("#do-book [name=slot]").first).to_be_focused()


def presses_end(desk: Desk) -> None:
    opened(desk, desk.leads[-1])
    desk.press("1", "z")
    expect(desk.page.locator("#close-contact")).to_have_value("reached")
    expect(desk.page.locator("#do-close [name=reason]").first).to_be_focused()


def presses_note(desk: Desk) -> None:
    opened(desk)
    desk.press("n")
    expect(desk.page.locator("#log-note")).to_be_focused()


def presses_when(desk: Desk) -> None:
    opened(desk)
    desk.press("1", "d")
    expect(desk.page.locator("#log-when")).to_be_focused()


def presses_next(desk: Desk) -> None:
    opened(desk)
    desk.press("]")
    desk.shows(desk.leads[1])


def presses_previous(desk: Desk) -> None:
    presses_next(desk)
    desk.press("[")
    desk.shows(desk.leads[0])


def presses_page(desk: Desk) -> None:
    lead = opened(desk)
    desk.press("o")
    desk.page.wait_for_url(f"**{reverse('lead', args=[lead.number])}*")


PRESSED: Mapping[str, Callable[[Desk], None]] = {
    name.removeprefix("presses_"): does
    for name, does in list(globals().items())
    if name.startswith("presses_")
}


def test_every_key_of_the_sheet_is_pressed_by_a_test_here() -> None:
    assert {*PRESSED} == {*BY_NAME}


@pytest.mark.parametrize("part", PARTS, ids=[part.title for part in PARTS])
def test_every_key_does_what_the_sheet_says(part: Part, desk: Desk, complaints: list[str]) -> None:
    for key in part.keys:
        PRESSED[key.name](desk)

    assert complaints == []


def test_keys_pressed_while_another_lead_is_on_its_way_do_nothing(desk: Desk) -> None:
    first, second = desk.leads[:2]
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    def press(key: str) -> None:
        """Without waiting for the page, which waits for the lead."""
        Keyboard.press(desk.page.keyboard, key)

    # Before the page is there: a request that leaves while holding begins slips by unheard
    for lead in (first, second):
        desk.page.route(f"**{reverse('lead', args=[lead.number])}*", hold)
    listed(desk)
    address = desk.page.url
    with desk.page.expect_request(f"**{reverse('lead', args=[first.number])}*"):
        press("Enter")
    press("2")  # no bucket of the list
    held.pop().continue_()
    desk.shows(first)
    assert desk.page.url == address

    with desk.page.expect_request(f"**{reverse('lead', args=[second.number])}*"):
        press("]")
    press("2")  # nor an outcome of the lead that goes
    held.pop().continue_()
    desk.shows(second)
    assert not first.attempts_made.exists()
    assert not second.attempts_made.exists()

    desk.press("2")
    desk.shows(desk.leads[2])
    assert second.attempts_made.count() == 1
