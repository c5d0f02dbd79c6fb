"""The clocks of a lead and their arithmetic, wide and light and on a phone in the dark."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Clock, Lead, Role
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Channel, ContactResult
from recruitment.services.blockers import open_blocker
from recruitment.services.outreach import log_outreach
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member
from tests.factories.stages import bring_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


def worked_on() -> tuple[User, Lead]:
    """A lead with clocks that run, wait, are late and have ended."""
    place = StudySiteFactory()
    by = make_member(Role.COORDINATOR, place, name="Priya Raman")
    now = timezone.now()
    lead: Lead = make_lead(place, received_at=now - 30 * DAY, owner=by, by=by)
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        plan=Plan(ActionType.CALL, now - 20 * DAY),
        by=by,
        at=now - 25 * DAY,
        seen=None,
    )
    bring_to(Stage.READY_TO_SCHEDULE, lead, by, at=now - 4 * DAY)
    lead.refresh_from_db()
    open_blocker(
        lead=lead,
        category=BlockerCategory.SPONSOR_DECISION,
        review_by=now + 3 * DAY,
        by=by,
        at=now - 3 * DAY,
        seen=lead.version,
    )
    lead.refresh_from_db()
    return by, lead


@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (390, "dark")], ids=["wide light", "narrow dark"]
)
def test_a_clock_opens_to_its_arithmetic(
    live_server: LiveServer,
    page: Page,
    complaints: list[str],
    axe: Callable[[Page], list[str]],
    width: int,
    scheme: str,
) -> None:
    cache.clear()
    user, lead = worked_on()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, live_server.url, user, reverse("lead", args=[lead.number]))
    offer = Clock.objects.get(lead=lead, target=TargetKey.SCHEDULE_OFFER)

    page.locator(f"#clock-{offer.pk} > summary").click()
    expect(page.locator(f"#clock-{offer.pk}-why")).to_contain_text("Ready to schedule")
    page.locator(".clocks__ended > summary").click()
    answered = Clock.objects.get(lead=lead, target=TargetKey.FIRST_RESPONSE)
    page.locator(f"#clock-{answered.pk} > summary").click()
    expect(page.locator(f"#clock-{answered.pk}-why")).to_contain_text("plus 8 business hours")

    assert page.evaluate(TOO_WIDE) == 0
    assert complaints == []
    page.evaluate("scrollTo(0, 0)")  # the bar at the top covers what is scrolled under it
    assert axe(page) == []  # last: the engine itself tries to read style sheets
