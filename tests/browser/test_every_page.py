"""Every page there is: the rules of access, its width, the policy, and thumbs on a phone."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
)
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.conftest import AXE
from tests.browser.every_page import Stop, make_world, stops
from tests.browser.working import TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SHAPES: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "dark",
        "has_touch": True,
    },
}
THUMB = 44  # pixels
ENGINE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
OPTIONS = AXE | {"resultTypes": ["violations"], "preload": False}
BROKEN = """([where, options]) => axe.run(where || document, options).then(({violations}) =>
  violations.map(rule => `${rule.id}: ${rule.nodes[0].html.slice(0, 160)}`))"""
OPEN_ALL = "document.querySelectorAll('details:not(.me, .pop)').forEach(it => { it.open = true })"
# What lies under a bar now, or at the edge of the panel, can be scrolled from there, so it is no
# target too small: while the rules are tried nothing stands over the page.
LAY = """laid => {
  for (const bar of document.querySelectorAll('.top, .nav, .log__acts'))
    bar.style.position = laid ? 'static' : '';
  for (const part of document.querySelectorAll('.panel, .panel__body, .panel .log'))
    part.style.cssText = laid ? 'height: auto; max-height: none; overflow: visible' : '';
}"""
SEND = """([path, data]) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = path;
  const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
  for (const [name, value] of [...data, ['csrfmiddlewaretoken', token]]) {
    const box = document.createElement('input');
    [box.type, box.name, box.value] = ['hidden', name, value];
    form.append(box);
  }
  document.body.append(form);
  form.submit();
}"""
TOO_SMALL = """least => [...document.querySelectorAll(
    'a[href], button, summary, select, textarea, input:not([type=hidden])')].filter(it => {
  if (!it.checkVisibility({visibilityProperty: true}) || it.closest('.vh, .skip')) return false;
  const cover = getComputedStyle(it, '::after').position === 'absolute' ? it.closest('tr, li') : it;
  const boxes = [it, cover, ...(it.labels || [])].map(each => each.getBoundingClientRect());
  if (Math.max(...boxes.map(box => box.height)) >= least - .5) return false;
  if (boxes[0].width < 2) return false;
  return getComputedStyle(it).display !== 'inline';
}).map(it => `${Math.round(it.getBoundingClientRect().height)} px: ${it.outerHTML.slice(0, 99)}`)"""


@dataclass
class Walk:
    """Somebody's browser on its way through pages, and what was wrong on each."""

    context: BrowserContext
    at: str
    is_phone: bool
    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    heard: list[str] = field(default_factory=list)
    saw_frame: bool = False

    def __post_init__(self) -> None:
        self.context.add_init_script(ENGINE)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.heard.append(str(error.error)))
        self.context.on("request", self._request)
        self.page = self.context.new_page()

    def _console(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.heard.append(f"{said.text} {said.location.get('url', '')}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.at, "data:")):
            self.heard.append(f"asked another origin: {request.url}")

    def visit(self, stop: Stop) -> None:
        """Look at one page, closed and with everything open that opens."""
        page, wrong = self.page, self.found[str(stop)]
        self.heard.clear()
        answer = self._arrive(stop)
        if answer.status != stop.status:
            wrong.append(f"answered {answer.status}")
            return
        policy = answer.headers.get("content-security-policy", "")
        if "script-src 'self'" not in policy or "unsafe" in policy:
            wrong.append(f"policy: {policy}")
        self._narrow(wrong, "as it comes")
        if not stop.is_sent:  # what was refused is open already
            page.evaluate(OPEN_ALL)
            expect(page.locator(".htmx-request")).to_have_count(0)
            self._narrow(wrong, "all opened")
        page.evaluate(LAY, True)
        wrong += page.evaluate(BROKEN, [None, OPTIONS])
        page.evaluate(LAY, False)
        if self.is_phone:
            wrong += page.evaluate(TOO_SMALL, THUMB)
        self._parts(wrong)
        if stop.is_sent:
            page.goto("about:blank")  # a draft of its form may be refused: the form was empty
        refused = f"status of {stop.status}"
        wrong += [said for said in self.heard if stop.status == 200 or refused not in said]

    def _arrive(self, stop: Stop) -> Response:
        if not stop.is_sent:
            answer = self.page.goto(f"{self.at}{stop.path}")
            for step in stop.steps:
                do(self.page, step)
        else:
            if not self.page.locator("[name=csrfmiddlewaretoken]").count():
                self.page.goto(f"{self.at}/profile/")
            with self.page.expect_navigation() as going:
                self.page.evaluate(SEND, [stop.path, _pairs(stop.data)])
            answer = going.value
        assert answer is not None
        return answer

    def _parts(self, wrong: list[str]) -> None:
        """Menus and dialogs, one after the other; those of the frame once for each role."""
        page, frame = self.page, "" if self.saw_frame else ".top details, "
        for menu in page.locator(f"{frame}main details.pop").all():
            if menu.is_visible():
                menu.evaluate("it => { it.open = true; it.dataset.looked = '1' }")
                self._narrow(wrong, "a menu opened")
                wrong += page.evaluate(BROKEN, ["[data-looked]", OPTIONS])
                menu.evaluate("it => { it.open = false; delete it.dataset.looked }")
        for dialog in [] if self.saw_frame else page.locator("dialog").all():
            dialog.evaluate("it => it.showModal()")
            wrong += page.evaluate(BROKEN, ["dialog[open]", OPTIONS])
            dialog.evaluate("it => it.close()")
        self.saw_frame = True

    def _narrow(self, wrong: list[str], when: str) -> None:
        over = self.page.evaluate(TOO_WIDE)
        if over:
            wrong.append(f"{over} px too wide, {when}")


def do(page: Page, step: str) -> None:
    """One step on a page: "click SELECTOR", "choose SELECTOR" of a choice drawn by its label,
    "fill SELECTOR WORDS" key by key, "see SELECTOR"."""
    how, what = step.split(" ", 1)
    if how == "click":
        page.locator(what).first.click()
    elif how == "choose":
        page.locator(what).first.check(force=True)
    elif how == "fill":
        box, words = what.rsplit(" ", 1)
        page.locator(box).press_sequentially(words)
    else:
        page.locator(what).first.wait_for()


def _pairs(data: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, str(one))
        for name, value in data.items()
        for one in (value if isinstance(value, list) else [value])
    ]


def walk_of(browser: Browser, at: str, shape: str, client: Client | None) -> Walk:
    """A browser of this shape, with the session of `client`, or of nobody."""
    context = browser.new_context(reduced_motion="reduce", **SHAPES[shape])
    if client is not None:
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": at}
        context.add_cookies([cookie])  # type: ignore[list-item]
    return Walk(context, at, is_phone=shape == "phone")


def test_every_address_is_walked_to_or_says_why_not(as_user: Callable[[User], Client]) -> None:
    cache.clear()

    assert len(stops(make_world(), as_user)) > len(SHAPES)


@pytest.mark.soak  # some 200 pages in each shape: ten minutes and more
@pytest.mark.parametrize("shape", list(SHAPES))
def test_every_page_keeps_to_the_rules_of_access_its_width_and_the_policy(
    shape: str,
    browser: Browser,
    live_server: LiveServer,
    as_user: Callable[[User], Client],
) -> None:
    cache.clear()
    world = make_world()
    way = stops(world, as_user)
    found: dict[str, list[str]] = {}
    for role in sorted({stop.role for stop in way}):
        client = None if role == "anonymous" else as_user(world.people[role])
        walk = walk_of(browser, live_server.url, shape, client)
        for stop in way:
            if stop.role == role and not (shape == "wide" and stop.is_lead_again):
                walk.visit(stop)
        found |= walk.found
        walk.context.close()
    assert {stop: wrong for stop, wrong in found.items() if wrong} == {}
