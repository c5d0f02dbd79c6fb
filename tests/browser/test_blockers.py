"""Blockers, other dates and whose turn it was, wide and light and on a phone in the dark."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Lead, Role
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import ActionType, BlockerCategory
from recruitment.rules.work_codes import PushBack
from recruitment.services.blockers import open_blocker, resolve_blocker
from recruitment.services.next_actions import set_next_action
from recruitment.services.study_blockers import open_study_blocker
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


def _blocked(lead: Lead, by: User, category: BlockerCategory, *, ago: int, freed: int) -> None:
    """A blocker opened and resolved so many days ago."""
    now = timezone.now()
    blocker = open_blocker(
        lead=lead,
        category=category,
        review_by=now + DAY,
        decision_from="sponsor",
        detail="The new form is awaited.",
        by=by,
        at=now - ago * DAY,
        seen=lead.version,
    )
    lead.refresh_from_db()
    resolve_blocker(
        blocker=blocker,
        resolution="Settled.",
        by=by,
        at=now - freed * DAY,
        seen=lead.version,
    )
    lead.refresh_from_db()


def _put_off(lead: Lead, by: User) -> None:
    now = timezone.now()
    for days in (4, 5, 6):
        lead.refresh_from_db()
        set_next_action(
            lead=lead,
            plan=Plan(ActionType.ESCALATE, now + days * DAY),
            push_back=PushBack.POSTPONED,
            reason="The day is full.",
            by=by,
            at=now,
            seen=lead.version,
        )


@pytest.fixture
def paths(transactional_db: None) -> tuple[User, list[str]]:
    """A site lead, and the pages of a study whose leads are blocked."""
    cache.clear()
    now = timezone.now()
    here = StudySiteFactory(activated_at=now - 60 * DAY)
    site_lead = make_member(Role.SITE_LEAD, here.site, name="Ana Lead")
    leads = [make_lead(here, owner=site_lead, received_at=now - 9 * DAY) for _ in range(4)]
    _blocked(leads[0], site_lead, BlockerCategory.TRAVEL, ago=8, freed=6)
    _blocked(leads[0], site_lead, BlockerCategory.CRITERIA_AMBIGUITY, ago=5, freed=4)
    _blocked(leads[0], site_lead, BlockerCategory.SPONSOR_DECISION, ago=3, freed=2)
    _put_off(leads[0], site_lead)
    linked = open_study_blocker(
        study_site=here,
        category=BlockerCategory.VISIT_CAPACITY,
        review_by=now + 3 * DAY,
        decision_from="sponsor",
        detail="No imaging slots before June.",
        by=site_lead,
        at=now - DAY,
        leads=leads[:3],
    )
    return site_lead, [
        reverse("blockers"),
        reverse("study_site_blockers", args=[here.pk]),
        reverse("study_blocker_open", args=[here.pk]),
        reverse("study_blocker", args=[linked.blocker.pk]),
        reverse("lead", args=[leads[0].number]),
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_pages_of_blockers_keep_to_the_rules_of_access_and_to_their_width(
    width: int,
    scheme: str,
    page: Page,
    live_server: LiveServer,
    paths: tuple[User, list[str]],
    axe: Callable[[Page], list[str]],
    complaints: list[str],
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    user, pages = paths
    sign_in(page, live_server.url, user, pages[0])

    for path in pages:
        page.goto(f"{live_server.url}{path}")
        assert page.evaluate(TOO_WIDE) == 0, path
        for part in page.locator("details").all():
            part.evaluate("el => { el.open = !el.matches('.me, .pop'); }")
        assert page.evaluate(TOO_WIDE) == 0, f"{path}, all opened"
    assert complaints == []
    for path in pages:  # last: the engine itself tries to read style sheets, which is refused
        page.goto(f"{live_server.url}{path}")
        assert axe(page) == [], path
