"""What is put off while names are hidden keeps the words that stood in it (D34)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, NextAction, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import PushBack
from recruitment.services.next_actions import set_next_action
from tests.factories.recruitment import make_lead

WORDS = "Ask about the scan of her knee"


@pytest.fixture
def desk(coordinator: User, as_user: Callable[[User], Client]) -> Client:
    """The coordinator's browser, with the shield up."""
    client = as_user(coordinator)
    client.post(reverse("shield"))
    return client


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    now = timezone.now()
    found = make_lead(study_site, owner=coordinator, received_at=now)
    set_next_action(
        lead=found,
        plan=Plan(ActionType.REVIEW_PRESCREEN, now + timedelta(seconds=30), detail=WORDS),
        by=coordinator,
        at=now,
        seen=found.version,
        push_back=PushBack.POSTPONED,
        reason="as agreed",
    )
    found.refresh_from_db()
    return found


def kept(lead: Lead) -> tuple[str, bool]:
    """The words of the next action, and whether it is later than it was."""
    action = NextAction.objects.get(lead=lead, ended_at__isnull=True)
    return action.detail, action.due_at > timezone.now() + timedelta(minutes=5)


def test_the_rest_of_the_day_keeps_its_words(desk: Client, lead: Lead) -> None:
    values = {"leads": [f"{lead.number}:{lead.version}"], "reason": "No time left", "step": "save"}
    answer = desk.post(reverse("close_out_move"), values)
    assert WORDS not in answer.content.decode()
    assert kept(lead) == (WORDS, True)


def test_several_that_are_put_off_keep_their_words(desk: Client, lead: Lead) -> None:
    values = {"do": "snooze", "step": "save", "push_back": "postponed", "reason": "Away"}
    values |= {"due_date": f"{timezone.now() + timedelta(days=3):%Y-%m-%d}", "due_time": "12:00"}
    answer = desk.post(reverse("leads_bulk"), {"lead": f"{lead.number}:{lead.version}", **values})
    assert WORDS not in answer.content.decode()
    assert kept(lead) == (WORDS, True)


def _redate(desk: Client, lead: Lead, action: ActionType) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    values = {
        "seen": lead.version,
        "action": action,
        "due_date": f"{tomorrow:%Y-%m-%d}",
        "due_time": "15:00",
        "detail": "",
        "push_back": "asked",
    }
    answer = desk.post(reverse("lead_action", args=[lead.number]), values)
    assert answer.status_code == 302, answer.content.decode()


def test_another_time_for_the_same_action_keeps_its_words(desk: Client, lead: Lead) -> None:
    page = desk.get(reverse("lead", args=[lead.number])).content.decode()
    assert WORDS not in page
    assert "Left empty, it stays with the same action." in page

    _redate(desk, lead, ActionType.REVIEW_PRESCREEN)

    assert kept(lead) == (WORDS, True)


def test_another_action_does_not_take_over_the_words_of_the_old_one(
    desk: Client, lead: Lead
) -> None:
    _redate(desk, lead, ActionType.CALL)

    assert kept(lead) == ("", True)


def test_with_names_shown_an_emptied_detail_is_gone(desk: Client, lead: Lead) -> None:
    desk.post(reverse("shield"), {"names": "show"})

    _redate(desk, lead, ActionType.REVIEW_PRESCREEN)

    assert kept(lead) == ("", True)
