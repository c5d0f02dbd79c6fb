"""The boards, trays and sheets in a browser: wide and light, on a phone in the dark, on paper."""

import io
from collections.abc import Callable
from datetime import timedelta

import pdfplumber
import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Handoff, Lead, RecordsItem, Role
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, ContactBasis, RecordsState, RecordsType
from recruitment.services.reviews import request_review
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import (
    StudySiteFactory,
    StudyStaffFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.factories.stages import bring_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SHAPES = [(1440, "light"), (390, "dark")]
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 5


@pytest.fixture
def work(transactional_db: None) -> tuple[User, Lead, Lead, Handoff]:
    """Somebody with a lead that needs records, one to review, one without an owner, a hand-over."""
    cache.clear()
    now, here = timezone.now(), StudySiteFactory()
    priya = make_member(Role.COORDINATOR, here, name="Priya Raman")
    StudyStaffFactory(study_site=here, name="Dr. Amara Osei")

    def lead(n: int, **values: object) -> Lead:
        enquirer = make_enquirer(n, phones=("+16175550123",), last_name=LONG if n == 1 else "مها")
        at = now - timedelta(days=14 - n)
        return make_lead(here, enquirer=enquirer, received_at=at, **values)

    needing, asked = lead(1, owner=priya), lead(2, owner=priya)
    bring_to(Stage.RECORDS_NEEDED, needing, priya)
    RecordsItem.objects.create(
        lead=needing,
        type=RecordsType.LABS,
        state=RecordsState.REQUESTED,
        requested_at=now - timedelta(days=6),
        how="fax",
        chase_at=now - timedelta(hours=1),
        provider="Saguaro Clinic",
        changed_at=now - timedelta(days=6),
    )
    bring_to(Stage.READY_TO_SCHEDULE, lead(3, owner=priya), priya)
    bring_to(Stage.COORDINATOR_REVIEW, asked, priya)
    plan = Plan(ActionType.AWAIT_REVIEW, now + timedelta(days=1))
    request_review(lead=asked, plan=plan, by=priya, at=now, seen=asked.version)
    lead(4)
    lead(5, owner=priya, basis=ContactBasis.MISSING)
    handoff = Handoff.objects.create(
        lead=needing,
        sender=priya,
        receiver=make_member(Role.COORDINATOR, here, name="Tom Beckett"),
        offered_at=now,
        accept_by=now + timedelta(hours=4),
        context="Prefers mornings.",
    )
    return priya, needing, asked, handoff


def sheets_of(lead: Lead, handoff: Handoff) -> list[str]:
    return [
        reverse("daily_sheet"),
        reverse("team_waits"),
        reverse("records_checklist", args=[lead.number]),
        reverse("scheduling_checklist", args=[lead.number]),
        reverse("handoff_sheet", args=[handoff.pk]),
    ]


@pytest.mark.parametrize(("width", "scheme"), SHAPES)
def test_boards_and_sheets_keep_to_the_rules_of_access_and_to_their_width(
    width: int,
    scheme: str,
    page: Page,
    live_server: LiveServer,
    work: tuple[User, Lead, Lead, Handoff],
    axe: Callable[[Page], list[str]],
    complaints: list[str],
) -> None:
    priya, needing, asked, handoff = work
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    boards = [reverse(n) for n in ("records_board", "scheduling_board", "review_tray", "intake")]
    paths = [*boards, reverse("review_decide", args=[asked.number]), *sheets_of(needing, handoff)]
    sign_in(page, live_server.url, priya, paths[0])

    for path in paths:
        page.goto(f"{live_server.url}{path}")
        assert page.evaluate(TOO_WIDE) == 0, path
    assert complaints == []
    for path in paths:  # last: the engine itself tries to read style sheets, which is refused
        page.goto(f"{live_server.url}{path}")
        assert axe(page) == [], path


def test_a_record_is_chased_from_the_board_with_the_keyboard_and_without_scripts(
    page: Page, live_server: LiveServer, work: tuple[User, Lead, Lead, Handoff]
) -> None:
    priya, needing, _, _ = work
    sign_in(page, live_server.url, priya, reverse("records_board"))
    row = page.locator(f"#record-{needing.records_items.get().pk}")
    expect(row).to_contain_text("Saguaro Clinic")

    row.get_by_role("button", name="Asked again").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#of-waiting")).to_contain_text("Requested, waiting")
    expect(page.locator("#of-chase")).to_have_count(0)
    assert needing.records_items.get().chases == 1


def test_s78_every_sheet_carries_the_boundary_its_mark_and_page_numbers(
    page: Page, live_server: LiveServer, work: tuple[User, Lead, Lead, Handoff]
) -> None:
    priya, needing, _, handoff = work
    paths = sheets_of(needing, handoff)
    sign_in(page, live_server.url, priya, paths[0])

    for path in [*paths, reverse("records_board"), reverse("scheduling_board")]:
        page.goto(f"{live_server.url}{path}")
        made = page.pdf(prefer_css_page_size=True)
        with pdfplumber.open(io.BytesIO(made)) as document:
            texts = [sheet.extract_text() for sheet in document.pages]
        for number, text in enumerate(texts, start=1):
            assert "Study decisions stay with the authorized study team." in text, path
            assert "call your local emergency number." in text, path
            assert f"Page {number} of {len(texts)}" in text, path
            assert "Site use only" in text or path not in paths, path
        assert "Site use only" in texts[-1], path
