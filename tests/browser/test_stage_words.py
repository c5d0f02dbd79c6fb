"""A study's own words for stages and its prompts, in a real browser: every page, three looks."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from recruitment.rules.stage_words import words_of
from recruitment.rules.stages import Stage
from recruitment.rules.work_codes import PromptTopic
from recruitment.services.approvals import Approval
from recruitment.services.prompts import add_prompt
from recruitment.services.stage_settings import set_stage_words
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}


@pytest.fixture
def world(transactional_db: None) -> tuple[User, User, Lead]:
    """An administrator, a coordinator and a lead of a study with words and prompts of its own."""
    cache.clear()
    study_site = StudySiteFactory()
    admin = make_member(Role.ADMINISTRATOR, name="Olga Admin")
    coordinator = make_member(Role.COORDINATOR, study_site, name="Priya Raman")
    now = timezone.now()
    lead = make_lead(study_site, owner=coordinator, received_at=now, at=now)
    _word(study_site, admin)
    return admin, coordinator, lead


def _word(study_site: StudySite, admin: User) -> None:
    said = words_of(Stage.NEW_INQUIRY)
    set_stage_words(
        study=study_site.study,
        said=replace(said, label="Just came in", short_label="", help_text="Within four hours."),
        by=admin,
        at=timezone.now(),
        seen=0,
    )
    prompts = (
        (PromptTopic.COST, "Say before dates are offered that parking and meals are paid for."),
        (PromptTopic.ASKED, "Patients asked to be told how long the first visit takes: 3 hours."),
        (PromptTopic.TALKING_POINT, "Ask what would make the visit easier."),
    )
    for topic, text in prompts:
        add_prompt(
            study=study_site.study,
            stage=Stage.NEW_INQUIRY,
            topic=topic,
            text=text,
            approval=Approval("IRB-2026-014", "2.1", timezone.now().date()),
            by=admin,
            at=timezone.now(),
        )
    add_prompt(
        study=study_site.study,
        stage=Stage.CONTACTED,
        topic=PromptTopic.TALKING_POINT,
        text="Not on record yet.",
        by=admin,
        at=timezone.now(),
    )


def pages(page: Page, at: str, world: tuple[User, User, Lead]) -> Iterator[str]:
    """Go from page to page of the topic; gives the name of each."""
    admin, coordinator, lead = world
    study = lead.study_site.study_id
    sign_in(page, at, admin, reverse("stage_settings", args=[study]))
    yield "stages"
    page.goto(f"{at}{reverse('stage_setting_edit', args=[study, 'records_needed'])}")
    page.get_by_label("Label", exact=True).fill("Eligible")
    page.get_by_role("button", name="Save stage").click()
    expect(page.get_by_role("link", name="only the study team may say")).to_be_visible()
    yield "refused"
    page.get_by_label("Label", exact=True).fill("Pathology wanted")
    page.get_by_role("button", name="Show how it reads").click()
    expect(page.get_by_text("Moved to Pathology wanted")).to_be_visible()
    yield "preview"
    page.goto(f"{at}{reverse('stage_prompts', args=[study])}")
    expect(page.get_by_text("Not shown: no approval on record")).to_be_visible()
    yield "prompts"
    page.goto(f"{at}{reverse('stage_prompt_add', args=[study])}")
    yield "prompt"
    page.context.clear_cookies()
    sign_in(page, at, coordinator, f"/leads/{lead.number}/")
    expect(page.get_by_role("region", name="Say and ask")).to_be_visible()
    expect(page.get_by_text("Within four hours.")).to_be_visible()
    yield "lead"
    page.goto(f"{at}/queue/")
    expect(page.get_by_text("Just came in")).to_be_visible()
    page.locator("a.lead__name").first.click()
    expect(page.locator("#panel").get_by_role("region", name="Say and ask")).to_be_visible()
    yield "panel"


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_of_a_study_s_words_reads_well(
    browser: Browser,
    live_server: LiveServer,
    world: tuple[User, User, Lead],
    axe: Callable[[Page], list[str]],
    look: str,
) -> None:
    page = browser.new_context(**LOOKS[look]).new_page()  # type: ignore[arg-type]

    for name in pages(page, live_server.url, world):
        assert page.evaluate(TOO_WIDE) <= 0, f"{name} scrolls sideways"
        assert axe(page) == [], name
