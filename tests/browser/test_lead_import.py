"""A lead file from choosing to the queue, in a real browser, wide and on a phone."""

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from tests.factories.accounts import PASSWORD
from tests.factories.recruitment import (
    SourceFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FILE = (
    "first name,last name,phone,date of birth,ok to contact\n"
    "Ada,Example,617-555-0101,1970-01-02,yes\n"
    "Jos\u00e9,Example,617-555-0199,1971-01-02,yes\n"
    "<script>window.hit=1</script>,Example,617-555-0103,,yes\n"
    "Nobody,Example,,,\n"
).encode("cp1252")


@pytest.fixture
def place(transactional_db: None) -> StudySite:
    cache.clear()
    place: StudySite = StudySiteFactory()
    SourceFactory(study=place.study, name="Community list")
    make_lead(place, enquirer=make_enquirer(phones=("+16175550199",)))
    return place


@pytest.fixture
def priya(place: StudySite) -> User:
    return make_member(Role.COORDINATOR, place, name="Priya Raman")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_file_is_matched_checked_and_imported_by_clicking(
    width: int,
    scheme: str,
    page: Page,
    live_server: LiveServer,
    priya: User,
    complaints: list[str],
    axe: Callable[[Page], list[str]],
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{live_server.url}/import/")
    page.get_by_label("Work email").fill(priya.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    problems: list[str] = []

    def look() -> None:
        """What axe finds, and whether the page is too wide."""
        problems.extend(axe(page))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"too wide: {page.url}")

    page.get_by_label("Source").select_option(label="Community list")
    page.get_by_label("Lead file").set_input_files(
        files=[{"name": "leads.csv", "mimeType": "text/csv", "buffer": FILE}]
    )
    assert complaints == []  # later ones are of axe, whose styles the policy refuses
    look()
    page.get_by_role("button", name="Go on to columns").click()

    expect(page.get_by_text("Names to look at: Jos\u00e9 Example")).to_be_visible()
    expect(page.get_by_text("1970-01-02")).to_have_count(0)
    look()
    page.get_by_role("button", name="Check rows").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Encoding").select_option("cp1252")
    page.get_by_role("button", name="Check rows").click()

    expect(page.get_by_role("heading", name="Perhaps here already")).to_be_visible()
    page.get_by_role("checkbox", name="Import row 3 as a new lead").check()
    look()
    with page.expect_download() as left_out:
        page.get_by_role("link", name=re.compile("Download the 2 other rows")).click()
    assert left_out.value.suggested_filename == "rows-left-out.csv"
    page.get_by_role("button", name="Import 2 ready rows and those ticked").click()

    expect(page.get_by_role("link", name="Go to the queue")).to_be_visible()
    look()
    assert problems == []
    assert page.evaluate("window.hit") is None
    assert Lead.objects.count() == 4
