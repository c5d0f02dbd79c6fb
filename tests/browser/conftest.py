"""A real Chromium, the distribution's own, and what every page is held to in it."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import Page, expect

from tests.browser.door import Door, behind
from tests.plugin.needs import chromium

# Playwright's loop runs in the test's thread; Django would take that for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

expect.set_options(timeout=30_000)  # ms: a machine that is busy is no failure

AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
}

# Asked of the document itself: after a form was refused, Playwright may still mean the one before.
# A question to a page has no end of its own, and a page that is never drawn would never answer.
IS_THERE = """() => new Promise((done, fail) => {
  setTimeout(() => fail(new Error(`not there after 30 s: ${document.readyState}`)), 30000);
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
  if (document.readyState === "complete") drawn(); else addEventListener("load", drawn);
})"""


@pytest.fixture(autouse=True, scope="session")
def _files_are_kept() -> Iterator[None]:
    """Style sheets and scripts are kept by the browser, as they are in production.

    Left to itself it keeps them for a share of their age, and by the clock of the tests they may
    be younger than none: each page would then ask for all of them anew.
    """

    def serve(handler: StaticFilesHandlerMixin, request: HttpRequest) -> HttpResponseBase:
        answer = usual(handler, request)
        answer["Cache-Control"] = "max-age=2592000"
        return answer

    usual = StaticFilesHandlerMixin.serve
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandlerMixin, "serve", serve)
        yield


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    """The door of the test server, which is shut."""
    door = Door()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIHandler, "__call__", behind(door, WSGIHandler.__call__))
        yield door


@pytest.fixture(autouse=True)
def _open_while_it_runs(door: Door) -> Iterator[None]:
    """Requests go in while a test runs. A page that was just closed may still send what was typed:
    the flush beside it would wait for ever, or it would stand in the tables of the next test."""
    door.open()
    yield
    door.shut()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The installed Chromium; root may run it only without its sandbox."""
    args = ["--disable-gpu", "--no-first-run", "--disable-background-networking"]
    args += ["--disable-component-update", "--disable-sync"]
    if os.geteuid() == 0:
        args.append("--no-sandbox")
    return {"executable_path": chromium(), "args": args, "headless": True}


@pytest.fixture(scope="session")
def base_url() -> str:
    """Tests write whole addresses. (The plugin's own fixture warns under this pytest.)"""
    return ""


@pytest.fixture
def page(page: Page) -> Page:
    """A page that is measured and typed at as a person does it: once it is there.

    Style sheets and scripts come after the words; until then nothing has its place and no key
    does anything.
    """
    press, evaluate = page.keyboard.press, page.evaluate

    def press_when_there(key: str, **options: Any) -> None:
        evaluate(IS_THERE)
        press(key, **options)

    def evaluate_when_there(expression: str, arg: Any = None) -> Any:
        evaluate(IS_THERE)
        return evaluate(expression, arg)

    page.keyboard.press = press_when_there  # type: ignore[method-assign]  # the one place for it
    page.evaluate = evaluate_when_there  # type: ignore[method-assign]  # the one place for it
    return page


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complained about: the policy, scripts, missing files."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """The accessibility rules that a page breaks, each with its first place."""

    def violations(page: Page) -> list[str]:
        # What is scrolled under the bar at the top would count as beside its links.
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        found = Axe().run(page, options=AXE).response["violations"]
        return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found]

    return violations
