"""A review in a meeting: worked by keyboard, seen in a second browser, kept offline (D34)."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Draft, Role, WeeklyReview
from recruitment.services.weekly_reviews import open_review
from tests.browser.working import sign_in
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WITHIN = 5000  # ms in which a change shows in another browser, if the server answers at once
LOOKS = """() => performance.getEntriesByType("resource")
  .filter((sent) => sent.initiatorType === "fetch").map((sent) => sent.startTime)"""
"""When the page asked what has changed, by its own clock."""


@pytest.fixture
def meeting(transactional_db: None) -> tuple[User, User, WeeklyReview]:
    """Ana and Ben, who lead a site, and its review with three leads that nobody owns or called."""
    cache.clear()
    place = StudySiteFactory()
    ana = make_member(Role.SITE_LEAD, place.site, name="Ana Lead")
    ben = make_member(Role.SITE_LEAD, place.site, name="Ben Ortiz")
    received = timezone.now() - timedelta(days=30)
    for n in range(3):
        make_lead(place, received_at=received, enquirer=make_enquirer(n + 1))
    review = open_review(
        site=place.site, places=[place], study_site=None, by=ana, at=timezone.now()
    )
    assert review.items.count() >= 2
    return ana, ben, review


def begin(page: Page, url: str, ana: User, review: WeeklyReview) -> None:
    sign_in(page, url, ana, reverse("weekly_review", args=[review.pk]))
    page.get_by_role("button", name="Show it to the meeting").click()
    expect(page.get_by_text("Shield on")).to_be_visible()


def test_what_the_driver_goes_to_and_ends_shows_in_a_second_browser_within_five_seconds(
    meeting: tuple[User, User, WeeklyReview],
    page: Page,
    browser: Browser,
    live_server: LiveServer,
) -> None:
    ana, ben, review = meeting
    begin(page, live_server.url, ana, review)
    second = browser.new_context().new_page()
    sign_in(second, live_server.url, ben, reverse("weekly_review", args=[review.pk]))
    second.get_by_role("button", name="Show it to the meeting").click()
    expect(second.get_by_text("Ana Lead drives")).to_be_visible()
    expect(second.get_by_role("heading", name="Movement").first).to_be_attached()

    page.keyboard.press("]")
    title = page.locator("#item-h")
    expect(title).to_be_visible()
    expect(second.locator("#item-h")).to_have_text(title.inner_text())
    expect(second.get_by_role("button", name="End this item")).to_have_count(0)

    page.get_by_label("Close it").check()
    words = page.get_by_label("What will happen, or why nothing has to")
    words.fill("Nothing to do here.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Item 1 ended.")).to_be_visible()
    first = review.items.get(position=1)
    assert first.ending == "close"
    shown = page.locator("#item-h").inner_text()
    expect(second.locator("#item-h")).to_have_text(shown)
    second.wait_for_function(f"() => ({LOOKS})().length > 1")
    looks = second.evaluate(LOOKS)
    assert looks[1] - looks[0] <= WITHIN

    second.get_by_role("button", name="Drive").click()
    expect(second.get_by_role("button", name="End this item")).to_be_visible()
    expect(page.get_by_text("Ben Ortiz drives")).to_be_visible()
    second.context.close()


def test_what_was_typed_without_a_connection_is_there_when_it_is_back(
    meeting: tuple[User, User, WeeklyReview], page: Page, live_server: LiveServer
) -> None:
    ana, _, review = meeting
    begin(page, live_server.url, ana, review)
    page.keyboard.press("]")
    words = page.get_by_label("What will happen, or why nothing has to")
    expect(words).to_be_visible()

    page.context.set_offline(True)
    words.press_sequentially("Phone each of them on Thursday.")
    expect(page.get_by_text("Not saved.")).to_be_visible()
    expect(page.get_by_text("No connection. What is shown here")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Draft kept")).to_be_visible(timeout=60000)
    assert Draft.objects.filter(user=ana).count() == 1

    page.reload()

    expect(words).to_have_value("Phone each of them on Thursday.")
    expect(page.locator("[data-timer]")).not_to_have_text("0:00")
