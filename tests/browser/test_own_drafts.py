"""Half-typed words on pages that are one form: a reload, signing out, a connection that is lost."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Draft, Lead, Role
from tests.browser.kept import AT_MOST, waited, watch_keys
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import StudySiteFactory, StudyStaffFactory, make_member
from tests.recruitment.views.test_review_tray import asked

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORDS = "Asked about parking"
KEPT = re.compile("^Draft kept ")
BACK = re.compile(r"Draft of .* put back")
FIELDS = {
    "add-lead": "stated_interest",
    "pass-on": "text",
    "several-hand_over": "context",
    "several-close": "note",
    "handoff": "context",
    "decide": "detail",
}
"""Forms with a page of their own, and the field that is typed into."""


@dataclass
class Desk:
    priya: User
    lead: Lead
    page: Page
    url: str

    def open(self, form: str) -> Locator:
        """The field of the form, on its page as somebody comes to it."""
        if form.startswith("several-"):
            self.page.goto(f"{self.url}/queue/")
            self.page.locator(f"input[name=lead][value^='{self.lead.number}']").check()
            self.page.get_by_role("button", name="Change these leads").click()
            with self.page.expect_navigation():
                self.page.locator(f"button[value={form.removeprefix('several-')}]").click()
        else:
            names = {"add-lead": "lead_add", "pass-on": "message_pass_on"}
            lead = {"handoff": "lead_handoff", "decide": "review_decide"}
            path = (
                reverse(names[form])
                if form in names
                else reverse(lead[form], args=[self.lead.number])
            )
            self.page.goto(f"{self.url}{path}")
        return self.field(form)

    def field(self, form: str) -> Locator:
        return self.page.locator(f"form [name={FIELDS[form]}]")

    @property
    def said(self) -> Locator:
        return self.page.locator("[data-draft-said]")


@pytest.fixture
def desk(transactional_db: None, page: Page, live_server: LiveServer) -> Desk:
    cache.clear()
    place = StudySiteFactory()
    priya = make_member(Role.COORDINATOR, place, name="Priya Raman")
    make_member(Role.COORDINATOR, place, name="Mira Chen")
    StudyStaffFactory(study_site=place)
    lead = asked(place, priya)
    sign_in(page, live_server.url, priya)
    return Desk(priya, lead, page, live_server.url)


@pytest.fixture
def complaints_of(page: Page) -> Iterator[list[str]]:
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found
    assert found == []


@pytest.mark.parametrize("form", FIELDS)
def test_what_is_typed_is_kept_in_three_seconds_and_survives_a_reload_and_signing_out(
    form: str, desk: Desk, complaints_of: list[str]
) -> None:
    field = desk.open(form)
    watch_keys(desk.page)
    field.press_sequentially(WORDS, delay=15)
    expect(desk.said).to_have_text(KEPT)
    assert waited(desk.page) <= AT_MOST

    desk.page.reload()  # what was sent to reach the page is sent again, if anything was
    expect(desk.field(form)).to_have_value(WORDS)
    expect(desk.page.locator("[data-draft]")).to_contain_text(BACK)
    assert not desk.page.evaluate(TOO_WIDE)

    desk.page.context.clear_cookies()
    sign_in(desk.page, desk.url, desk.priya)
    expect(desk.open(form)).to_have_value(WORDS)
    assert complaints_of == []


@pytest.mark.parametrize("form", FIELDS)
def test_without_a_connection_it_says_not_saved_and_is_kept_once_there_is_one(
    form: str, desk: Desk
) -> None:
    field = desk.open(form)
    desk.page.context.set_offline(True)
    field.press_sequentially(WORDS)
    expect(desk.said).to_contain_text("Not saved. No connection.")
    assert not Draft.objects.exists()

    desk.page.context.set_offline(False)

    expect(desk.said).to_have_text(KEPT)
    assert Draft.objects.get().words[FIELDS[form]] == [WORDS]


def test_a_server_that_fails_is_asked_again_until_the_words_are_kept(desk: Desk) -> None:
    field, tries = desk.open("pass-on"), []

    def trouble(route: object) -> None:
        tries.append(1)
        if len(tries) < 3:
            route.fulfill(status=503, body="")  # type: ignore[attr-defined]  # a Playwright route
        else:
            route.continue_()  # type: ignore[attr-defined]  # a Playwright route

    desk.page.route("**/drafts/pass-on/", trouble)
    field.fill(WORDS)
    expect(desk.said).to_contain_text("Not saved. Trying again.")
    expect(desk.said).to_have_text(KEPT)
    assert len(tries) == 3


def test_a_sent_form_leaves_no_draft_and_none_comes_after_it(desk: Desk) -> None:
    desk.open("pass-on").press_sequentially(WORDS)
    desk.page.locator("[name=reach]").fill("+1 617 555 0199")
    expect(desk.said).to_have_text(KEPT)

    desk.page.get_by_role("button", name="Pass on").click()

    expect(desk.page.locator("body")).to_contain_text("Message passed on.")
    desk.page.wait_for_timeout(AT_MOST)
    assert not Draft.objects.exists()


def test_a_form_that_came_back_refused_is_kept_as_it_was_sent(desk: Desk) -> None:
    desk.open("pass-on").fill(WORDS)
    desk.page.get_by_role("button", name="Pass on").click()  # without a number, before a pause
    expect(desk.page.locator("[aria-invalid]").first).to_be_visible()
    expect(desk.said).to_have_text(KEPT)

    expect(desk.open("pass-on")).to_have_value(WORDS)


def test_a_look_at_several_leads_can_be_changed_with_nothing_typed_lost(desk: Desk) -> None:
    desk.open("several-hand_over").fill(WORDS)
    desk.page.locator("[name=receiver]").select_option(label="Mira Chen")
    desk.page.get_by_role("button", name="Look first").click()
    desk.page.get_by_role("link", name="Change it").click()

    expect(desk.field("several-hand_over")).to_have_value(WORDS)
    expect(desk.page.locator("input[type=checkbox][name=lead]")).to_be_checked()


def test_a_draft_that_is_thrown_away_is_gone(desk: Desk) -> None:
    desk.open("add-lead").fill(WORDS)
    expect(desk.said).to_have_text(KEPT)
    desk.page.reload()
    desk.page.get_by_role("link", name="Throw away").click()
    desk.page.get_by_role("button", name="Throw away").click()
    expect(desk.field("add-lead")).to_have_value("")
    assert not Draft.objects.exists()


def test_the_pages_with_a_draft_are_accessible(
    desk: Desk, axe: Callable[[Page], list[str]]
) -> None:
    for form in ("add-lead", "several-hand_over"):
        desk.open(form).fill(WORDS)
        expect(desk.said).to_have_text(KEPT)
        desk.page.reload()
        expect(desk.page.locator("[data-draft]")).to_contain_text(BACK)
        desk.page.evaluate("scrollTo(0, 0)")  # or the bar of the frame stands over a field
        assert axe(desk.page) == []
