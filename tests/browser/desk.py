"""A coordinator's list in a browser: leads in their order, key presses and requests counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from tests.browser.working import sign_in
from tests.factories.recruitment import make_enquirer, make_lead, make_member

NAMES = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven")


@dataclass
class Desk:
    """A coordinator, her leads in the order of her list, and the page she works in."""

    page: Page
    url: str
    user: User
    leads: list[Lead]
    presses: int = 0
    sent: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        """Press keys one after the other; a chord such as Control+Enter counts as two."""
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += key.count("+") + 1 if len(key) > 1 else 1

    def type(self, text: str) -> None:
        """Type a text, a press a letter."""
        self.page.keyboard.type(text)
        self.presses += len(text)

    def shows(self, lead: Lead) -> None:
        """Wait until the panel shows `lead`, with the focus on its name."""
        heading = self.page.locator("#panel-t")
        expect(heading).to_have_text(lead.person.display_name)
        expect(heading).to_be_focused()

    @contextmanager
    def counted(self) -> Iterator["Desk"]:
        """Count key presses and requests from here on; what a page asks for by itself apart."""
        self.presses, self.sent = 0, []
        self.page.on("request", self._note)
        yield self
        self.page.remove_listener("request", self._note)

    def _note(self, request: Request) -> None:
        if request.resource_type in {"xhr", "fetch", "document"} and "pulse" not in request.url:
            self.sent.append(f"{request.method} {request.url.removeprefix(self.url)}")


def desk_of(page: Page, url: str, place: StudySite, *, leads: int) -> Desk:
    """A coordinator of `place`, signed in, with so many leads that nobody has called yet."""
    now = timezone.now()
    user = make_member(Role.COORDINATOR, place, name="Priya Raman")
    made = [
        make_lead(
            place,
            owner=user,
            received_at=now - timedelta(days=2, minutes=-n),
            enquirer=make_enquirer(n + 1, last_name=NAMES[n]),
        )
        for n in range(leads)
    ]
    sign_in(page, url, user)
    expect(page.locator("tr.lead")).to_have_count(leads)
    return Desk(page, url, user, made)
