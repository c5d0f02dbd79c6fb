"""Undo and corrections in the browser: one press, a sentence, and the timeline tells it all."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services.moves import move_lead
from recruitment.services.notes import add_note
from tests.factories.recruitment import make_lead

SignIn = Callable[[User], Client]


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site, received_at=timezone.now() - timedelta(days=3))


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def _note(client: Client, lead: Lead) -> None:
    client.post(
        reverse("lead_note", args=[lead.number]),
        {"seen": lead.version, "note": "Spoke to her sister.", "once": ""},
    )


def test_what_i_did_today_is_listed_and_taken_back_with_one_press(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    _note(client, lead)

    page = client.get(reverse("actions")).content.decode()
    undo = re.search(r'action="(/actions/[0-9a-f-]+/undo/)"', page)
    assert undo is not None
    assert lead.number in page
    answer = client.post(undo[1], {"back": "actions"}, follow=True)

    assert "Undone; it is as it was before." in answer.content.decode()
    assert "Nothing yet today" in answer.content.decode()
    assert list(differences([lead])) == []


def test_the_message_after_a_step_carries_its_undo(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    _note(client, lead)

    page = client.get(reverse("lead", args=[lead.number])).content.decode()

    assert re.search(r"Note added\..*?/undo/.*?Undo", page, re.DOTALL)


def test_what_was_undone_stays_in_the_timeline_struck_out(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    _note(client, lead)
    action_id = lead.events.order_by("-seq")[0].action_id
    client.post(reverse("action_undo", args=[action_id]))

    page = client.get(reverse("lead", args=[lead.number])).content.decode()

    assert "<s>Note added</s>" in page
    assert "Undone by Priya Raman" in _words(page)


def test_an_undo_after_a_colleague_acted_is_refused_with_her_name(
    lead: Lead, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    _note(client, lead)
    action_id = lead.events.order_by("-seq")[0].action_id
    add_note(lead=lead, text="Called the clinic.", by=site_lead, at=timezone.now())

    answer = client.post(reverse("action_undo", args=[action_id]), {"back": "actions"})

    assert answer.status_code == 409
    assert "Ana Lead acted since" in answer.content.decode()


def test_nobody_else_finds_my_action(
    lead: Lead, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    _note(as_user(coordinator), lead)
    action_id = lead.events.order_by("-seq")[0].action_id

    assert as_user(site_lead).post(reverse("action_undo", args=[action_id])).status_code == 404


def _moved(lead: Lead, by: User, *, days_ago: int) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    plan = Plan(ActionType.DECIDE_CLOSE, at + timedelta(days=1))
    move_lead(lead=lead, to=Stage.NO_RESPONSE, by=by, at=at, seen=lead.version, plan=plan)
    lead.refresh_from_db()


def test_s72_correcting_a_stage_after_a_day_asks_why_and_shows_old_and_new(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    _moved(lead, coordinator, days_ago=2)
    client, url = as_user(coordinator), reverse("lead_stage_correct", args=[lead.number])
    sent = {"seen": lead.version, "to": Stage.CONTACTED, "due": "proposed"}

    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "more than a day old: say why it is wrong" in refused.content.decode()
    lead.refresh_from_db()
    assert lead.stage == Stage.NO_RESPONSE

    saved = client.post(url, sent | {"reason": "She had answered on the second call."})
    assert saved.status_code == 302
    lead.refresh_from_db()
    assert lead.stage == Stage.CONTACTED

    page = client.get(reverse("lead", args=[lead.number])).content.decode()
    words = _words(page)
    assert "<s>Moved to No response</s>" in page
    assert "Voided as a wrong entry by Priya Raman" in words
    assert "Corrected to Contacted" in words
    assert "She had answered on the second call." in words
    changes = lead.events.filter(kind=EventKind.STAGE_CHANGED).values_list("to_stage", flat=True)
    assert list(changes) == [Stage.NO_RESPONSE, Stage.CONTACTED]


def test_a_wrong_entry_is_voided_from_the_leads_page(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    _note(client, lead)
    lead.refresh_from_db()
    event = lead.events.get(kind=EventKind.NOTE_ADDED)

    page = client.get(reverse("lead", args=[lead.number])).content.decode()
    assert f'<option value="{event.pk}">' in page
    answer = client.post(
        reverse("lead_void", args=[lead.number]), {"seen": lead.version, "event": event.pk}
    )

    assert answer.status_code == 302
    assert lead.events.filter(kind=EventKind.VOIDED, voids=event).exists()


@pytest.mark.parametrize("number", ["a\0b", "' OR 1=1", "00000000"])
def test_an_undo_that_names_no_lead_is_not_found(
    number: str, lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    _note(client, lead)
    action = lead.events.get(kind=EventKind.NOTE_ADDED).action_id
    answer = client.post(reverse("action_undo", args=[action]), {"lead": number})
    assert answer.status_code == 404
    assert not lead.events.filter(kind=EventKind.VOIDED).exists()
