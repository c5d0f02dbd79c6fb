"""The screen-share shield: what tells who a patient is does not leave the server (D34)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.forms.hidden import HINT
from recruitment.models import Draft, Lead, LeadNote, NextAction, Person, RecordsItem, StudySite
from tests.shielded_world import CANARIES, Shielded, fill
from tests.test_access import ROWS
from trialsnest.lib import same_fields, shield

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
SIGN_IN = {"account_login", "account_logout", "account_signup"}
SHOWS = {"queue", "lead", "recovery", "handoffs", "actions"}
"""Pages that hold a canary while names are shown: they prove that the walk sees something."""


@pytest.fixture
def world(
    study_site: StudySite,
    outsider: User,
    coordinator: User,
    site_lead: User,
    reviewer: User,
    sponsor_viewer: User,
    administrator: User,
) -> Shielded:
    people = {
        "outsider": outsider,
        "coordinator": coordinator,
        "site_lead": site_lead,
        "reviewer": reviewer,
        "sponsor_viewer": sponsor_viewer,
        "administrator": administrator,
    }
    return fill(Shielded(study_site, people))


def told(response: HttpResponse) -> list[str]:
    """The canaries in an answer: its body, its headers, and where it sends on to."""
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    text = content.decode(errors="replace") + str(response.headers)
    return [canary for canary in CANARIES if canary.lower() in text.lower()]


def pages(world: Shielded) -> Iterator[tuple[str, str]]:
    """Every address of the product that is read, those of leads for each lead."""
    for name, row in ROWS.items():
        if row.method != "get" or name in SIGN_IN:
            continue
        kwargs = row.kwargs(world)
        yield name, reverse(name, kwargs=kwargs)
    for lead in world.leads:
        yield "lead", reverse("lead", args=[lead.number])
    for query in ("tab=team", "tab=team&bucket=closed", "tab=team&bucket=stale", "tab=unowned"):
        yield "queue", f"{reverse('queue')}?{query}"
    for path in ("visits/", "review/", "intake/"):
        yield path, f"/{path}"


def walk(client: Client, world: Shielded) -> dict[str, list[str]]:
    """Which pages told which canaries, as pages and as panels."""
    found: dict[str, list[str]] = {}
    for name, url in pages(world):
        answers = [client.get(url)]
        if name == "lead":
            answers.append(client.get(url, headers={"HX-Request": "true", "HX-Target": "panel"}))
        for answer in answers:
            if words := told(answer):
                found[url if name not in SHOWS else name] = words
    return found


@pytest.mark.parametrize("role", ["coordinator", "site_lead", "reviewer"])
def test_with_the_shield_up_no_page_of_the_session_tells_who_a_patient_is(
    role: str, world: Shielded, as_user: Callable[[User], Client]
) -> None:
    client = as_user(world.people[role])
    said = {"note": "Kanarinow", "once": "now"}
    client.post(reverse("lead_note", args=[world.lead.number]), said | {"seen": 1})
    shown = walk(client, world)
    assert {"queue", "lead"} <= set(shown), "the walk sees names where they are shown"
    if role == "coordinator":
        assert set(shown) >= SHOWS

    assert client.post(reverse("shield")).status_code == 302

    assert walk(client, world) == {}
    page = client.get(reverse("queue"), {"tab": "team"}).content.decode()
    assert "Shield on" in page
    assert all(lead.number in page for lead in world.leads[:1])


def test_no_field_that_is_kept_for_the_next_page_tells_who_a_patient_is(
    world: Shielded, as_user: Callable[[User], Client]
) -> None:
    same_fields.forget()
    Person.objects.update(birth_year=1931)
    client = as_user(world.people["coordinator"])
    for lead in world.leads:
        address = reverse("lead", args=[lead.number])
        page = client.get(address)
        assert told(page), "its page shows who she is"
        assert 'value="1931"' in page.content.decode()
        client.get(address, headers={"HX-Request": "true", "HX-Target": "panel"})
        client.post(reverse("lead_note", args=[lead.number]), {"note": "Kanarinow", "seen": 0})

    kept = repr(same_fields.kept()).lower()
    assert "next action" in kept
    assert not [canary for canary in (*CANARIES, "1931") if canary.lower() in kept]


def test_answers_to_forms_tell_nothing_either(
    world: Shielded, as_user: Callable[[User], Client]
) -> None:
    client, lead = as_user(world.people["coordinator"]), world.lead
    client.post(reverse("shield"))
    panel = {"HX-Request": "true", "HX-Target": "panel"}
    lead.refresh_from_db()
    sent: list[tuple[str, dict[str, Any]]] = [
        ("lead_note", {"seen": lead.version, "note": "Rang twice"}),
        ("lead_outreach", {"seen": 1, "outcome": "no_answer", "channel": "phone"}),
        ("lead_move", {"seen": lead.version}),
        ("lead_person", {"seen": lead.version, "first_name": "Ann", "language": "English"}),
        ("lead_claim", {}),
    ]
    for name, data in sent:
        for headers in ({}, panel):
            answer = client.post(reverse(name, args=[lead.number]), data, headers=headers)
            assert told(answer) == [], name
    unowned = world.leads[2]
    row = {"HX-Request": "true", "HX-Target": f"lead-{unowned.number}"}
    answer = client.post(reverse("lead_claim", args=[unowned.number]), headers=row)
    assert answer.status_code == 200
    assert told(answer) == []
    for headers in ({}, {"HX-Request": "true"}):
        by_number = client.post(reverse("find"), {"q": "0199"}, headers=headers)
        assert lead.number in by_number.content.decode(), "it is found by its last digits"
        assert told(by_number) == []
        by_name = client.post(reverse("find"), {"q": "Quackenbush"}, headers=headers)
        assert told(by_name) in ([], ["Quackenbush"]), "what was typed may stand in its box"
    several = client.post(reverse("leads_bulk"), {"lead": [lead.number, unowned.number]})
    assert several.status_code == 200
    assert told(several) == []


def test_the_shield_goes_up_by_the_form_and_down_only_by_the_menus_button(
    world: Shielded, as_user: Callable[[User], Client]
) -> None:
    client = as_user(world.people["coordinator"])
    page = client.get(reverse("queue")).content.decode()
    assert 'data-shield aria-keyshortcuts="s"' in page
    back = {"back": f"{reverse('queue')}?tab=team"}

    assert client.post(reverse("shield"), back).headers["Location"] == back["back"]
    up = client.get(reverse("queue")).content.decode()
    client.post(reverse("shield"), back)
    still = client.get(reverse("queue")).content.decode()
    elsewhere = client.post(reverse("shield"), {"names": "show", "back": "https://evil.example/"})
    down = client.get(reverse("queue")).content.decode()

    assert "data-shield" not in up, "the key has nothing to press while it is up"
    assert "Shield on" in up
    assert "Shield on" in still
    assert elsewhere.headers["Location"] == "/"
    assert "Shield on" not in down
    assert "Zephyrine" in down


def test_another_session_of_the_same_person_still_shows_names(
    world: Shielded, as_user: Callable[[User], Client]
) -> None:
    here, there = (as_user(world.people["coordinator"]) for _ in range(2))
    here.post(reverse("shield"))
    assert "Zephyrine" not in here.get(reverse("queue")).content.decode()
    assert "Zephyrine" in there.get(reverse("queue")).content.decode()


def test_what_is_saved_behind_the_shield_is_what_was_there(world: Shielded) -> None:
    lead = Lead.objects.select_related("person").get(pk=world.lead.pk)
    action = NextAction.objects.filter(lead=lead, ended_at__isnull=True).get()
    with shield.raised(lambda: True):
        assert lead.person.first_name == shield.HIDDEN
        assert lead.person.display_name == lead.number
        assert action.detail == shield.HIDDEN
        lead.person.save()
        action.save()
        with pytest.raises(shield.HiddenWritten), transaction.atomic():
            LeadNote.objects.bulk_update(LeadNote.objects.all(), ["text"])
    lead.person.refresh_from_db()
    action.refresh_from_db()
    assert lead.person.first_name == "Zephyrine"
    assert action.detail == "Kanaridetail"
    assert not LeadNote.objects.filter(text=shield.HIDDEN).exists()


def test_a_form_does_not_take_over_the_word_that_stands_for_what_is_hidden(
    world: Shielded, as_user: Callable[[User], Client]
) -> None:
    client, lead = as_user(world.people["coordinator"]), world.lead
    client.post(reverse("shield"))
    page = client.get(reverse("lead", args=[lead.number])).content.decode()
    assert f'value="{shield.HIDDEN}"' not in page
    assert HINT in page
    data = {"seen": Lead.objects.get(pk=lead.pk).version, "first_name": "Ann", "last_name": ""}
    answer = client.post(
        reverse("lead_person", args=[lead.number]), data | {"language": "English", "reason": "x"}
    )
    assert answer.status_code == 422
    assert "Show names again in your menu first" in answer.content.decode()


def test_a_draft_waits_behind_the_shield(
    world: Shielded, as_user: Callable[[User], Client]
) -> None:
    client, url = as_user(world.people["coordinator"]), reverse("lead", args=[world.lead.number])
    assert "Kanaridraft" in client.get(url).content.decode()
    client.post(reverse("shield"))
    page = client.get(url).content.decode()
    assert "It comes back when names are shown again" in page
    client.post(reverse("shield"), {"names": "show"})
    assert "Kanaridraft" in client.get(url).content.decode()
    assert Draft.objects.get().words == {"note": ["Kanaridraft"]}


def test_records_of_nobody_are_hidden_where_there_is_nothing() -> None:
    with shield.raised(lambda: True):
        assert RecordsItem(provider="").provider == ""
        assert RecordsItem(provider="Kanariclinic").provider == shield.HIDDEN
