"""Targets, stale limits and a changed calendar in a real browser: three looks, and no script."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Job, Role, StudySite, Target
from recruitment.rules.targets import TargetKey, Unit
from recruitment.services import jobs, recalculation
from recruitment.services.target_settings import set_target
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}


@pytest.fixture
def world(transactional_db: None) -> tuple[User, StudySite]:
    """An administrator, and a study at a site with three leads and a target of its own."""
    cache.clear()
    study_site = StudySiteFactory()
    admin = make_member(Role.ADMINISTRATOR, name="Olga Admin")
    now = timezone.now()
    set_target(
        study=study_site.study,
        key=TargetKey.OWN,
        amount=2,
        unit=Unit.HOURS,
        in_force_from=now,
        by=admin,
        at=now,
    )
    for _ in range(3):
        make_lead(StudySite.objects.get(pk=study_site.pk), received_at=now, at=now)
    return admin, study_site


def _close_next_days(page: Page) -> None:
    """Add a closure that begins today, in the form of the page."""
    today = timezone.now().date()
    page.get_by_label("First day").fill(today.isoformat())
    page.get_by_label("Last day").fill((today + timedelta(days=5)).isoformat())
    page.get_by_label("Why").fill("Moving house")
    page.get_by_role("button", name="Add the closure").click()


def pages(page: Page, at: str, world: tuple[User, StudySite]) -> Iterator[str]:
    """Go from page to page of the topic; gives the name of each."""
    admin, place = world
    sign_in(page, at, admin, reverse("study_targets", args=[place.study_id]))
    yield "targets"
    page.get_by_label("First response", exact=True).fill("6")
    page.get_by_label("First response", exact=True).press("Tab")
    expect(page.get_by_text("3 running clocks keep the target they started under")).to_be_visible()
    yield "look"
    page.get_by_label("First response", exact=True).fill("0")
    page.get_by_role("button", name="Save the targets").click()
    expect(page.get_by_role("link", name="First response: Give at least 1.")).to_be_visible()
    yield "refused"
    page.goto(f"{at}{reverse('study_site_targets', args=[place.pk])}")
    yield "at the site"
    page.goto(f"{at}{reverse('stale_limits', args=[place.study_id])}")
    page.get_by_label("New inquiry", exact=True).fill("4")
    page.get_by_label("New inquiry", exact=True).press("Tab")
    expect(page.get_by_text("3 leads there, 0 stale now")).to_be_visible()
    yield "stale limits"
    page.goto(f"{at}{reverse('site_hours', args=[place.site_id])}")
    page.get_by_label("Monday opens", exact=True).fill("10:00")
    page.get_by_label("Monday opens", exact=True).press("Tab")
    expect(page.get_by_text("8 business hours from now end")).to_be_visible()
    yield "hours"
    page.goto(f"{at}{reverse('site_days', args=[place.site_id])}")
    _close_next_days(page)
    expect(page.get_by_text("running clocks looked at, 0 due times moved so far")).to_be_visible()
    yield "under way"
    for job in Job.objects.filter(kind=recalculation.KIND, state="waiting"):
        assert jobs.run_job(job.pk, at=timezone.now())
    expect(page.get_by_text("due times moved.")).to_be_visible(timeout=30_000)  # by itself
    yield "done"


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_about_time_reads_well(
    browser: Browser,
    live_server: LiveServer,
    world: tuple[User, StudySite],
    axe: Callable[[Page], list[str]],
    look: str,
) -> None:
    page = browser.new_context(**LOOKS[look]).new_page()  # type: ignore[arg-type]

    for name in pages(page, live_server.url, world):
        assert page.evaluate(TOO_WIDE) <= 0, f"{name} scrolls sideways"
        assert axe(page) == [], name


def test_targets_are_set_and_a_count_is_followed_without_script(
    browser: Browser, live_server: LiveServer, world: tuple[User, StudySite]
) -> None:
    admin, place = world
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server.url, admin, reverse("study_targets", args=[place.study_id]))

    page.get_by_label("First response", exact=True).fill("6")
    page.get_by_role("button", name="Look first").click()
    expect(page.get_by_text("8 business hours becomes 6 business hours")).to_be_visible()
    page.get_by_role("button", name="Save the targets").click()
    expect(page.get_by_text("1 target set.")).to_be_visible()
    assert Target.objects.filter(target=TargetKey.FIRST_RESPONSE).get().amount == 6

    page.goto(f"{live_server.url}{reverse('site_days', args=[place.site_id])}")
    _close_next_days(page)
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("Until this is done")).to_be_visible()
    for job in Job.objects.filter(kind=recalculation.KIND, state="waiting"):
        assert jobs.run_job(job.pk, at=timezone.now())
    page.reload()
    expect(page.get_by_text("due times moved.")).to_be_visible()
