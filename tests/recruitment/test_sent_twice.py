"""A double click, a double Enter, a tab of yesterday: each form over real connections at once."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, LeadEvent, LeadNote, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import BlockerCategory, PrescreenState
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member
from tests.factories.stages import bring_to

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TIMES = 4
DAY = timedelta(days=1)
SignIn = Callable[[User], Client]


def _day(days: int) -> str:
    """A working day so far ahead, as a form sends it."""
    day = timezone.now() + days * DAY
    while day.weekday() > 4:
        day += DAY
    return day.date().isoformat()


def _sent_at_once(client: SignIn, by: User, url: str, data: dict[str, Any]) -> Counter[int]:
    """The same form from the same page, so many times at once; what each was answered."""
    clients = [client(by) for _ in range(TIMES)]
    start = threading.Barrier(TIMES)
    answers: list[int] = []

    def send(each: Client) -> None:
        start.wait()
        try:
            answers.append(each.post(url, data).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(each,)) for each in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return Counter(answers)


def _forms() -> dict[str, tuple[Stage, dict[str, Any], str]]:
    """Each verb: the stage it begins in, what its form sends, and the kind of event it writes."""
    ahead, later = _day(6), {"due": "proposed"}
    return {
        "lead_outreach": (
            Stage.NEW_INQUIRY,
            {"outcome": "no_answer", "channel": "phone", **later},
            "outreach_logged",
        ),
        "lead_note": (Stage.NEW_INQUIRY, {"note": "Prefers mornings.", "once": "k"}, "note_added"),
        "lead_move": (Stage.NEW_INQUIRY, {"to": "contacted", **later}, "stage_changed"),
        "lead_prescreen": (
            Stage.NEW_INQUIRY,
            {"state": PrescreenState.STARTED, **later},
            "prescreen_changed",
        ),
        "lead_action": (
            Stage.NEW_INQUIRY,
            {"action": "call", "due_date": _day(1), "due_time": "11:00", "reason": "As asked"},
            "action_set",
        ),
        "lead_blocker_open": (
            Stage.NEW_INQUIRY,
            {
                "category": BlockerCategory.TRAVEL,
                "waiting_on": "patient",
                "review_by": ahead,
                "about": "No car",
                "due": "keep",
            },
            "blocker_opened",
        ),
        "lead_visit_book": (
            Stage.READY_TO_SCHEDULE,
            {
                "starts_on": ahead,
                "starts_time": "10:00",
                "type": "screening",
                "place": "Room 2",
                "preparation_sent": "on",
                "override": "The site lead knows",
            },
            "visit_booked",
        ),
        "lead_close": (
            Stage.CONTACTED,
            {"reason": "pt_not_interested", "note": "Found another way"},
            "stage_changed",
        ),
        "lead_claim": (Stage.NEW_INQUIRY, {}, "owner_set"),
    }


@pytest.fixture
def place(transactional_db: None) -> StudySite:
    return StudySiteFactory()


@pytest.fixture
def ana(place: StudySite) -> User:
    return make_member(Role.SITE_LEAD, place.site, name="Ana Lead")


def _lead(place: StudySite, stage: Stage, by: User, *, is_owned: bool = True) -> Lead:
    owner = by if is_owned else None
    lead = make_lead(place, owner=owner, received_at=timezone.now() - 2 * DAY)
    if stage != Stage.NEW_INQUIRY:
        bring_to(stage, lead, by)
    lead.refresh_from_db()
    return lead


@pytest.mark.parametrize("name", sorted(_forms()))
def test_a_form_sent_four_times_at_once_has_one_effect(
    name: str, place: StudySite, ana: User, as_user: SignIn
) -> None:
    stage, data, kind = _forms()[name]
    lead = _lead(place, stage, ana, is_owned=name != "lead_claim")
    before = LeadEvent.objects.filter(lead=lead, kind=kind).count()
    url = reverse(name, args=[lead.number])

    answers = _sent_at_once(as_user, ana, url, {"seen": lead.version, **data})

    lead.refresh_from_db()
    assert LeadEvent.objects.filter(lead=lead, kind=kind).count() == before + 1, answers
    assert answers[302] == (TIMES if name == "lead_note" else 1)
    assert answers[302] + answers[409] == TIMES
    assert LeadNote.objects.filter(event__lead=lead, text=data.get("note", "-")).count() <= 1
    assert list(differences([lead])) == []


@pytest.mark.parametrize("name", sorted({*_forms()} - {"lead_claim", "lead_note"}))
def test_a_tab_of_yesterday_is_refused_with_the_lead_as_it_is_and_keeps_what_was_typed(
    name: str, place: StudySite, ana: User, as_user: SignIn
) -> None:
    stage, data, _ = _forms()[name]
    lead = _lead(place, stage, ana)
    old = lead.version
    colleague = make_member(Role.COORDINATOR, place, name="Tom Baker")
    note = {"seen": old, "note": "Rang at noon", "once": "t"}
    as_user(colleague).post(reverse("lead_note", args=[lead.number]), note)
    lead.refresh_from_db()
    before = LeadEvent.objects.filter(lead=lead).count()
    typed = next((str(v) for k, v in data.items() if k in {"note", "about", "place"}), "")

    answer = as_user(ana).post(reverse(name, args=[lead.number]), {"seen": old, **data})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Tom Baker was first" in page
    assert typed in page
    assert "Rang at noon" in page, "the lead is shown as it is now"
    assert f'name="seen" value="{lead.version}"' in page
    assert LeadEvent.objects.filter(lead=lead).count() == before


def test_who_sent_a_form_twice_is_told_that_it_was_herself(
    place: StudySite, ana: User, as_user: SignIn
) -> None:
    lead = _lead(place, Stage.NEW_INQUIRY, ana)
    url, data = reverse("lead_move", args=[lead.number]), _forms()["lead_move"][1]
    client = as_user(ana)
    assert client.post(url, {"seen": lead.version, **data}).status_code == 302

    again = client.post(url, {"seen": lead.version, **data})

    assert again.status_code == 409
    assert "You changed this lead yourself" in again.content.decode()


def test_a_claim_that_comes_second_says_who_has_the_lead_and_since_when(
    place: StudySite, ana: User, as_user: SignIn
) -> None:
    lead = _lead(place, Stage.NEW_INQUIRY, ana, is_owned=False)
    tom = make_member(Role.COORDINATOR, place, name="Tom Baker")
    url = reverse("lead_claim", args=[lead.number])
    as_user(tom).post(url)

    answer = as_user(ana).post(url)

    assert answer.status_code == 409
    assert "Tom Baker has this lead already, since " in answer.content.decode()
