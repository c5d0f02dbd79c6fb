"""The forms of one lead over HTTP: conflicts, double sending, refusals, the panel."""

import re
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.stages import Stage
from tests.factories.recruitment import StudyStaffFactory, make_lead
from tests.recruitment.views.lead_steps import HOUR, log, post, words_of

SignIn = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A new inquiry of the coordinator, two hours old."""
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - 2 * HOUR)


def test_two_people_move_the_same_lead_from_the_same_page_and_one_wins(
    lead: Lead, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    seen = {"seen": lead.version, "to": "contacted", "due": "proposed", "note": "My own words"}
    url = reverse("lead_move", args=[lead.number])

    first = as_user(coordinator).post(url, seen)
    second = as_user(site_lead).post(url, seen | {"to": "awaiting_prescreen"})

    assert first.status_code == 302
    assert second.status_code == 409
    assert re.search(r"Priya Raman was first, \w{3} \d\d \w{3} \d\d:\d\d", words_of(second))
    assert "My own words" in second.content.decode()
    lead.refresh_from_db()
    assert lead.stage == Stage.CONTACTED
    assert f'name="seen" value="{lead.version}"' in second.content.decode()


def test_the_loser_may_send_again_over_the_lead_as_it_is_now(
    lead: Lead, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    old = lead.version
    log(as_user(coordinator), lead, "reached")
    client = as_user(site_lead)
    refused = log(client, lead, "no_answer", seen=old)

    again = log(client, lead, "no_answer", seen=lead.version, sure="on")

    assert refused.status_code == 409
    assert again.status_code == 302
    assert lead.attempts == 1


@pytest.mark.parametrize("outcome", ["no_answer", "reached"])
def test_a_form_sent_twice_has_one_effect(
    outcome: str, lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client, seen = as_user(coordinator), lead.version

    log(client, lead, outcome, seen=seen)
    log(client, lead, outcome, seen=seen)

    assert lead.attempts_made.count() == 1


def test_a_note_sent_twice_is_added_once(lead: Lead, coordinator: User, as_user: SignIn) -> None:
    client = as_user(coordinator)

    for _ in range(2):
        post(client, "lead_note", lead, note="Prefers mornings.", once="abc")

    assert lead.events.filter(kind="note_added").count() == 1
    assert "Prefers mornings." in words_of(client.get(reverse("lead", args=[lead.number])))


def test_another_note_from_the_same_form_is_another_note(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)

    for words in ("Prefers mornings.", "Prefers evenings."):
        post(client, "lead_note", lead, note=words, once="x" * 40)

    page = words_of(client.get(reverse("lead", args=[lead.number])))
    assert "Prefers mornings." in page
    assert "Prefers evenings." in page


def test_a_promised_call_needs_its_time_and_is_kept_as_promised(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    refused = log(client, lead, "call_later")

    log(client, lead, "call_later", due="next_day")

    assert "Say when the person asked to be called." in words_of(refused)
    action = lead.next_actions.get(ended_at=None)
    assert action.is_promised
    assert action.due_at.astimezone(ZoneInfo("America/New_York")).hour == 9  # the next opening


def test_times_are_typed_on_the_sites_clock(lead: Lead, coordinator: User, as_user: SignIn) -> None:
    day = (timezone.now() + timedelta(days=7)).date().isoformat()
    values = {"action": "call", "due_date": day, "due_time": "14:30", "reason": "She asked"}

    response = post(as_user(coordinator), "lead_action", lead, **values)

    assert response.status_code == 302
    there = lead.next_actions.get(ended_at=None).due_at.astimezone(ZoneInfo("America/New_York"))
    assert f"{there:%Y-%m-%d %H:%M}" == f"{day} 14:30"
    page = words_of(as_user(coordinator).get(reverse("lead", args=[lead.number])))
    assert "New York time, the site&#x27;s clock." in page


def test_putting_off_without_a_reason_is_refused(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    day = (timezone.now() + timedelta(days=20)).date().isoformat()
    values = {"action": "call", "due_date": day, "due_time": "14:30"}

    response = post(as_user(coordinator), "lead_action", lead, **values)

    assert response.status_code == 422
    assert "Say why it is put off." in words_of(response)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("lead_note", {"note": " \u200b "}, "Write the note first."),
        ("lead_note", {"note": "a\x07b"}, "Leave out the characters that cannot be printed."),
        ("lead_note", {"note": "x" * 2001}, "At most 2,000 characters."),
        ("lead_outreach", {"outcome": "charmed"}, "Select a valid choice"),
        ("lead_outreach", {"outcome": "reached", "detail": "x" * 201}, "At most 200 characters."),
        ("lead_move", {"to": "nowhere", "due": "proposed"}, "Choose a stage."),
        ("lead_move", {"to": "contacted", "due": "proposed", "seen": "x"}, "Enter a whole number"),
        ("lead_move", {"to": "contacted", "due": "proposed", "seen": ""}, "load it again"),
        (
            "lead_action",
            {"action": "call", "due_date": "soon", "due_time": "9"},
            "Write the day as 2026-11-30.",
        ),
        (
            "lead_action",
            {"action": "call", "due_date": "2020-01-06", "due_time": "09:00"},
            "The due time has already passed.",
        ),
        (
            "lead_blocker_open",
            {"category": "travel", "waiting_on": "sponsor", "due": "keep"},
            "Travel or transport waits on the patient.",
        ),
        ("lead_blocker_resolve", {"blocker": "1"}, "This blocker was resolved already."),
        ("lead_visit_confirm", {}, "No visit is booked."),
        ("lead_review_request", {"due": "proposed"}, "Complete the prescreen first."),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_writes_nothing(
    name: str, data: dict[str, str], sentence: str, lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    before = lead.version

    response = post(as_user(coordinator), name, lead, **data)

    assert response.status_code == 422
    assert sentence in words_of(response)
    assert lead.version == before


def test_a_lead_goes_all_the_way_through_the_forms(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    decider = StudyStaffFactory(study_site=study_site)
    client = as_user(coordinator)
    ahead = timezone.now() + timedelta(days=9)
    steps: list[tuple[str, dict[str, object]]] = [
        ("lead_outreach", {"outcome": "reached", "channel": "phone", "due": "proposed"}),
        (
            "lead_prescreen",
            {"state": "complete", "to": "coordinator_review", "due": "proposed"},
        ),
        ("lead_review_request", {"due": "proposed"}),
        (
            "lead_review_decide",
            {
                "decision": "proceed",
                "decided_by": decider.pk,
                "to": "records_needed",
                "due": "proposed",
            },
        ),
        ("lead_records_name", {"type": "labs"}),
        ("lead_records", {"step": "request", "how": "fax", "provider": "Cedar Clinic"}),
        (
            "lead_blocker_open",
            {
                "category": "missing_records",
                "review_by": f"{timezone.now() + 3 * DAY:%Y-%m-%d}",
                "due": "keep",
            },
        ),
        ("lead_records", {"step": "receive"}),
        ("lead_records", {"step": "sufficient"}),
        ("lead_move", {"to": "ready_to_schedule", "due": "proposed"}),
        ("lead_dates_offer", {"due": "next_day"}),
        (
            "lead_visit_book",
            {
                "starts_on": ahead.date().isoformat(),
                "starts_time": "10:00",
                "type": "screening",
                "place": "Room 2",
                "preparation_sent": "on",
            },
        ),
        ("lead_visit_confirm", {}),
        ("lead_visit_end", {"result": "attended", "decided_by": decider.pk, "due": "proposed"}),
        ("lead_enroll", {"decided_by": decider.pk}),
    ]
    for name, data in steps:
        if name == "lead_records":
            record = lead.records_items.get()
            data = data | {"step": f"{record.pk}:{data['step']}", "due": "keep"}
        if name == "lead_visit_end":  # a visit has a result only once it has begun
            assert "has not begun yet" in words_of(post(client, name, lead, **data))
            lead.visits.update(starts_at=timezone.now() - HOUR)
        response = post(client, name, lead, **data)
        assert response.status_code == 302, (name, words_of(response))
        if name == "lead_blocker_open":
            blocker = lead.blockers.get()
            solved = {"blocker": blocker.pk, "resolution": "The records came"}
            assert post(client, "lead_blocker_resolve", lead, **solved).status_code == 302
        assert client.get(reverse("lead", args=[lead.number])).status_code == 200

    assert lead.stage == Stage.ENROLLED
