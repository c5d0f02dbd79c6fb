"""The gate before scheduling, reviews and deciders as people meet them on a lead's page."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, RecordsItem, StudySite
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import RecordsState, RecordsType
from tests.factories.recruitment import make_lead
from tests.factories.stages import bring_to
from tests.journeys.gate_pages import page_of
from tests.recruitment.views.lead_steps import post, words_of
from trialsnest.lib.zones import local_time

SignIn = Callable[[User], Client]
S = Stage


@pytest.fixture
def received_at() -> datetime:
    return (timezone.now() - timedelta(days=12)).replace(microsecond=0)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User, received_at: datetime) -> Lead:
    return make_lead(study_site, owner=coordinator, received_at=received_at)


def typed(moment: datetime, lead: Lead, day: str, clock: str) -> dict[str, str]:
    """A moment as it is typed on the site's clock."""
    there = local_time(moment, lead.study_site.site.time_zone)
    return {day: f"{there:%Y-%m-%d}", clock: f"{there:%H:%M}"}


def need(lead: Lead, state: RecordsState) -> None:
    RecordsItem.objects.create(
        lead=lead, type=RecordsType.LABS, state=state, changed_at=lead.stage_entered_at
    )


def test_s33_of_two_leads_with_a_complete_prescreen_the_page_says_who_may_be_offered_dates(
    study_site: StudySite, coordinator: User, received_at: datetime, as_user: SignIn
) -> None:
    ready, lacking = (
        bring_to(S.CONTACTED, make_lead(study_site, received_at=received_at), coordinator)
        for _ in range(2)
    )
    for steps in (ready, lacking):
        steps.prescreen()
        steps.review()
    need(lacking.lead, RecordsState.REQUESTED)
    client = as_user(coordinator)

    said = page_of(client, ready.lead)
    assert "Dates may be offered." in said
    assert "Do not offer dates yet" not in said
    said = page_of(client, lacking.lead)
    assert "Do not offer dates yet" in said
    assert "Wait for the records that were requested (Lab results)." in said
    assert "Dates may be offered." not in said
    refused = post(client, "lead_move", lacking.lead, to="ready_to_schedule", due="proposed")
    assert refused.status_code == 422
    assert "Wait for the records that were requested (Lab results)." in words_of(refused)
    moved = post(client, "lead_move", ready.lead, to="ready_to_schedule", due="proposed")
    assert moved.status_code == 302
    assert ready.lead.stage == S.READY_TO_SCHEDULE


def test_a_site_lead_overrides_on_the_form_and_a_coordinator_is_told_who_may(
    lead: Lead, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    bring_to(S.RECORDS_NEEDED, lead, coordinator)
    need(lead, RecordsState.RECEIVED)
    move = {"to": "ready_to_schedule", "due": "proposed", "override": "Read on the phone today."}

    refused = post(as_user(coordinator), "lead_move", lead, **move)
    moved = post(as_user(site_lead), "lead_move", lead, **move)

    assert refused.status_code == 422
    assert "Only a site lead may override this; ask one." in words_of(refused)
    assert moved.status_code == 302
    assert lead.stage == S.READY_TO_SCHEDULE
    said = page_of(as_user(coordinator), lead)
    assert "Overridden by the site lead: ready to schedule" in said
    assert "Read on the phone today." in said
    assert "Dates may be offered." in said


def test_a_form_that_offers_dates_says_when_it_is_too_early(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    bring_to(S.READY_TO_SCHEDULE, lead, coordinator)
    need(lead, RecordsState.NEEDED)

    said = page_of(as_user(coordinator), lead)

    assert said.count("Do not offer dates yet") >= 2
    assert "Request the records (Lab results)." in said


def test_the_move_form_asks_for_what_a_step_leaves_out_and_only_then(
    lead: Lead, coordinator: User, received_at: datetime, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    done, seen = received_at + timedelta(hours=30), received_at + timedelta(hours=50)
    page = client.get(reverse("lead", args=[lead.number])).content.decode()
    assert 'id="move-completed_on"' in page
    assert 'id="move-reviewed_on"' not in page
    post(client, "lead_move", lead, to="contacted", due="proposed", **_earlier(lead, 20))
    move = {"to": "ready_to_schedule", "due": "proposed"}

    refused = post(client, "lead_move", lead, **move)
    assert 'href="#move-completed_on"' in refused.content.decode()
    assert "Say when the prescreen was completed" in words_of(refused)
    half = {"completed_on": typed(done, lead, "completed_on", "at")["completed_on"]}
    refused = post(client, "lead_move", lead, **move, **half)
    assert "Choose the day and the time." in words_of(refused)
    told = typed(done, lead, "completed_on", "completed_time")
    refused = post(client, "lead_move", lead, **move, **told)
    assert "Say when the answers were reviewed" in words_of(refused)
    told |= typed(seen, lead, "reviewed_on", "reviewed_time")
    refused = post(client, "lead_move", lead, **move, **told)
    assert "Say what was seen in the answers." in words_of(refused)

    moved = post(client, "lead_move", lead, **move, **told, fit="no_conflict")

    assert moved.status_code == 302
    milestones = dict(lead.milestones.values_list("code", "event__occurred_at"))
    assert milestones["prescreen_completed"] == done.replace(second=0)
    assert milestones["reviewed"] == seen.replace(second=0)


def _earlier(lead: Lead, hours: float) -> dict[str, str]:
    return typed(lead.received_at + timedelta(hours=hours), lead, "happened_on", "happened_time")


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (-30, "before the lead was received"),
        (400, "lies in the future"),
        (10, "came to Contacted only later than that"),
    ],
)
def test_when_it_happened_is_typed_and_held_to_the_leads_time(
    lead: Lead, coordinator: User, as_user: SignIn, hours: float, words: str
) -> None:
    client = as_user(coordinator)
    post(client, "lead_move", lead, to="contacted", due="proposed", **_earlier(lead, 20))
    entered = lead.stage_entered_at
    assert entered == (lead.received_at + timedelta(hours=20)).replace(second=0)

    refused = post(
        client, "lead_move", lead, to="records_needed", due="proposed", **_earlier(lead, hours)
    )

    assert refused.status_code == 422
    assert words in words_of(refused)
    assert 'href="#move-happened_on"' in refused.content.decode()
    assert (lead.stage, lead.stage_entered_at) == (S.CONTACTED, entered)


def test_half_of_a_time_is_refused_at_its_field(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    for name in ("happened_on", "happened_time"):
        whole = _earlier(lead, 5)
        refused = post(
            client, "lead_move", lead, to="contacted", due="proposed", **whole | {name: ""}
        )
        assert f'href="#move-{name}"' in refused.content.decode()
    assert lead.stage == S.NEW_INQUIRY
