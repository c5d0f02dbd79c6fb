"""What the everyday steps cost in key presses and requests; docs/operator-cost.md is made here."""

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from recruitment.models import NextAction
from recruitment.rules.vocabulary import PrescreenState
from tests.browser.desk import Desk, desk_of
from tests.factories.recruitment import StudySiteFactory
from trialsnest.lib.zones import local_time

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page: Page, live_server: LiveServer, transactional_db: None) -> Desk:
    cache.clear()
    page.set_viewport_size({"width": 1440, "height": 900})
    return desk_of(page, live_server.url, StudySiteFactory(), leads=3)


def record(what: str, desk: Desk, *, most: str) -> None:
    """Write the line of the table, where `make operator-cost` asks for it."""
    folder = os.environ.get("TRIALSNEST_OPERATOR_COST")
    if folder:
        line = f"| {what} | {desk.presses} | {len(desk.sent)} | {most} |\n"
        with Path(folder).open("a") as table:
            table.write(line)


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
    record(
        "Reached, prescreen started, next action Thursday 15:00", desk, most="12 presses, 1 request"
    )  # noqa: E501
