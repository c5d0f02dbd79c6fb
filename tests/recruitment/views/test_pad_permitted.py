"""The pad proposes only what may be done: channels, numbers, windows (OA7, CD2, D24)."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.forms.outcome_pad import AT_ONCE, BY_CALL, BY_KEY, SECOND, is_possible
from recruitment.models import Lead, NextAction, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactBasis,
    ContactResult,
    PermissionState,
)
from recruitment.services.moves import move_lead
from tests.factories.recruitment import make_enquirer, make_lead
from tests.factories.stages import bring_to
from tests.recruitment.views.full_lead import AGO
from tests.recruitment.views.lead_steps import PANEL, log, words_of

SignIn = Callable[[User], Client]
R = ContactResult
_numbers = count(700)
NO_PHONE: dict[str, Any] = {"permissions": {Channel.PHONE: PermissionState.NO}}


@pytest.fixture
def client(coordinator: User, as_user: SignIn) -> Client:
    return as_user(coordinator)


def lead_of(
    place: StudySite, owner: User, *, basis: ContactBasis | None = None, **enquirer: Any
) -> Lead:
    return make_lead(
        place,
        owner=owner,
        received_at=timezone.now() - timedelta(days=2),
        enquirer=make_enquirer(next(_numbers), **enquirer),
        basis=basis,
    )


def pad(client: Client, lead: Lead) -> str:
    html = client.get(reverse("lead", args=[lead.number]), headers=PANEL).content.decode()
    return html.split('id="log"')[1].split("</form>")[0]


def offered(html: str) -> set[str]:
    return set(re.findall(r'name="outcome"[^>]*? value="(\w+)"', html))


def at_once(html: str) -> set[str]:
    return set(re.findall(r'<button class="out out--saves" name="outcome" value="(\w+)"', html))


def test_every_result_is_possible_while_every_channel_is_allowed_and_few_without() -> None:
    assert all(is_possible(result, [*Channel]) for result in R)
    assert {result for result in R if is_possible(result, [])} == {R.CALLED_US, R.OPTED_OUT}
    written = {result for result in R if is_possible(result, [Channel.EMAIL])}
    assert not written & (BY_CALL | {R.WRONG_NUMBER, R.WRONG_PERSON})


def test_whoever_may_not_be_called_gets_no_result_of_a_call_and_is_told_why(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    html = pad(client, lead_of(study_site, coordinator, **NO_PHONE))

    assert not offered(html) & BY_CALL
    assert {R.SENT, R.CALLED_US} <= offered(html)
    assert "No calls: The person said no to this (phone)." in html
    assert not re.search(r"Next: <b>Call", html)


@pytest.mark.parametrize("result", sorted(AT_ONCE))
def test_every_button_that_saves_at_once_is_accepted_on_every_kind_of_lead(
    study_site: StudySite, coordinator: User, client: Client, result: ContactResult
) -> None:
    for enquirer in ({}, NO_PHONE, {"phones": ()}, {"emails": ()}):
        lead = lead_of(study_site, coordinator, **enquirer)
        if result in at_once(pad(client, lead)):
            answer = log(client, lead, result, channel="")
            assert answer.status_code == 302, (enquirer, words_of(answer))


def test_without_a_contact_basis_nobody_reaches_out_and_what_the_person_does_is_logged(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    lead = lead_of(study_site, coordinator, basis=ContactBasis.MISSING)

    html = pad(client, lead)

    assert offered(html) == {R.CALLED_US, R.OPTED_OUT}
    assert "Nobody reaches out: No contact basis is recorded." in html
    answer = log(client, lead, R.CALLED_US)
    assert answer.status_code == 302, words_of(answer)
    action = NextAction.objects.get(lead=lead, ended_at=None)
    assert (action.type, "ask for permission" in action.detail) == (ActionType.MESSAGE, True)


def test_a_proposed_call_goes_by_message_where_the_phone_may_not_be_used(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    lead = lead_of(study_site, coordinator, **NO_PHONE)

    answer = log(client, lead, R.REPLIED, channel="email")

    assert answer.status_code == 302, words_of(answer)
    action = NextAction.objects.get(lead=lead, ended_at=None)
    assert (action.type, action.detail) == (ActionType.MESSAGE, "By e-mail")


def test_after_a_wrong_number_the_only_one_no_call_is_proposed_and_none_is_planned(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    lead = lead_of(study_site, coordinator)

    html = pad(client, lead)
    answer = log(client, lead, R.WRONG_NUMBER, prescreen="started")

    wrong = re.search(r'then--wrong">.*?Next: <b>(.*?)</b>', html)
    assert wrong is not None
    assert not wrong[1].startswith("Call")
    assert answer.status_code == 302, words_of(answer)
    action = NextAction.objects.get(lead=lead, ended_at=None)
    assert wrong[1].startswith(ActionType(action.type).label)
    assert lead.prescreen == "not_started"  # nothing is known of somebody else's prescreen


def test_in_the_call_back_window_the_date_is_told_and_no_close_is_marked_as_next(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    now = timezone.now()
    lead = make_lead(study_site, owner=coordinator, received_at=now - AGO)
    bring_to(Stage.CONTACTED, lead, coordinator, at=lead.received_at)
    lead.refresh_from_db()
    move_lead(
        lead=lead,
        to=Stage.NO_RESPONSE,
        plan=Plan(ActionType.DECIDE_CLOSE, now + timedelta(days=14)),
        by=coordinator,
        at=now,
        seen=lead.version,
    )

    html = client.get(reverse("lead", args=[lead.number]), headers=PANEL).content.decode()

    assert ">Next</span>" not in html
    close = html.split('id="do-close"')[1].split("</details>")[0]
    assert re.search(r"In its call-back window until \w{3} \d+ \w{3} \d\d:\d\d", close)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Not on Fridays", "Prefers: not on Fridays."),
        ("Mondays after 17:00", "Prefers: Mondays after 17:00."),
        ("Evenings", "Prefers: evenings."),
    ],
)
def test_what_the_person_prefers_and_agreed_to_reads_as_a_sentence(
    study_site: StudySite, coordinator: User, client: Client, given: str, shown: str
) -> None:
    lead = lead_of(study_site, coordinator, best_time=given, **NO_PHONE)

    said = words_of(client.get(reverse("lead", args=[lead.number])))

    assert shown in said
    assert "Not by phone" in said
    assert "no phone" not in said


def test_every_result_keeps_its_own_key_where_others_are_left_out(
    study_site: StudySite, coordinator: User, client: Client
) -> None:
    html = pad(client, lead_of(study_site, coordinator, **NO_PHONE))

    for keys, name in ((BY_KEY, "data-key"), (SECOND, "data-second-key")):
        for key, result in keys.items():
            if result in offered(html):
                assert re.search(rf'value="{result}"[^>]* {name}="{key}"', html)
