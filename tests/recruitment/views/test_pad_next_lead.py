"""After an outcome: the next lead of the list, the way back to the one before, its undo (D21)."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from recruitment.models import Lead, NextAction, StudySite
from tests.factories.recruitment import make_enquirer, make_lead
from tests.recruitment.views.lead_steps import PANEL, words_of
from tests.recruitment.views.pad import TRAIL, send, three_leads

SignIn = Callable[[User], Client]
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET ")


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return three_leads(study_site, coordinator)


def test_after_an_outcome_the_next_lead_of_the_list_is_there_with_what_was_written_and_its_undo(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    answer = send(
        as_user(coordinator), leads[0], outcome="no_answer", next=leads[1].number, next_place=2
    )

    html = answer.content.decode()
    panel, rest = html.split("<template>")
    assert "Ada Second" in panel
    assert "2 of 3" in panel
    assert f'id="lead-{leads[0].number}"' in rest
    assert f"Contact logged. No answer. {leads[0].number} next: Call," in rest
    assert re.search(r'action="/actions/[0-9a-f-]+/undo/\?back=queue&amp;', rest)
    assert "Next: <bdi>Ada Second</bdi>, 2 of 3." in rest
    assert "Second" not in rest.split('id="toasts"')[1].split("</div>")[0]  # no name in a toast


def test_undo_brings_the_lead_back_into_the_panel_and_its_row_without_loading_the_list(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    client, lead = as_user(coordinator), leads[0]
    before = NextAction.objects.get(lead=lead, ended_at=None)
    answer = send(client, lead, outcome="no_answer", next=leads[1].number, next_place=2)
    undo = re.search(r'hx-post="(/actions/[^"]+)"', answer.content.decode())
    assert undo is not None

    undone = client.post(undo[1].replace("&amp;", "&"), headers={"HX-Request": "true"})

    html = undone.content.decode()
    assert "HX-Refresh" not in undone.headers
    assert "Undone; it is as it was before." in html
    assert "Ada First" in html.split('<aside id="panel"')[1]
    assert "1 of 3" in html
    assert NextAction.objects.get(lead=lead, ended_at=None) == before


def test_an_opt_out_offers_no_undo(leads: list[Lead], coordinator: User, as_user: SignIn) -> None:
    answer = send(
        as_user(coordinator), leads[0], outcome="opted_out", next=leads[1].number, next_place=2
    )

    assert answer.status_code == 200, words_of(answer)
    assert "Ada Second" in answer.content.decode()
    assert "/undo/" not in answer.content.decode()


def test_with_the_setting_off_the_panel_stays_with_the_lead(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    User.objects.filter(pk=coordinator.pk).update(opens_next=False)

    answer = send(
        as_user(coordinator), leads[0], outcome="no_answer", next=leads[1].number, next_place=2
    )

    assert "Ada First" in answer.content.decode().split("<template>")[0]
    assert "1 of 3" in answer.content.decode()


@pytest.mark.parametrize("number", ["TN-999999", "", "nonsense' --", "own"])
def test_a_next_lead_that_is_not_there_leaves_the_panel_where_it_is(
    leads: list[Lead], coordinator: User, as_user: SignIn, number: str
) -> None:
    number = leads[0].number if number == "own" else number

    answer = send(as_user(coordinator), leads[0], outcome="no_answer", next=number)

    assert answer.status_code == 200
    assert "Ada First" in answer.content.decode().split("<template>")[0]
    assert leads[0].attempts_made.count() == 1


def test_a_lead_of_another_study_is_never_shown_as_the_next_one(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    hidden = make_lead(enquirer=make_enquirer(8, last_name="Elsewhere"))

    answer = send(as_user(coordinator), leads[0], outcome="no_answer", next=hidden.number)

    assert "Elsewhere" not in answer.content.decode()
    assert answer.status_code == 200


def test_without_scripts_the_next_lead_is_the_one_that_stands_at_the_place_now(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    url = reverse("lead_outreach", args=[leads[0].number]) + TRAIL
    values = {"seen": leads[0].version, "due": "proposed", "outcome": "no_answer"}

    answer = client.post(url, values, follow=True)

    assert "Ada Second" in answer.content.decode()
    assert "1 of 3" in answer.content.decode()
    assert "Contact logged. No answer." in answer.content.decode()
    assert "back=queue" in answer.request["QUERY_STRING"]


def test_the_place_in_the_queue_leads_to_previous_and_next_without_a_list(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    third = client.get(reverse("queue_at", args=[3]) + "?tab=mine", follow=True)
    beyond = client.get(reverse("queue_at", args=[9]) + "?tab=mine")

    assert "Ada Third" in third.content.decode()
    assert "3 of 3" in third.content.decode()
    assert reverse("queue_at", args=[2]) in third.content.decode()
    assert beyond.headers["Location"] == f"{reverse('queue')}?tab=mine"


def test_what_an_address_holds_that_is_no_code_does_not_travel(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    url = reverse("lead", args=[leads[0].number])
    page = as_user(coordinator).get(
        f"{url}?back=queue&tab=mine&bucket=%22%3E%3Cscript&study=Ada+First&place=x&of=99999999999",
        headers=PANEL,
    )

    assert page.status_code == 200
    trail = re.search(r'action="[^"]*/contact/([^"]*)"', page.content.decode())
    assert trail is not None
    assert trail[1] == "?back=queue&amp;tab=mine"


def _statements(captured: CaptureQueriesContext) -> list[str]:
    """What went to the database, BEGIN, COMMIT and SET not counted."""
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(FRAME)]


@pytest.mark.slow
def test_an_outcome_costs_at_most_12_statements_for_the_write_and_the_row_and_15_for_the_next_lead(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    send(client, leads[2], outcome="no_answer", next=leads[0].number, next_place=1)

    with CaptureQueriesContext(connection) as captured:
        answer = send(client, leads[0], outcome="no_answer", next=leads[1].number, next_place=2)
    with CaptureQueriesContext(connection) as alone:
        client.get(reverse("lead", args=[leads[1].number]) + TRAIL, headers=PANEL)

    assert "Ada Second" in answer.content.decode()
    sql = _statements(captured)[1:]  # without the test's own reading of the lead's version
    reader = 2  # her session and who she is: read once in each request
    following = len(_statements(alone)) - reader
    assert following <= 15
    assert len(sql) - following <= 12, "\n".join(sql)
