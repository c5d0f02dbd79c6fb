"""Take the pictures that docs/screens.md lists: `make screens`.

Starts the product on the demo workspace in a folder of its own, signs in as each role, and writes
docs/screens/*.png: wide, dark, on a phone and on paper. Takes two or three minutes.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.plugin.needs import chromium

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "docs" / "screens"
PASSWORD = "pictures of invented people"  # of a workspace that lives for these minutes
PHONE, WIDE = (390, 844), (1440, 900)


@dataclass(frozen=True)
class Screen:
    """One picture: its file, who looks, where, and how.

    `follow` goes to the first link of its kind, and from there to the first of the next kind.
    """

    name: str
    words: str
    who: str
    path: str
    size: tuple[int, int] = WIDE
    is_dark: bool = False
    on_paper: bool = False
    follow: tuple[str, ...] = ()


LEAD = (".q tbody a.lead__name",)
STUDY = "main .t th a"
SCREENS = (
    Screen("sign-in", "Signing in", "", "/account/login/"),
    Screen("queue", "The queue of a coordinator", "coordinator1", "/queue/"),
    Screen("queue-dark", "The queue, dark", "coordinator1", "/queue/", is_dark=True),
    Screen("queue-phone", "The queue on a phone", "coordinator1", "/queue/", PHONE),
    Screen("queue-paper", "The queue on paper", "coordinator1", "/queue/", on_paper=True),
    Screen("lead", "A lead", "coordinator1", "/queue/", follow=LEAD),
    Screen("lead-dark", "A lead, dark", "coordinator1", "/queue/", is_dark=True, follow=LEAD),
    Screen("lead-phone", "A lead on a phone", "coordinator1", "/queue/", PHONE, follow=LEAD),
    Screen("lead-paper", "A lead on paper", "coordinator1", "/queue/", follow=LEAD, on_paper=True),
    Screen("add-lead", "Adding a lead", "coordinator1", "/leads/add/"),
    Screen("needs-me", "What needs a site lead", "lead1", "/needs-me/"),
    Screen("needs-me-phone", "The same on a phone", "lead1", "/needs-me/", PHONE),
    Screen("visits-today", "Visits of today", "lead1", "/visits/today/?whose=team"),
    Screen("close-out", "The close of the day", "coordinator1", "/close-out/"),
    Screen("pass-on", "Passing a message on", "coordinator1", "/messages/pass-on/", PHONE),
    Screen("import", "Importing a lead file", "coordinator1", "/import/"),
    Screen("reports-lead", "Reports of a site lead", "lead1", "/reports/"),
    Screen("reports-sponsor", "Reports of a sponsor", "sponsor1", "/reports/"),
    Screen("report", "A report", "sponsor1", "/reports/", follow=("main .t a, main table a",)),
    Screen("setup", "Set-up", "admin", "/setup/"),
    Screen(
        "stages",
        "Stages of a study",
        "admin",
        "/setup/studies/",
        follow=(STUDY, "nav.seg a[href$='/stages/']"),
    ),
    Screen(
        "prompts",
        "Prompts of a study",
        "admin",
        "/setup/studies/",
        follow=(STUDY, "nav.seg a[href$='/prompts/']"),
    ),
    Screen("people", "People and their roles", "admin", "/setup/people/"),
    Screen("profile", "My profile", "coordinator1", "/profile/", PHONE, is_dark=True),
)


@contextmanager
def workspace() -> Iterator[str]:
    """The running product with its demo workspace; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="trialsnest-screens-", dir="/tmp") as home:
        Path(home).chmod(0o755)
        environment = os.environ | {
            "TRIALSNEST_HOME": home,
            "PORT": str(port),
            "TRIALSNEST_DEMO_PASSWORD": PASSWORD,
        }
        product = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert product.stdout is not None
            for line in product.stdout:
                sys.stdout.write(line)
                if line.startswith("TrialsNest is ready"):
                    break
            else:
                raise SystemExit("The product did not start.")
            yield f"http://127.0.0.1:{port}"
        finally:
            product.send_signal(signal.SIGINT)
            product.wait(60)


def take(browser: Browser, address: str, screen: Screen) -> None:
    """Take one picture of a fresh browser."""
    context = browser.new_context(
        viewport={"width": screen.size[0], "height": screen.size[1]},
        color_scheme="dark" if screen.is_dark else "light",
    )
    page = context.new_page()
    if screen.who:
        sign_in(page, address, f"{screen.who}@demo.trialsnest.example")
    page.goto(address + screen.path)
    for link in screen.follow:
        page.goto(address + str(page.locator(link).first.get_attribute("href")))
    if screen.on_paper:
        page.emulate_media(media="print")
    page.screenshot(path=FOLDER / f"{screen.name}.png", full_page=screen.on_paper)
    context.close()


def sign_in(page: Page, address: str, email: str) -> None:
    """Sign in as anybody would."""
    page.goto(f"{address}/account/login/")
    page.get_by_label("Work email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/account/login" not in url)


def main() -> None:
    """Take every picture and list them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with workspace() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--disable-gpu", "--disable-sync", *root]
        )
        for screen in SCREENS:
            take(browser, address, screen)
            sys.stdout.write(f"docs/screens/{screen.name}.png\n")
        browser.close()
    lines = [
        f"| {screen.words} | ![{screen.words}](screens/{screen.name}.png) |" for screen in SCREENS
    ]
    page = PROJECT / "docs" / "screens.md"
    page.write_text(
        "# What it looks like\n\nMade by `make screens` from the demo workspace; every person is "
        "invented. Wide is 1440 by 900, a phone 390 by 844.\n\n| page | picture |\n|---|---|\n"
        + "\n".join(lines)
        + "\n"
    )


if __name__ == "__main__":
    main()
