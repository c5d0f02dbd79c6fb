"""The outcome pad over HTTP: one key, one request, and what it writes (D20)."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.forms.outcome_pad import AT_ONCE, BY_KEY, SECOND
from recruitment.models import Lead, NextAction, StudySite
from recruitment.rules.vocabulary import ContactResult, PrescreenState
from tests.factories.recruitment import make_enquirer, make_lead
from tests.recruitment.views.lead_steps import PANEL, post, words_of
from tests.recruitment.views.pad import TRAIL, send, three_leads
from trialsnest.lib.zones import local_time

SignIn = Callable[[User], Client]
R = ContactResult


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return three_leads(study_site, coordinator)


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
    answer = send(client, lead, outcome=result, **extra)

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


def test_reached_with_a_prescreen_begun_and_a_day_in_words_is_one_request(
    leads: list[Lead], coordinator: User, as_user: SignIn
) -> None:
    lead = leads[0]

    answer = send(
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
    answer = send(as_user(coordinator), leads[0], outcome="reached", when=when)

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
    answer = send(as_user(coordinator), leads[0], outcome="called_us")

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
