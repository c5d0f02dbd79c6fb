"""What the everyday steps cost in key presses and requests; docs/operator-cost.md is made of it."""

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from recruitment.models import Handoff, NextAction, Role
from recruitment.rules.vocabulary import PrescreenState
from tests.browser.desk import Desk, desk_of
from tests.factories.recruitment import StudySiteFactory, make_member
from trialsnest.lib.zones import local_time

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page: Page, live_server: LiveServer, transactional_db: None) -> Desk:
    cache.clear()
    page.set_viewport_size({"width": 1440, "height": 900})
    return desk_of(page, live_server.url, StudySiteFactory(), leads=3)


def record(what: str, desk: Desk, *, most: str) -> None:
    """Write the line of the table, where tests/browser/operator_cost.py asks for it."""
    rows = os.environ.get("TRIALSNEST_OPERATOR_COST")
    if rows:
        with Path(rows).open("a") as table:
            table.write(f"| {what} | {desk.presses} | {len(desk.sent)} | {most} |\n")


def test_a_no_answer_and_the_next_lead_is_one_key_and_one_request(desk: Desk) -> None:
    desk.press("j", "Enter")
    desk.shows(desk.leads[0])

    with desk.counted():
        desk.press("2")
        desk.shows(desk.leads[1])

    assert desk.presses <= 2
    assert len(desk.sent) == 1, desk.sent
    assert desk.leads[0].attempts_made.get().result == "no_answer"
    record("No answer logged, next lead open", desk, most="2 presses, 1 request")


def test_reached_with_a_prescreen_begun_and_thursday_at_three_is_twelve_presses(
    desk: Desk,
) -> None:
    desk.press("j", "Enter")
    desk.shows(desk.leads[0])
    panel = desk.page.locator("#panel")

    with desk.counted():
        desk.press("1")
        expect(panel.get_by_role("radio", name="Reached", exact=True)).to_be_checked()
        desk.press("w")
        expect(panel.get_by_role("radio", name="Started")).to_be_checked()
        desk.press("d")
        desk.type("thu 15")
        desk.press("Enter")
        desk.shows(desk.leads[1])

    assert desk.presses <= 12
    assert len(desk.sent) == 1, desk.sent
    lead = desk.leads[0]
    lead.refresh_from_db()
    assert lead.prescreen == PrescreenState.STARTED
    due = NextAction.objects.get(lead=lead, ended_at=None).due_at
    there = local_time(due, lead.study_site.site.time_zone)
    assert (there.weekday(), there.hour, there.minute) == (3, 15, 0)
    step = "Reached, prescreen started, next action Thursday 15:00; next lead open"
    record(step, desk, most="12 presses, 1 request")


def test_a_lead_is_handed_over_with_its_context_in_one_form(desk: Desk) -> None:
    place = desk.leads[0].study_site
    make_member(Role.COORDINATOR, place, name="Ben Ortiz")
    page = desk.page
    path = reverse("lead_handoff", args=[desk.leads[0].number])
    page.goto(f"{desk.url}{path}")
    with desk.counted():
        page.get_by_label("To whom").focus()
        desk.press("ArrowDown", "Tab")
        desk.type("Evenings only.")
        desk.press("Control+Enter")
        expect(page.get_by_text("Offered to Ben Ortiz").first).to_be_visible()

    forms = [sent for sent in desk.sent if sent.startswith("POST") and "/draft/" not in sent]
    assert forms == [f"POST {path}"]
    offered = Handoff.objects.get(lead=desk.leads[0])
    assert "Evenings only." in offered.context
    record("Handed over with context, from its form on", desk, most="1 form")


def test_a_lead_is_found_by_the_last_digits_of_its_phone_in_six_presses(desk: Desk) -> None:
    with desk.counted():
        desk.press("/")
        desk.type("0003")
        desk.press("Enter")
        expect(desk.page.get_by_role("heading", name="Ada Three").first).to_be_visible()

    assert desk.presses <= 6
    record("Found by the last 4 digits of a phone, from the list", desk, most="6 presses")
