"""Take the pictures that docs/screens.md lists: `make screens`.

Starts the product on the demo workspace in a folder of its own, on a working morning whatever the
real hour is, signs in as each role, and writes docs/screens/*.png: wide, dark, on a phone and on
paper. Takes about five minutes. With names of pictures as arguments it takes those alone and
leaves the page as it is.
"""

import heapq
import io
import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.screen_list import PARTS, Screen
from tests.plugin.needs import chromium
from tests.plugin.working_morning import working_morning

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "docs" / "screens"
PASSWORD = "pictures of invented people"  # of a workspace that lives for these minutes
SHEET = (1060, 750)  # A4 lying, without its margins, in CSS pixels
COLORS, EXACT, SURFACES = 256, 64, 16  # of a picture; of these the commonest; to the last bit
CLOCK = """import os
from datetime import UTC, datetime, timedelta

import time_machine

late = timedelta(seconds=float(os.environ["TRIALSNEST_PICTURES_LATE"]))
time_machine.travel(datetime.now(UTC) - late, tick=True).start()
"""
"""Read by every Python of the product as it starts: its clock is so many seconds behind."""


@contextmanager
def workspace() -> Iterator[str]:
    """The running product with its demo workspace; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="trialsnest-screens-", dir="/tmp") as home:
        Path(home).chmod(0o755)
        clock = Path(home, "clock")
        clock.mkdir()
        (clock / "sitecustomize.py").write_text(CLOCK)
        environment = os.environ | {
            "TRIALSNEST_HOME": home,
            "PORT": str(port),
            "TRIALSNEST_DEMO_PASSWORD": PASSWORD,
            "PYTHONPATH": str(clock),
            "TRIALSNEST_PICTURES_LATE": str((now - working_morning(now)).total_seconds()),
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
    """Take one picture in a fresh browser."""
    width, height = SHEET if screen.on_paper else screen.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if screen.is_dark else "light",
        has_touch=screen.size[0] < 500,
        reduced_motion="reduce",
    )
    page = context.new_page()
    if screen.who:
        sign_in(page, address, f"{screen.who}@demo.trialsnest.example")
    page.goto(address + screen.path)
    for step in screen.steps:
        do(page, address, *step.split(" ", 1))
    if screen.on_paper:
        page.emulate_media(media="print")
    page.wait_for_load_state("networkidle")  # style sheets, fonts and what htmx fetched are in
    small(page.screenshot(), FOLDER / f"{screen.name}.png")
    context.close()


def do(page: Page, address: str, how: str, what: str) -> None:
    """One step on the way to a picture (see Screen)."""
    page.wait_for_load_state("load")
    if how == "go":
        page.goto(address + str(page.locator(what).first.get_attribute("href")))
    elif how == "click":
        page.locator(what).first.click()
    elif how == "send":
        with page.expect_navigation():
            page.locator(what).first.click()
    elif how == "press":
        page.keyboard.press(what)
    elif how == "type":
        page.keyboard.type(what)
    else:
        page.locator(what).first.wait_for()


def small(picture: bytes, path: Path) -> None:
    """Write a picture with a palette: surfaces exact, edges of letters and rare marks nearly."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    found = image.getcolors(image.width * image.height) or []
    common: Any = [color for _, color in heapq.nlargest(EXACT, found)]
    spread = image.quantize(COLORS - EXACT, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*itertools.chain(*common), *spread])
    # Pillow takes a near color of the palette and not the nearest: surfaces are painted anew
    made = image.quantize(palette=palette, dither=Image.Dither.NONE)
    for index, color in enumerate(common[:SURFACES]):
        apart = ImageChops.difference(image, Image.new("RGB", image.size, color)).split()
        same = reduce(ImageChops.lighter, apart).point(lambda off: 0 if off else 255)
        made.paste(index, mask=same)
    made.save(path, optimize=True)


def sign_in(page: Page, address: str, email: str) -> None:
    """Sign in as anybody would."""
    page.goto(f"{address}/account/login/")
    page.get_by_label("Work email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/account/login" not in url)


def write_page() -> None:
    """List every picture in docs/screens.md, and delete those that it lists no more."""
    words = [
        "# What it looks like\n",
        "Made by `make screens` from the demo workspace on a working morning; every person is "
        "invented. Wide is 1440 by 900, a phone 390 by 844.\n",
    ]
    for title, screens in PARTS.items():
        words.append(f"## {title}\n\n| page | picture |\n|---|---|")
        words += [f"| {one.words} | ![{one.words}](screens/{one.name}.png) |" for one in screens]
        words.append("")
    (PROJECT / "docs" / "screens.md").write_text("\n".join(words))
    listed = {f"{one.name}.png" for screens in PARTS.values() for one in screens}
    for path in FOLDER.glob("*.png"):
        if path.name not in listed:
            path.unlink()


def main(wanted: list[str]) -> None:
    """Take the pictures that are wanted, or every one and list them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    screens = [screen for part in PARTS.values() for screen in part]
    screens.sort(key=lambda screen: screen.writes)
    with workspace() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--disable-gpu", "--disable-sync", *root]
        )
        for screen in screens:
            if not wanted or screen.name in wanted:
                take(browser, address, screen)
                sys.stdout.write(f"docs/screens/{screen.name}.png\n")
        browser.close()
    if not wanted:
        write_page()


if __name__ == "__main__":
    main(sys.argv[1:])
