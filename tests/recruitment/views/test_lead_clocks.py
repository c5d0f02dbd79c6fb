"""The clocks on the lead's page, and how a due time came about."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Clock, Lead, StudySite
from recruitment.rules.clock_codes import ClockStanding
from recruitment.rules.next_actions import Plan
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    PrescreenState,
)
from recruitment.services.blockers import open_blocker
from recruitment.services.outreach import log_outreach
from recruitment.views.clock_lines import LOOKS
from tests.factories.recruitment import MONDAY, make_lead
from tests.recruitment.ranked import rank_again
from tests.recruitment.views.lead_steps import words_of

SignIn = Callable[[User], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    made: Lead = make_lead(study_site, owner=coordinator, by=coordinator)
    return made


def first_response(lead: Lead) -> Clock:
    return Clock.objects.get(lead=lead, target=TargetKey.FIRST_RESPONSE)


def answer(lead: Lead, by: User, **values: object) -> None:
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        plan=Plan(ActionType.CALL, MONDAY + DAY),
        by=by,
        at=MONDAY + HOUR,
        seen=None,
        **values,  # type: ignore[arg-type]
    )


def why(lead: Lead, clock: Clock) -> str:
    return reverse("lead_clock", args=[lead.number, clock.pk])


def test_every_standing_has_a_word_and_a_shape_of_its_own_side() -> None:
    assert set(LOOKS) == set(ClockStanding)
    assert all(shape for _, shape in LOOKS.values())


def test_the_page_of_a_lead_lists_running_clocks_first_and_folds_ended_ones(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    page = as_user(coordinator).get(reverse("lead", args=[lead.number])).content.decode()
    running, _, ended = page.partition("Ended, 1")
    assert "First response" in running
    assert "Overdue" in running
    assert "An owner" in ended
    assert "never says that anybody will be screened" in page
    assert why(lead, first_response(lead)) in page


def test_an_answered_first_response_stands_beside_what_came_of_it(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    answer(lead, coordinator, prescreen=PrescreenState.STARTED)
    words = words_of(as_user(coordinator).get(reverse("lead", args=[lead.number])))
    assert "Met Mon 2 Mar 2026, 11:00; reached, prescreen started" in words


def test_the_arithmetic_opens_as_a_page_and_inside_the_fold(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client, clock = as_user(coordinator), first_response(lead)
    sentence = "Received Mon 10:00, plus 8 business hours = Tue 10:00"

    page = client.get(why(lead, clock))
    inside = client.get(
        why(lead, clock), headers={"HX-Request": "true", "HX-Target": f"clock-{clock.pk}-why"}
    )

    assert sentence in words_of(page)
    assert "<html" in page.content.decode()
    assert sentence in unescape(inside.content.decode())
    assert "<html" not in inside.content.decode()
    assert "8 business hours, the default" in words_of(page)


def test_a_pause_says_whose_turn_it_is(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    lead = make_lead(study_site, received_at=now - HOUR, owner=coordinator, by=coordinator)
    open_blocker(
        lead=lead,
        category=BlockerCategory.CONTACT_PERMISSION,
        review_by=now + 2 * DAY,
        by=coordinator,
        at=now - HOUR / 2,
        seen=lead.version,
    )
    words = words_of(as_user(coordinator).get(reverse("lead", args=[lead.number])))
    assert "Paused" in words
    page = words_of(as_user(coordinator).get(why(lead, first_response(lead))))
    assert "paused until" in page
    assert "for no permission to contact" in page


def test_a_clock_of_another_lead_is_not_found(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    other = make_lead(study_site)
    response = as_user(coordinator).get(why(lead, first_response(other)))
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("days", "says"), [(20, "First response overdue"), (0, None)], ids=["overdue", "in time"]
)
def test_the_queue_says_where_the_first_response_is_late_and_the_next_action_is_not(
    study_site: StudySite, coordinator: User, as_user: SignIn, days: int, says: str | None
) -> None:
    now = timezone.now()
    made = make_lead(study_site, received_at=now - days * DAY, owner=coordinator, by=coordinator)
    made.next_actions.filter(ended_at__isnull=True).update(due_at=now + 5 * DAY)
    rank_again()
    words = words_of(as_user(coordinator).get(reverse("queue")))
    assert ("First response" in words) == (says is not None)
    assert says is None or says in words
