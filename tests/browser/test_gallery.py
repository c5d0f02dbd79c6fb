"""Every component in a real browser: the policy holds, nothing is cut, axe finds nothing."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.design.gallery import BY_NAME
from tests.design.server import serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with serve() as address:
        yield address


@pytest.mark.parametrize("name", list(BY_NAME))
def test_page_keeps_the_policy_and_is_accessible_in_both_themes(
    page: Page,
    gallery: str,
    complaints: list[str],
    axe: Callable[[Page], list[str]],
    name: str,
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(reduced_motion="reduce")  # a color half-way between themes is no finding

    page.goto(f"{gallery}/{name}.html")
    page.wait_for_load_state("networkidle")

    assert complaints == []
    assert axe(page) == []
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert axe(page) == []


@pytest.mark.parametrize("name", list(BY_NAME))
def test_page_never_scrolls_sideways(page: Page, gallery: str, name: str) -> None:
    page.goto(f"{gallery}/{name}.html")

    too_wide = []
    for width in (320, 390, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(width)

    assert too_wide == []


def test_icons_of_the_sprite_file_are_drawn(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/queue.html")

    icon = page.locator(".due--bad .i use").first

    assert icon.evaluate("use => use.getBBox().width") > 10, "the policy lets the sprite in"


def test_question_mark_opens_the_keyboard_sheet_and_escape_closes_it(
    page: Page, gallery: str, axe: Callable[[Page], list[str]]
) -> None:
    page.goto(f"{gallery}/queue.html")

    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert axe(page) == []

    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_j_and_k_move_real_focus_along_the_leads(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/queue.html")
    names = page.locator(".lead__name")

    page.keyboard.press("j")
    expect(names.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(names.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(names.nth(0)).to_be_focused()


def test_single_keys_do_nothing_while_typing(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/queue.html")

    page.keyboard.press("/")
    page.keyboard.type("jk?1")

    expect(page.locator("#find")).to_have_value("jk?1")
    expect(page.locator("#keys")).to_be_hidden()


def test_digit_chooses_an_outcome_in_the_panel_and_opens_the_rest(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/panel.html")
    page.keyboard.press("l")

    page.keyboard.press("4")

    expect(page.locator("input[name=outcome]").nth(3)).to_be_checked()
    expect(page.locator(".log__rest")).to_be_visible()


def test_g_and_a_letter_go_to_a_page_of_the_bar(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/setup.html")

    page.keyboard.press("g")
    page.keyboard.press("q")

    page.wait_for_url("**/queue.html")


def test_errors_take_the_focus_when_a_page_opens_with_them(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/signin.html")

    expect(page.get_by_role("alert")).to_be_focused()


def test_my_profile_shows_a_theme_at_once(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/profile.html")

    page.get_by_label("Dark").check()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.get_by_label("As the system").check()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_a_lost_connection_is_told_once_and_taken_back(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/setup.html")

    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()

    page.context.set_offline(False)
    expect(page.locator("#offline")).to_have_count(0)


def test_queue_is_readable_and_usable_without_script(browser: object, gallery: str) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()

    page.goto(f"{gallery}/panel.html")

    expect(page.locator("tr.lead")).to_have_count(6)
    expect(page.locator(".log__rest")).to_be_visible()
    context.close()
