"""Records, readiness, slots and the hand-off, wide and light and on a phone in the dark."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import RecordsType
from recruitment.services.records import name_records, request_record
from recruitment.services.records_lists import NamedRecord
from recruitment.services.visits import offer_dates
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member
from tests.factories.stages import Steps, bring_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


def _steps(place: StudySite, by: User, stage: Stage, days: int) -> Steps:
    lead = make_lead(place, owner=by, received_at=timezone.now() - days * DAY)
    return bring_to(stage, lead, by)


def _with_records(place: StudySite, by: User) -> Lead:
    steps = _steps(place, by, Stage.RECORDS_NEEDED, 9)
    items = [
        NamedRecord(RecordsType.LABS, why="So that nothing is measured twice."),
        NamedRecord(RecordsType.IMAGING, is_required=False),
    ]
    name_records(items=items, **steps.common())  # type: ignore[arg-type]
    request_record(
        type=RecordsType.LABS,
        how="fax",
        provider="Cedar Clinic",
        **steps.common(),  # type: ignore[arg-type]
    )
    return steps.lead


def _with_holds(place: StudySite, by: User) -> Lead:
    steps = _steps(place, by, Stage.READY_TO_SCHEDULE, 1)
    common = steps.common()
    holds = [steps.at + 7 * DAY, steps.at + 8 * DAY]
    offer_dates(
        plan=steps.plan(),
        holds=holds,
        hold_until=steps.at + 5 * DAY,
        **common,  # type: ignore[arg-type]
    )
    return steps.lead


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
def test_the_way_to_the_visit_and_after_it_can_be_read_by_everybody(
    width: int,
    height: int,
    scheme: str,
    page: Page,
    live_server: LiveServer,
    complaints: list[str],
    axe: Callable[[Page], list[str]],
) -> None:
    cache.clear()
    place = StudySiteFactory()
    lead_of_site = make_member(Role.SITE_LEAD, place.site, name="Ana Lead")
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    screened = _steps(place, lead_of_site, Stage.SCREENED, 9).lead
    leads = [
        _with_records(place, lead_of_site),
        _with_holds(place, lead_of_site),
        _steps(place, lead_of_site, Stage.SCHEDULED, 3).lead,
        screened,
    ]
    paths = [
        *(reverse("lead", args=[lead.number]) for lead in leads),
        reverse("lead_ctms", args=[screened.number]),
        reverse("ctms_handoffs"),
        reverse("capacity_list"),
        reverse("capacity", args=[place.pk]),
        reverse("capacity_edit", args=[place.pk]),
    ]
    sign_in(page, live_server.url, lead_of_site)

    for path in paths:
        page.goto(f"{live_server.url}{path}")
        for part in page.locator("details.work").all():
            part.evaluate("el => { el.open = true; }")
        assert page.evaluate(TOO_WIDE) <= 0, path
    assert complaints == []
    for path in paths:  # last: the engine itself tries to read style sheets, which is refused
        page.goto(f"{live_server.url}{path}")
        assert axe(page) == [], path
