"""Work on several leads over HTTP: chosen, looked at, done; each by its own rules."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Handoff, Lead, LeadEvent, NextAction, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import CLOSED
from recruitment.rules.vocabulary import ActionType
from recruitment.services.next_actions import set_next_action
from recruitment.services.notes import add_note
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member
from tests.recruitment.views.lead_steps import words_of

SignIn = Callable[[User], Client]
DAY = timedelta(days=1)
URL = "leads_bulk"


@pytest.fixture
def ben(study_site: StudySite) -> User:
    return make_member(Role.COORDINATOR, study_site, name="Ben Ortiz")


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    """Three open leads of the coordinator."""
    at = timezone.now() - DAY
    return [
        make_lead(
            study_site,
            owner=coordinator,
            received_at=at,
            enquirer=make_enquirer(n, last_name=f"Lead{n}"),
        )
        for n in range(3)
    ]


def boxes(leads: list[Lead]) -> list[str]:
    for lead in leads:
        lead.refresh_from_db()
    return [f"{lead.number}:{lead.version}" for lead in leads]


def send(client: Client, leads: list[Lead], do: str, step: str = "save", **values: object) -> Any:
    given = {"lead": boxes(leads), "do": do, "step": step, "key": str(uuid.uuid4())} | values
    response = client.post(reverse(URL), given)
    for lead in leads:
        lead.refresh_from_db()
        assert list(differences([lead])) == []
    return response


def in_days(n: int) -> dict[str, str]:
    """A working day ahead, at noon."""
    day = timezone.now() + n * DAY
    while day.weekday() > 4:
        day += DAY
    return {"due_date": f"{day:%Y-%m-%d}", "due_time": "12:00"}


GIVEN: dict[str, dict[str, object]] = {
    "hand_over": {"context": "Away on Friday."},
    "snooze": {"push_back": "postponed", "reason": "The scanner is down"},
    "close": {"reason": "pt_not_interested", "note": "Asked on the phone"},
}


def test_each_thing_is_looked_at_first_and_then_done(
    leads: list[Lead], coordinator: User, ben: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    for do, given in GIVEN.items():
        values = given | in_days(3) | {"receiver": ben.pk}
        before = [lead.version for lead in leads]
        form = client.post(reverse(URL), {"lead": [lead.number for lead in leads], "do": do})
        look = send(client, leads, do, "look", **values)

        assert form.status_code == look.status_code == 200
        assert "3 leads to go" in words_of(look)
        assert [lead.version for lead in leads] == before, "a look writes nothing"
        saved = send(client, leads, do, **values)
        assert saved.status_code == 200
        assert "left as" not in words_of(saved)
        for lead in leads:
            assert lead.events.values("action_id").distinct().count() > 1
        (action,) = {lead.events.latest("seq").action_id for lead in leads}
        assert LeadEvent.objects.filter(action_id=action).values("lead").distinct().count() == 3
    assert {lead.stage for lead in leads} <= set(CLOSED)
    assert Handoff.objects.count() == 3


def test_the_look_carries_over_what_was_chosen_and_the_second_press_does_it(
    leads: list[Lead], coordinator: User, ben: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    values = {"receiver": ben.pk, **GIVEN["hand_over"]}
    look = send(client, leads, "hand_over", "look", **values).content.decode()
    (form,) = re.findall(r"<form method=\"post\" action=\"/leads/several/\">.*?</form>", look, re.S)
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<(?:input|textarea)[^>]*", form):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name:
            fields.setdefault(name[1], []).append(value[1] if value else "")

    saved = client.post(reverse(URL), fields)
    again = client.post(reverse(URL), fields)

    assert "3 leads offered" in words_of(saved)
    assert "3 leads offered" in words_of(again), "sent twice, told the same"
    assert Handoff.objects.count() == 3


def test_one_that_is_refused_stays_as_it_is_and_the_rest_go_through(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    client, (first, second, third) = as_user(coordinator), leads
    sent = boxes(leads)
    add_note(lead=second, text="Rang back", by=coordinator, at=timezone.now())
    set_next_action(
        lead=third,
        plan=Plan(ActionType.REVIEW_PRESCREEN, timezone.now() + DAY, is_promised=True),
        by=coordinator,
        at=timezone.now(),
        seen=third.version,
        reason="She asked for it",
    )
    sent[2] = boxes([third])[0]

    response = send(client, leads, "snooze", lead=sent, **GIVEN["snooze"], **in_days(4))

    said = words_of(response)
    assert "1 lead put off" in said
    assert "2 leads left as they are" in said
    assert "Changed meanwhile." in said
    assert "The person asked for this time" in said
    due = {row.lead_id: row for row in NextAction.objects.filter(ended_at=None)}
    assert due[first.pk].push_backs == 1
    assert due[second.pk].push_backs == due[third.pk].push_backs == 0
    assert first.events.get(kind="action_canceled").reason_code == "postponed"


def test_a_close_is_refused_lead_by_lead_by_the_rules_of_closing(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    early = send(client, leads, "close", reason="contact_unreached")
    alone = send(client, leads, "close", reason="deceased")

    assert "3 leads left as they are" in words_of(early)
    assert alone.status_code == 422
    assert "given on the lead" in words_of(alone)
    assert not {lead.stage for lead in leads} & set(CLOSED)


def test_only_a_site_lead_gives_leads_to_others(
    leads: list[Lead],
    coordinator: User,
    site_lead: User,
    ben: User,
    study_site: StudySite,
    as_user: SignIn,
) -> None:
    values = {"owner": ben.pk, "reason": "Ben knows the study"}
    free = make_lead(study_site, enquirer=make_enquirer(9))
    refused = send(as_user(coordinator), leads, "assign", **values)
    taken = send(as_user(coordinator), [free], "assign", owner=coordinator.pk, reason="I take it")
    given = send(as_user(site_lead), leads, "assign", **values)

    assert "A site lead changes its owner" in words_of(refused)
    assert "1 lead assigned" in words_of(taken)
    assert free.owner == coordinator
    assert "3 leads assigned" in words_of(given)
    assert {lead.owner for lead in leads} == {ben}


def test_each_can_be_undone_by_itself_and_the_rest_together(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    send(client, leads, "close", **GIVEN["close"])
    action = leads[0].events.latest("seq").action_id
    url = reverse("action_undo", args=[action])

    one = client.post(url, {"lead": leads[0].number})
    twice = client.post(url, {"lead": leads[0].number})
    stages = [Lead.objects.get(pk=lead.pk).stage in CLOSED for lead in leads]
    rest = client.post(url, {"back": "actions"})
    for lead in leads:
        lead.refresh_from_db()
        assert list(differences([lead])) == []

    assert one.status_code == 302
    assert twice.status_code == 409
    assert stages == [False, True, True]
    assert rest.status_code == 302
    assert not {lead.stage for lead in leads} & set(CLOSED)


def test_leads_that_one_may_not_see_are_not_there(
    leads: list[Lead], outsider: User, coordinator: User, as_user: SignIn
) -> None:
    elsewhere = make_lead(StudySiteFactory(), enquirer=make_enquirer(8, last_name="Secret"))
    nobody = send(as_user(outsider), leads, "close", **GIVEN["close"])
    mixed = send(as_user(coordinator), [leads[0], elsewhere], "close", **GIVEN["close"])

    assert nobody.status_code == 422
    assert "Lead0" not in nobody.content.decode()
    assert "1 lead closed" in words_of(mixed)
    assert "Secret" not in mixed.content.decode()
    assert elsewhere.number not in mixed.content.decode()


def test_who_only_reviews_there_is_told_lead_by_lead(
    leads: list[Lead], reviewer: User, as_user: SignIn
) -> None:
    other = StudySiteFactory()
    mine = make_lead(other, enquirer=make_enquirer(7))
    both = make_member(Role.COORDINATOR, other)
    make_member(Role.REVIEWER, leads[0].study_site, user=both)
    response = send(as_user(both), [leads[0], mine], "close", **GIVEN["close"])

    assert "you do not work on it" in words_of(response)
    assert "1 lead closed" in words_of(response)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lead": []}, "Choose at least one lead."),
        ({"lead": ["0000000" + c for c in "0123456789ABCDEFGH"] * 1}, "Choose at least one lead."),
        ({"lead": [f"{n:08}" for n in range(201)]}, "At most 200 leads at a time"),
        ({"lead": ["<b>:x", "';--", "\x00"]}, "Choose at least one lead."),
    ],
)
def test_a_choice_that_cannot_be_is_a_sentence(
    values: dict[str, object], said: str, coordinator: User, as_user: SignIn
) -> None:
    response = as_user(coordinator).post(reverse(URL), {"do": "close", **values})
    assert response.status_code == 422
    assert said in words_of(response)


@pytest.mark.parametrize(
    ("do", "values", "said"),
    [
        ("assign", {"owner": "unowned", "reason": ""}, "Write why"),
        ("assign", {"owner": "77777", "reason": "x"}, "does not work on this study"),
        ("hand_over", {"context": "x" * 2001}, "At most 2,000 characters"),
        ("snooze", {"due_date": "soon"}, "Write the day as"),
        ("snooze", {"push_back": "asked", **in_days(2)}, "Select a valid choice"),
        ("close", {"reason": "nonsense"}, "Choose a reason from the list"),
        ("close", {"reason": "pt_not_interested", "note": "x\x07"}, "cannot be printed"),
        ("nothing", {}, "Choose who."),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_written(
    do: str,
    values: dict[str, object],
    said: str,
    leads: list[Lead],
    coordinator: User,
    as_user: SignIn,
) -> None:
    before = [lead.version for lead in leads]
    response = send(as_user(coordinator), leads, do, **values)
    assert response.status_code == 422
    assert said in words_of(response)
    assert [lead.version for lead in leads] == before


def test_a_key_of_somebody_elses_action_joins_nothing(
    leads: list[Lead], coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    send(as_user(coordinator), leads[:1], "close", **GIVEN["close"])
    action = leads[0].events.latest("seq").action_id
    send(as_user(site_lead), leads[1:], "close", key=str(action), **GIVEN["close"])

    actors = set(LeadEvent.objects.filter(action_id=action).values_list("actor", flat=True))
    assert actors == {coordinator.pk}
