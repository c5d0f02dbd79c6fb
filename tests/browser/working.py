"""What the browser tests of daily work share: signing in, reaching things by Tab."""

from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import User
from tests.factories.accounts import PASSWORD

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MAX_TABS = 120


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus, as somebody without a mouse does."""
    expect(wanted).to_be_visible()
    for _ in range(MAX_TABS):
        if wanted.evaluate("el => el === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached with Tab: {wanted}")


def sign_in(page: Page, at: str, user: User, path: str = "/queue/") -> None:
    """Ask for a page, sign in with the keyboard, and be brought to the page."""
    page.goto(f"{at}{path}")
    tab_to(page, page.get_by_label("Work email"))
    page.keyboard.type(user.email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text=user.name)).to_be_visible()
    page.wait_for_load_state("load")


def other_browser(browser: Browser, at: str, user: User, path: str) -> Page:
    """Somebody else, at another computer and without scripts."""
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, at, user, path)
    return page
