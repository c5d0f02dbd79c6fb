"""The recovery queue and the review of a stale lead, wide and light and on a phone in the dark."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Lead, Role, StaleReview, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.recovery_codes import PatientReason, ProcessReason, RecoveryOutcome
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services.day_counts import count_the_day
from recruitment.services.recovery import Decided, review_stale
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member
from tests.factories.stages import bring_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


def _lead(place: StudySite, by: User, stage: Stage, days: int) -> Lead:
    lead = make_lead(place, owner=by, received_at=timezone.now() - days * DAY)
    bring_to(stage, lead, by, at=lead.received_at)
    lead.refresh_from_db()
    return lead


def _world() -> tuple[StudySite, User, Lead]:
    """A site with something in every list, and one stale lead of it."""
    place = StudySiteFactory()
    boss = make_member(Role.SITE_LEAD, place.site, name="Ana Lead")
    for stage, days in (
        (Stage.CONTACTED, 30),
        (Stage.RECORDS_NEEDED, 40),
        (Stage.NO_RESPONSE, 8),
        (Stage.SCREENED, 60),
        (Stage.CONTACTED, 6),
    ):
        _lead(place, boss, stage, days)
    make_lead(place, received_at=timezone.now() - 9 * DAY)
    reviewed = _lead(place, boss, Stage.CONTACTED, 20)
    review_stale(
        lead=reviewed,
        patient_reason=PatientReason.NO_RESPONSE,
        process_reason=ProcessReason.BURIED,
        decided=Decided(
            outcome=RecoveryOutcome.ESCALATE,
            plan=Plan(ActionType.ESCALATE, timezone.now() + DAY),
        ),
        by=boss,
        at=timezone.now() - DAY,
        seen=reviewed.version,
    )
    for days in (22, 15, 8, 1):
        count_the_day(at=timezone.now() - days * DAY)
    return place, boss, _lead(place, boss, Stage.CONTACTED, 25)


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
def test_stale_leads_and_their_review_can_be_read_by_everybody(
    width: int,
    height: int,
    scheme: str,
    page: Page,
    live_server: LiveServer,
    complaints: list[str],
    axe: Callable[[Page], list[str]],
) -> None:
    cache.clear()
    _, boss, lead = _world()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, live_server.url, boss)
    paths = [f"{reverse('recovery')}?whose=site", reverse("lead", args=[lead.number])]

    for path in paths:
        page.goto(f"{live_server.url}{path}")
        for part in page.locator("#do-recover").all():
            part.evaluate("el => { el.open = true; }")
        assert page.evaluate(TOO_WIDE) <= 0, path
    assert complaints == []
    for path in paths:  # last: the engine itself tries to read style sheets, which is refused
        page.goto(f"{live_server.url}{path}")
        assert axe(page) == [], path


def test_the_review_asks_only_what_its_outcome_needs_and_several_are_looked_at_first(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    cache.clear()
    _, boss, lead = _world()
    sign_in(page, live_server.url, boss, f"/leads/{lead.number}/")
    page.locator("#do-recover > summary").click()
    form = page.locator("#do-recover form")
    for outcome, shown in (("Close, with a reason", "reason"), ("Name a blocker", "category")):
        form.get_by_label(outcome, exact=True).check()
        for name in ("reason", "category", "owner"):
            is_shown = name == shown or (name == "owner" and shown == "category")
            control = form.locator(f"[name={name}]").first
            expect(control).to_be_visible() if is_shown else expect(control).to_be_hidden()

    page.goto(f"{live_server.url}/recovery/?whose=site")
    for box in page.locator("input[name=leads]").all():
        box.check()
    before = StaleReview.objects.count()
    page.get_by_role("button", name="Look before you review").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look before you review")
    page.get_by_role("button", name="Review ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Leads reviewed")
    assert StaleReview.objects.count() > before
    assert complaints == []
