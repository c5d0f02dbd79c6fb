"""What to know before a contact stands above the form, at once, and the pad suits thumbs."""

import os
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from recruitment.models import Lead, Person, Role, Site, StagePrompt, Study
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import Channel, ContactResult, PermissionState, RecordsType
from recruitment.services.outreach import log_outreach
from recruitment.services.records import name_records
from recruitment.services.records_lists import NamedRecord
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import (
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.factories.setup import ApprovedWordingFactory, StagePromptFactory
from tests.factories.stages import bring_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CONTEXT = (
    "WREN-2, a cream for moderate eczema",
    "Atopic dermatitis",
    "Not started",
    "0 of 2",
    "12 to 25 miles",
    "Spanish",
    "needs an interpreter",
    "I can do mornings once my sister is back",
    "Also in",
    "Do not offer dates yet",
    "Say that parking is paid for",
    "Six visits, the first about two hours",
    "Approved wording",
    "Reached",
    "It is ",
    "phone",
)
"""What OA1 and S2 ask for, as the panel writes it for the rich lead."""


@pytest.fixture
def rich(transactional_db: None) -> Lead:
    """A lead with something of everything that is known before a contact."""
    cache.clear()
    began = timezone.now() - timedelta(days=1)
    place = StudySiteFactory()
    Study.objects.filter(pk=place.study_id).update(
        code="WREN-2",
        plain_words="a cream for moderate eczema",
        conditions=["Atopic dermatitis"],
        contact_opens=time(8),
        contact_closes=time(21),
    )
    Site.objects.filter(pk=place.site_id).update(call_back_phone="+16175550100")
    place.refresh_from_db()
    user = make_member(Role.COORDINATOR, place, name="Priya Raman")
    said = dict.fromkeys((Channel.PHONE, Channel.TEXT), PermissionState.YES)
    lead = make_lead(
        place,
        owner=user,
        received_at=began,
        enquirer=make_enquirer(1, last_name="Okafor", permissions=said),
        stated_interest="I can do mornings once my sister is back to watch the kids.",
    )
    steps = bring_to(Stage.CONTACTED, lead, user, at=began)
    for _ in range(3):
        log_outreach(
            channel=Channel.PHONE,
            result=ContactResult.REACHED,
            plan=steps.plan(),
            **steps.common(),  # type: ignore[arg-type]
        )
    kinds = (RecordsType.LABS, RecordsType.IMAGING)
    items = [NamedRecord(type=kind, why="Needed") for kind in kinds]
    name_records(items=items, **steps.common())  # type: ignore[arg-type]
    Person.objects.filter(pk=lead.person_id).update(
        language="Spanish",
        needs_interpreter=True,
        location_band="12 to 25 miles",
        best_time="after 15:00",
    )
    other = StudySiteFactory(site=place.site)
    make_member(Role.COORDINATOR, other, user=user)
    elsewhere = make_lead(other, owner=user, received_at=began)
    Lead.objects.filter(pk=elsewhere.pk).update(person=lead.person)
    _texts(place.study)
    lead.refresh_from_db()
    return lead


def _texts(study: Study) -> None:
    StagePromptFactory(study=study, stage="contacted", topic="travel")
    StagePrompt.objects.create(
        study=study,
        stage="contacted",
        topic="talking_point",
        version=1,
        text="Six visits, the first about two hours.",
        approval_reference="IRB-7",
        approved_version="v3",
        approved_on=date(2026, 1, 5),
        set_at=timezone.now(),
    )
    ApprovedWordingFactory(study=study)
    ApprovedWordingFactory(
        study=study, language="es", text="Llámenos al {callback}.", approved_version="v4"
    )
    ApprovedWordingFactory(study=study, use="text", text="Please call {callback}. Reply STOP.")


def _open(page: Page, url: str, lead: Lead) -> None:
    assert lead.owner is not None
    sign_in(page, url, lead.owner)
    page.locator(f"#open-{lead.number}").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-t")).to_be_focused()


def _shot(page: Page, name: str) -> None:
    folder = os.environ.get("TRIALSNEST_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def _ends(page: Page, text: str) -> Any:
    """Where the first element that says `text` ends on the screen."""
    found = page.locator("#panel").get_by_text(text).first
    return found.evaluate("el => el.getBoundingClientRect().bottom")


def test_all_context_stands_above_the_form_without_scrolling_at_1440_by_900(
    page: Page, live_server: LiveServer, rich: Lead, complaints: list[str], axe: Any
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    _open(page, live_server.url, rich)
    _shot(page, "panel-1440")

    form = page.locator("#log").bounding_box()
    assert form is not None
    assert form["y"] + form["height"] <= 900
    late = {text: _ends(page, text) for text in CONTEXT if _ends(page, text) > form["y"]}
    assert late == {}
    assert page.locator(".panel__body").evaluate("el => el.scrollTop") == 0
    tries = page.locator("#panel .try")
    assert tries.last.evaluate("el => el.getBoundingClientRect().bottom") <= form["y"]
    assert complaints == []
    assert axe(page) == []

    page.emulate_media(color_scheme="dark")
    page.keyboard.press("1")
    _shot(page, "panel-1440-dark-reached")
    assert axe(page) == []


def test_approved_wording_is_copied_in_the_persons_language_with_the_number_and_kept(
    page: Page, live_server: LiveServer, rich: Lead
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.set_viewport_size({"width": 1440, "height": 900})
    _open(page, live_server.url, rich)
    panel = page.locator("#panel")

    panel.locator(".wordings summary").click()
    panel.get_by_role("button", name="Copy approved wording: Voicemail").click()
    expect(panel.get_by_role("button", name="Copied approved wording: Voicemail")).to_be_visible()
    _shot(page, "wording-1440")
    copied = page.evaluate("navigator.clipboard.readText()")
    page.locator("#panel-t").focus()
    page.keyboard.press("3")
    expect(page.locator(".toast")).to_contain_text("Left voicemail")

    assert copied == "Llámenos al +16175550100."
    attempt = rich.attempts_made.first()
    assert attempt is not None
    assert (attempt.result, attempt.wording) == ("voicemail", "Voicemail es 1, v4")


def test_the_pad_suits_thumbs_at_390_pixels(
    page: Page, live_server: LiveServer, rich: Lead
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    _open(page, live_server.url, rich)
    _shot(page, "panel-390")
    page.locator("#log").scroll_into_view_if_needed()
    _shot(page, "pad-390")

    assert page.evaluate(TOO_WIDE) <= 0
    small = page.locator("#log .outs .out:visible").evaluate_all(
        "els => els.filter(el => el.getBoundingClientRect().height < 44"
        " || el.getBoundingClientRect().width < 44).map(el => el.textContent)"
    )
    assert small == []
    page.get_by_role("radio", name="Reached", exact=True).check()
    fields = page.locator("#log :is(input:not([type=radio], [type=checkbox]), select, textarea)")
    sizes = fields.evaluate_all(
        "els => els.filter(el => el.checkVisibility())"
        ".map(el => parseFloat(getComputedStyle(el).fontSize))"
    )
    assert sizes
    assert min(sizes) >= 16  # smaller text makes a phone zoom in on focus
    _shot(page, "reached-390")
    page.get_by_role("button", name="Save contact").click()
    expect(page.locator(".toast")).to_contain_text("Contact logged. Reached.")
