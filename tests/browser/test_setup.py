"""From an empty installation to the first coordinator, in a real browser without scripts."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Invitation, Role
from recruitment.services import invitations
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.recruitment import StudySiteFactory, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def administrator(transactional_db: None) -> User:
    cache.clear()
    user = UserFactory(email="olga@nest.example", name="Olga Admin")
    return make_member(Role.ADMINISTRATOR, user=user)


def sign_in(page: Page, at: str, asked: str) -> None:
    page.goto(f"{at}{asked}")
    page.get_by_label("Work email").fill("olga@nest.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_site_hours_and_an_invitation_work_without_scripts(
    browser: Browser, live_server: LiveServer, administrator: User
) -> None:
    StudySiteFactory()
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server.url, "/setup/sites/add/")

    page.get_by_label("Name").fill("Cedar Hollow")
    page.get_by_label("Code").fill("CEDAR")
    page.get_by_label("Label for sponsors").fill("Site 1")
    page.get_by_role("button", name="Add the site").click()
    page.get_by_label("Monday closes", exact=True).fill("16:00")
    page.get_by_role("button", name="Save the hours").click()
    expect(page.get_by_text("The opening hours are saved.")).to_be_visible()

    page.goto(f"{live_server.url}/setup/invitations/add/")
    page.get_by_label("Name").fill("Priya Raman")
    page.get_by_label("Work email").fill("priya@nest.example")
    page.get_by_label("Role").select_option(index=1)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("heading", name="Open")).to_be_visible()

    hers = browser.new_context(java_script_enabled=False).new_page()
    token = invitations.link_of(Invitation.objects.get()).rstrip("/").rpartition("/")[2]
    hers.goto(f"{live_server.url}/invitation/{token}/")
    hers.get_by_label("Password", exact=True).fill(PASSWORD)
    hers.get_by_label("Password again").fill(PASSWORD)
    hers.keyboard.press("Enter")
    expect(hers.get_by_text("Priya Raman").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_set_up_pages_keep_to_the_rules_of_access(
    page: Page,
    live_server: LiveServer,
    administrator: User,
    axe: Callable[[Page], list[str]],
    complaints: list[str],
    width: int,
) -> None:
    place = StudySiteFactory()
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, live_server.url, "/setup/")
    expect(page.get_by_role("heading", name="Start here")).to_be_visible()

    paths = (
        "/setup/",
        f"/setup/sites/{place.site.pk}/",
        f"/setup/sites/{place.site.pk}/hours/",
        f"/setup/sites/{place.site.pk}/days/",
        f"/setup/studies/{place.study.pk}/",
        f"/setup/people/{administrator.pk}/",
    )
    for path in paths:
        page.goto(f"{live_server.url}{path}")
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) == 0, path
    assert complaints == []
    for path in paths:  # last: the engine itself tries to read style sheets, which is refused
        page.goto(f"{live_server.url}{path}")
        assert axe(page) == [], path
