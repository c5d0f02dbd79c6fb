"""Somebody's browser on its way through pages, and what is asked of each of them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from accounts.models import User
from tests.browser.conftest import AXE
from tests.browser.every_page import Stop, make_world, stops
from tests.browser.page_scripts import (
    BROKEN,
    CLOSE_AGAIN,
    IS_TURNED,
    LAY,
    MARK_KNOWN,
    OPEN_ALL,
    SEND,
    TOO_SMALL,
)
from tests.browser.working import TOO_WIDE


@dataclass(frozen=True)
class Shape:
    """How a page is shown; what a browser needs to be told to show it so."""

    name: str
    width: int
    height: int
    is_dark: bool
    is_phone: bool


SHAPES = (
    Shape("wide and light", 1440, 900, is_dark=False, is_phone=False),
    Shape("phone and dark", 390, 844, is_dark=True, is_phone=True),
)
"""Each page is looked at once in each scheme and once in each layout."""

TOKEN = "csrfmiddlewaretoken"
THUMB = 44  # pixels
ENGINE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
OPTIONS = AXE | {"resultTypes": ["violations"], "preload": False}
# By far the slowest rules: they ask for every word what lies behind it and for every link what
# lies beside it. What was looked at once in a shape, with the same words and the same around it,
# is not asked again: mostly the frame, and the page of a lead below a form that was refused.
PLACED = ("color-contrast", "target-size")
ALL_BUT_PLACED = OPTIONS | {"rules": {name: {"enabled": False} for name in PLACED}}
ONLY_PLACED = OPTIONS | {"runOnly": {"type": "rule", "values": list(PLACED)}}


@dataclass
class Walk:
    """Somebody's browser on its way through pages, and what was wrong on each."""

    context: BrowserContext
    at: str
    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    heard: list[str] = field(default_factory=list)
    known: dict[Shape, set[str]] = field(default_factory=lambda: defaultdict(set))
    saw_frame: set[Shape] = field(default_factory=set)
    shown: Shape | None = None
    token: str = ""
    turns: tuple[Shape, ...] = SHAPES

    def __post_init__(self) -> None:
        self.context.add_init_script(ENGINE)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.heard.append(str(error.error)))
        self.context.on("request", self._request)
        self.page = self.context.new_page()
        self.devices = self.context.new_cdp_session(self.page)

    def _console(self, said: ConsoleMessage) -> None:
        # Only the place that asks for nothing names no icon, so that one is looked for.
        is_icon = said.location.get("url") == f"{self.at}/favicon.ico"
        if said.type == "error" and not is_icon:
            self.heard.append(f"{said.text} {said.location.get('url', '')}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.at, "data:")):
            self.heard.append(f"asked another origin: {request.url}")

    def visit(self, stop: Stop) -> None:
        """Look at one page in each shape, closed and with everything open that opens.

        It is asked for once and turned, unless something is done on it first: no script of ours
        asks for a width. The next page comes in the shape that this one is left in.
        """
        wrong = self.found[str(stop)]
        self.heard.clear()
        for turn, shape in enumerate(self.turns):
            self._turn(shape)
            if (turn == 0 or stop.steps) and not self._arrived(stop, wrong):
                return
            said = self._look(stop, shape, is_first=turn == 0)
            wrong += [f"{shape.name}: {it}" for it in said]
        self.turns = self.turns[::-1]
        if stop.is_sent:
            self._to_nowhere()  # a draft of its form may be refused: the form was empty
        refused = f"status of {stop.status}"
        wrong += [said for said in self.heard if stop.status == 200 or refused not in said]

    def _turn(self, shape: Shape) -> None:
        page = self.page
        if shape == self.shown:
            return
        self.shown = shape
        page.set_viewport_size({"width": shape.width, "height": shape.height})
        page.emulate_media(color_scheme="dark" if shape.is_dark else "light")
        touch = {"enabled": shape.is_phone, "maxTouchPoints": 1}
        self.devices.send("Emulation.setTouchEmulationEnabled", touch)
        page.wait_for_function(IS_TURNED, arg=[shape.width, shape.is_dark, shape.is_phone])

    def _to_nowhere(self) -> None:
        """A place that asks for nothing, from which a form can be sent."""
        if not self.token:
            self.page.goto(f"{self.at}/profile/")
            self.token = self.page.locator(f"[name={TOKEN}]").first.input_value()
        if not self.page.url.endswith("/healthz"):
            self.page.goto(f"{self.at}/healthz")

    def _arrived(self, stop: Stop, wrong: list[str]) -> bool:
        """Whether the page came that was asked for, under the policy."""
        if not stop.is_sent:
            answer = self.page.goto(f"{self.at}{stop.path}")
        else:
            self._to_nowhere()
            pairs = [*_pairs(stop.data), (TOKEN, self.token)]
            with self.page.expect_navigation() as going:
                self.page.evaluate(SEND, [stop.path, pairs])
            answer = going.value
        assert answer is not None
        came = f"{answer.status} {answer.headers.get('content-type', '').partition(';')[0]}"
        if came != f"{stop.status} text/html":
            wrong.append(f"answered {came}")
            return False
        policy = answer.headers.get("content-security-policy", "")
        if "script-src 'self'" not in policy or "unsafe" in policy:
            wrong.append(f"policy: {policy}")
        for step in stop.steps:
            do(self.page, step)
        return True

    def _look(self, stop: Stop, shape: Shape, *, is_first: bool) -> list[str]:
        page, wrong = self.page, []
        wrong += self._narrow("as it comes")
        if not stop.is_sent:  # what was refused is open already
            page.evaluate(OPEN_ALL)
            expect(page.locator(".htmx-request")).to_have_count(0)
            wrong += self._narrow("all opened")
        page.evaluate(LAY, True)
        wrong += self._broken(stop, shape, is_first=is_first)
        page.evaluate(LAY, False)
        if shape.is_phone:
            wrong += page.evaluate(TOO_SMALL, THUMB)
        wrong += self._parts(shape)
        page.evaluate(CLOSE_AGAIN)
        return wrong

    def _broken(self, stop: Stop, shape: Shape, *, is_first: bool) -> list[str]:
        """The rules of access that the page breaks.

        The answer to a form is asked in its first shape only for what does not lie in colors and
        places: most are the page of a lead, which is a stop of its own.
        """
        page, known, wrong = self.page, self.known[shape], []
        if is_first or not stop.is_sent:
            wrong += page.evaluate(BROKEN, [None, ALL_BUT_PLACED])
        fresh = page.evaluate(MARK_KNOWN, list(known))
        wrong += page.evaluate(BROKEN, [{"exclude": [["[data-known]"]]}, ONLY_PLACED])
        known.update(fresh)
        return wrong

    def _parts(self, shape: Shape) -> list[str]:
        """Menus and dialogs, one after the other; those of the frame once for each role."""
        page, wrong, is_known = self.page, [], shape in self.saw_frame
        for menu in page.locator(f"{'' if is_known else '.top details, '}main details.pop").all():
            if menu.is_visible():
                menu.evaluate("it => { it.open = true; it.dataset.looked = '1' }")
                wrong += self._narrow("a menu opened")
                wrong += page.evaluate(BROKEN, ["[data-looked]", OPTIONS])
                menu.evaluate("it => { it.open = false; delete it.dataset.looked }")
        for dialog in page.locator(f"dialog{':not(#keys)' if is_known else ''}").all():
            dialog.evaluate("it => it.showModal()")
            wrong += page.evaluate(BROKEN, ["dialog[open]", OPTIONS])
            dialog.evaluate("it => it.close()")
        self.saw_frame.add(shape)
        return wrong

    def _narrow(self, when: str) -> list[str]:
        over = self.page.evaluate(TOO_WIDE)
        return [f"{over} px too wide, {when}"] if over else []


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


def walk_of(browser: Browser, at: str, client: Client | None) -> Walk:
    """A browser with the session of `client`, or of nobody."""
    context = browser.new_context(reduced_motion="reduce")
    if client is not None:
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": at}
        context.add_cookies([cookie])  # type: ignore[list-item]
    return Walk(context, at)


def wrong_pages(
    is_chosen: Callable[[Stop], bool],
    browser: Browser,
    at: str,
    as_user: Callable[[User], Client],
) -> dict[str, list[str]]:
    """What is wrong on the pages that are chosen, in a world of its own."""
    world = make_world()
    way = [stop for stop in stops(world, as_user) if is_chosen(stop)]
    found: dict[str, list[str]] = {}
    for role in sorted({stop.role for stop in way}):
        walk = walk_of(browser, at, None if role == "anonymous" else as_user(world.people[role]))
        for stop in way:
            if stop.role == role:
                walk.visit(stop)
        found |= walk.found
        walk.context.close()
    assert len(found) == len(way)
    return {stop: wrong for stop, wrong in found.items() if wrong}
