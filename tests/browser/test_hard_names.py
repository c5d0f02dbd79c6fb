"""Names that break layouts: very long, right-to-left, emoji, zero-width, markup. Shown safely.

With TRIALSNEST_SHOTS=FOLDER in the environment the pictures are kept there, to be looked at.
"""

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Lead, Person, Role
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NAMES = {
    "long": ("Hubert", "Wolfeschlegelsteinhausenbergerdorff" * 5 + "x" * 25),
    "spaced": ("Ana Maria " * 19, "de la Santísima Trinidad " * 8),
    "arabic": ("محمد", "عبد الرحمن بن عبد الله"),
    "hebrew": ("שרה", "בן־דוד (WREN) 12"),
    "emoji": ("👩‍👩‍👧‍👦🏳️‍🌈", "Sample 🧪"),
    "zero_width": ("A\u200bd\u200ba\ufeff", "Sa\u200dm\u2060ple"),
    "turned": ("\u202eadA", "elpmaS\u202c"),
    "stacked": ("Z̸̢̡̨̛͕͔͓̖̗̘̙̜̝̞̟̠̣̤̥̦̩̪̫̬̭̮̯̰̱̲̳̹̺̻̼͇͈͉͍͎" * 6, "o̶̧̢̨̡̖̗̘̙̜̝̞̟̠̣̤̥̦̩̪̫̬̭̮̯̰̱̲̳" * 6),
    "markup": ("<script>alert(1)</script>", '"><img src=x onerror=alert(2)>'),
    "template": ("{{ 7|add:7 }}", "{% debug %} ${7*7} '; DROP TABLE lead; --"),
}
WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}
ROW_AT_MOST = {"wide": 80, "phone": 320}  # pixels; on a wide screen a row keeps its two lines


def _leads() -> tuple[User, dict[str, Lead]]:
    """A coordinator with one lead of each name, as it might stand in an old database."""
    cache.clear()
    place = StudySiteFactory()
    owner = make_member(Role.COORDINATOR, place, name="Priya Raman")
    leads = {}
    for kind, (first, last) in NAMES.items():
        leads[kind] = make_lead(place, owner=owner, received_at=timezone.now())
        rows = Person.objects.filter(pk=leads[kind].person_id)
        rows.update(first_name=first[:200], last_name=last[:200])
    return owner, leads


def _keep(page: Page, name: str, complaints: list[str]) -> None:
    """Keep a picture where one is asked for. What the camera itself does is not complained of."""
    folder = os.environ.get("TRIALSNEST_SHOTS", "")
    if folder:
        heard = list(complaints)
        page.screenshot(path=Path(folder) / f"{name}.png")
        page.wait_for_timeout(100)
        complaints[:] = heard


@pytest.mark.parametrize("screen", WIDTHS)
def test_hard_names_are_shown_safely_and_leave_the_layout_as_it_is(
    screen: str, page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    owner, leads = _leads()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    width, height = WIDTHS[screen]
    page.set_viewport_size({"width": width, "height": height})
    sign_in(page, live_server.url, owner)

    page.goto(f"{live_server.url}/queue/")
    assert page.evaluate(TOO_WIDE) <= 0
    _keep(page, f"names-queue-{screen}", complaints)
    for kind, lead in leads.items():
        row = page.locator(f"#lead-{lead.number}")
        box = row.bounding_box()
        assert box is not None, kind
        assert box["height"] <= ROW_AT_MOST[screen], kind
        assert box["x"] + box["width"] <= width + 1, kind
        first, last = NAMES[kind]
        assert row.locator("bdi").first.text_content() == f"{first[:200]} {last[:200]}".strip()

    for kind, lead in leads.items():
        page.goto(f"{live_server.url}/leads/{lead.number}/")
        assert page.evaluate(TOO_WIDE) <= 0, kind
        heading = page.locator("h1 bdi")
        assert heading.text_content() == " ".join(part[:200] for part in NAMES[kind]).strip()
        beneath = page.locator("h1 + p")
        top, bottom = page.locator("h1").bounding_box(), beneath.bounding_box()
        assert top is not None
        assert bottom is not None
        assert top["y"] + top["height"] <= bottom["y"] + 1, kind  # nothing stands over it
        _keep(page, f"names-lead-{kind}-{screen}", complaints)

    assert asked == []
    assert complaints == []


def test_hard_names_fit_the_panel_beside_the_queue(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    owner, leads = _leads()
    sign_in(page, live_server.url, owner)
    page.goto(f"{live_server.url}/queue/")

    for kind, lead in leads.items():
        page.locator(f"#lead-{lead.number} a.lead__name").click()
        expect(page.locator(f'#panel [data-lead="{lead.number}"]')).to_be_visible()
        panel = page.locator("#panel")
        assert page.evaluate(TOO_WIDE) <= 0, kind
        over = panel.evaluate("el => el.scrollWidth - el.clientWidth")
        assert over <= 0, kind
        pad = page.locator("#panel #log")
        expect(pad).to_be_visible()
        _keep(page, f"names-panel-{kind}", complaints)

    assert complaints == []
