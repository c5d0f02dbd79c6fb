"""The outcome pad over HTTP: one key, one request, the next lead, and its undo (D20, D21)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.forms.outcome_pad import AT_ONCE, BY_KEY, SECOND
from recruitment.models import Lead, NextAction, StudySite
from recruitment.rules.vocabulary import ContactResult, PrescreenState
from tests.factories.recruitment import make_enquirer, make_lead
from tests.recruitment.views.lead_steps import PANEL, post, words_of
from trialsnest.lib.zones import local_time

SignIn = Callable[[User], Client]
TRAIL = "?back=queue&tab=mine&place=1&of=3"
R = ContactResult
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET ")


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    now = timezone.now()
    return [
        make_lead(
            study_site,
            owner=coordinator,
            received_at=now - timedelta(days=3 - n),
            enquirer=make_enquirer(n, last_name=name),
        )
        for n, name in enumerate(("First", "Second", "Third"))
    ]


def _send(client: Client, lead: Lead, **data: Any) -> Any:
    lead.refresh_from_db()
    url = reverse("lead_outreach", args=[lead.number]) + TRAIL
    return client.post(url, {"seen": lead.version, "due": "proposed"} | data, headers=PANEL)


def test_every_result_of_oa3_stands_on_one_key_and_what_ends_something_on_a_second() -> None:
    assert {*BY_KEY.values(), *SECOND.values()} == set(ContactResult)
    assert not {*BY_KEY.values()} & {*SECOND.values()}
    assert {R.WRONG_NUMBER, R.OPTED_OUT} == set(SECOND.values())
    assert [*BY_KEY] == [*"1234567890"]


@pytest.mark.parametrize("result", sorted(AT_ONCE))
def test_a_result_that_needs_nothing_more_is_a_button_and_saves_in_one_request(
    leads: list[Lead], coordinator: User, as_user: SignIn, result: ContactResult
) -> None:
    client, lead = as_user(coordinator), leads[0]
    panel = client.get(reverse("lead", args=[lead.number]) + TRAIL, headers=PANEL)
    before = NextAction.objects.get(lead=lead, ended_at=None)

    assert f'<button class="out out--saves" name="outcome" value="{result}"' in (
        panel.content.decode()
    )
    extra = {"channel": "phone"} if result in {R.SENT, R.UNDELIVERABLE} else {}
    answer = _send(client, lead, outcome=result, **extra)

    assert answer.status_code == 200, words_of(answer)
    attempt = lead.attempts_made.get()
    assert attempt.result == result
    after = NextAction.objects.get(lead=lead, ended_at=None)
    assert after.pk != before.pk
    assert after.due_at > timezone.now()
    lead.refresh_from_db()
    assert lead.attempts == 1


def test_all_proposals_come_with_the_panel(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    page = as_user(coordinator).get(reverse("lead", args=[leads[0].number]), headers=PANEL)

    html = page.content.decode()
    for kind in ("quiet", "answered", "later", "ends"):
        assert f"then--{kind}" in html
    assert re.search(r"then--quiet.*?Next: <b>Call, \w{3} \d", html, re.DOTALL)


def test_after_an_outcome_the_next_lead_of_the_list_is_there_with_what_was_written_and_its_undo(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    answer = _send(
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
    answer = _send(client, lead, outcome="no_answer", next=leads[1].number, next_place=2)
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
    answer = _send(
        as_user(coordinator), leads[0], outcome="opted_out", next=leads[1].number, next_place=2
    )

    assert answer.status_code == 200, words_of(answer)
    assert "Ada Second" in answer.content.decode()
    assert "/undo/" not in answer.content.decode()


def test_with_the_setting_off_the_panel_stays_with_the_lead(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    User.objects.filter(pk=coordinator.pk).update(opens_next=False)

    answer = _send(
        as_user(coordinator), leads[0], outcome="no_answer", next=leads[1].number, next_place=2
    )

    assert "Ada First" in answer.content.decode().split("<template>")[0]
    assert "1 of 3" in answer.content.decode()


@pytest.mark.parametrize("number", ["TN-999999", "", "nonsense' --", "own"])
def test_a_next_lead_that_is_not_there_leaves_the_panel_where_it_is(
    leads: list[Lead], coordinator: User, as_user: SignIn, number: str
) -> None:
    number = leads[0].number if number == "own" else number

    answer = _send(as_user(coordinator), leads[0], outcome="no_answer", next=number)

    assert answer.status_code == 200
    assert "Ada First" in answer.content.decode().split("<template>")[0]
    assert leads[0].attempts_made.count() == 1


def test_a_lead_of_another_study_is_never_shown_as_the_next_one(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    hidden = make_lead(enquirer=make_enquirer(8, last_name="Elsewhere"))

    answer = _send(as_user(coordinator), leads[0], outcome="no_answer", next=hidden.number)

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


def test_reached_with_a_prescreen_begun_and_a_day_in_words_is_one_request(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    lead = leads[0]

    answer = _send(
        as_user(coordinator), lead, outcome="reached", prescreen="started", when="thu 15:00"
    )

    assert answer.status_code == 200, words_of(answer)
    lead.refresh_from_db()
    assert (lead.stage, lead.prescreen) == ("contacted", PrescreenState.STARTED)
    due = local_time(
        NextAction.objects.get(lead=lead, ended_at=None).due_at, lead.study_site.site.time_zone
    )
    assert (due.weekday(), due.hour, due.minute) == (3, 15, 0)
    assert {"first_two_way_contact", "prescreen_started"} <= set(
        lead.milestones.values_list("code", flat=True)
    )


@pytest.mark.parametrize("when", ["soon", "thu 25:00", "x" * 500, "\u202e thu", "thu 15:00 \x00"])
def test_a_day_that_nobody_can_read_is_refused_with_examples_and_nothing_is_written(
    leads: list[Lead], coordinator: User, as_user: SignIn, when: str
) -> None:
    answer = _send(as_user(coordinator), leads[0], outcome="reached", when=when)

    assert answer.status_code == 422
    assert not leads[0].attempts_made.exists()


def test_a_message_goes_by_a_written_channel_or_asks_for_one(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    with_mail = make_lead(study_site, owner=coordinator, received_at=timezone.now())
    phone_only = make_lead(
        study_site,
        owner=coordinator,
        received_at=timezone.now(),
        enquirer=make_enquirer(55, emails=()),
    )
    client = as_user(coordinator)

    answers = [
        post(client, "lead_outreach", lead, outcome="sent", due="proposed", channel="")
        for lead in (with_mail, phone_only)
    ]

    channels = list(with_mail.attempts_made.values_list("channel", flat=True))
    assert answers[0].status_code == 302 or "no message may be sent" in words_of(answers[0])
    assert channels != ["phone"]
    assert phone_only.attempts_made.filter(channel="phone").count() == 0


def test_called_us_logs_a_contact_the_person_made_and_uses_no_attempt(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    answer = _send(as_user(coordinator), leads[0], outcome="called_us")

    assert answer.status_code == 200
    leads[0].refresh_from_db()
    assert leads[0].attempts == 0
    assert leads[0].attempts_made.get().is_inbound


def test_a_second_press_writes_nothing_and_shows_what_the_first_wrote(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    client, lead = as_user(coordinator), leads[0]
    url = reverse("lead_outreach", args=[lead.number]) + TRAIL
    values = {"seen": lead.version, "due": "proposed", "outcome": "no_answer"}

    client.post(url, values, headers=PANEL)
    client.post(url, values, headers=PANEL)

    assert lead.attempts_made.count() == 1


def _statements(captured: CaptureQueriesContext) -> list[str]:
    """What went to the database, BEGIN, COMMIT and SET not counted."""
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(FRAME)]


@pytest.mark.slow
def test_an_outcome_costs_at_most_12_statements_for_the_write_and_the_row_and_15_for_the_next_lead(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    _send(client, leads[2], outcome="no_answer", next=leads[0].number, next_place=1)

    with CaptureQueriesContext(connection) as captured:
        answer = _send(client, leads[0], outcome="no_answer", next=leads[1].number, next_place=2)
    with CaptureQueriesContext(connection) as alone:
        client.get(reverse("lead", args=[leads[1].number]) + TRAIL, headers=PANEL)

    assert "Ada Second" in answer.content.decode()
    sql = _statements(captured)[1:]  # without the test's own reading of the lead's version
    reader = 2  # her session and who she is: read once in each request
    following = len(_statements(alone)) - reader
    assert following <= 15
    assert len(sql) - following <= 12, "\n".join(sql)
