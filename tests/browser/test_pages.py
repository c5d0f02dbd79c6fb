"""Every page of daily work: rules of access, wide and light, and on a phone in the dark."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Lead, Role
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.services.blockers import open_blocker
from recruitment.services.notes import add_note
from reporting.models import SponsorReport
from reporting.services.issuing import issue_report
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import SourceFactory, StudySiteFactory, make_lead, make_member
from tests.reporting.world import make_draft, some_leads

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SHAPES = [(1440, "light"), (390, "dark")]
LANDS_ON = {
    Role.COORDINATOR: "Queue",
    Role.SITE_LEAD: "Needs me",
    Role.REVIEWER: "Queue",
    Role.SPONSOR_VIEWER: "Sponsor reports",
    Role.ADMINISTRATOR: "Set-up",
}


@dataclass
class Place:
    """Five people at one study and site, a lead with a past, a draft and an issued report."""

    people: dict[Role, User]
    lead: Lead
    issued: SponsorReport
    draft: SponsorReport


@pytest.fixture
def place(transactional_db: None) -> Place:
    cache.clear()
    now = timezone.now()
    here = StudySiteFactory(activated_at=now - timedelta(weeks=6))
    scopes = {
        Role.SITE_LEAD: here.site,
        Role.SPONSOR_VIEWER: here.study,
        Role.ADMINISTRATOR: None,
    }
    people = {
        role: make_member(role, scopes.get(role, here), name=f"Ada {role.label}")
        for role in LANDS_ON
    }
    priya, source = people[Role.COORDINATOR], SourceFactory(study=here.study)
    some_leads(here, priya, source, at=now - timedelta(weeks=4), n=14)
    lead = make_lead(here, owner=priya, source=source, received_at=now - timedelta(days=1))
    add_note(lead=lead, text="Asked for a call in the morning.", by=priya, at=now)
    lead.refresh_from_db()
    open_blocker(
        lead=lead,
        category=BlockerCategory.TRAVEL,
        review_by=now + timedelta(days=3),
        by=priya,
        at=now,
        seen=lead.version,
    )
    issued = make_draft(here, after=now - timedelta(weeks=3))
    issue_report(report=issued, by=people[Role.SITE_LEAD], at=now, with_papers=False)
    return Place(people, lead, issued, make_draft(here, after=now - timedelta(weeks=2)))


def pages_of(place: Place, role: Role) -> list[str]:
    """The addresses that somebody in the role uses every day."""
    issued = reverse("report", args=[place.issued.pk])
    if role == Role.SPONSOR_VIEWER:
        return [reverse("reports"), issued, reverse("profile")]
    if role == Role.SITE_LEAD:
        return [reverse("reports"), reverse("report", args=[place.draft.pk]), issued]
    lead = reverse("lead", args=[place.lead.number])
    rank = reverse("lead_rank", args=[place.lead.number])
    queue = reverse("queue")
    beside = [reverse("queue_filters"), reverse("saved_view_add"), rank]
    filtered = f"{queue}?tab=team&stage=contacted&check=left_lying"
    return [queue, f"{queue}?bucket=stale", filtered, *beside, lead, reverse("lead_add")]


@pytest.mark.parametrize(("width", "scheme"), SHAPES)
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SITE_LEAD, Role.SPONSOR_VIEWER])
def test_pages_keep_to_the_rules_of_access_and_to_their_width(
    role: Role,
    width: int,
    scheme: str,
    page: Page,
    live_server: LiveServer,
    place: Place,
    axe: Callable[[Page], list[str]],
    complaints: list[str],
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    paths = pages_of(place, role)
    sign_in(page, live_server.url, place.people[role], paths[0])

    for path in paths:
        page.goto(f"{live_server.url}{path}")
        assert page.evaluate(TOO_WIDE) == 0, path
        for part in page.locator("details").all():
            part.evaluate("el => { el.open = !el.matches('.me, .pop'); }")
        assert page.evaluate(TOO_WIDE) == 0, f"{path}, all opened"
    assert complaints == []
    for path in paths:  # last: the engine itself tries to read style sheets, which is refused
        page.goto(f"{live_server.url}{path}")
        assert axe(page) == [], path


@pytest.mark.parametrize(("width", "scheme"), SHAPES)
def test_the_panel_and_a_refused_form_keep_to_them_too(
    width: int,
    scheme: str,
    page: Page,
    live_server: LiveServer,
    place: Place,
    axe: Callable[[Page], list[str]],
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    sign_in(page, live_server.url, place.people[Role.COORDINATOR])
    page.locator(f"#open-{place.lead.number}").click()
    expect(page.locator("#panel-t")).to_be_focused()
    page.keyboard.press("l")
    page.keyboard.press("1")
    assert page.evaluate(TOO_WIDE) == 0
    assert axe(page) == []

    page.goto(f"{live_server.url}{reverse('lead_add')}")
    page.get_by_label("First name").fill("Ada")
    page.get_by_role("button", name="Add lead").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.evaluate(TOO_WIDE) == 0
    assert axe(page) == []


@pytest.mark.parametrize("role", list(LANDS_ON))
def test_each_role_lands_on_its_own_page(
    role: Role, page: Page, live_server: LiveServer, place: Place, complaints: list[str]
) -> None:
    sign_in(page, live_server.url, place.people[role], "/")

    expect(page.get_by_role("heading", level=1)).to_contain_text(LANDS_ON[role])
    expect(page.locator("[aria-current=page]").first).to_be_visible()
    assert complaints == []
