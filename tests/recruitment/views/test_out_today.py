"""The page of somebody who is out today: promises, the cover proposed, one submit."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, Leave, Role, StudySite
from recruitment.services.membership import suspend_user
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member

SignIn = Callable[[User], Client]


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - timedelta(days=5))


def _url(user: User) -> str:
    return reverse("team_out_today", args=[user.pk])


def _words(response: Any) -> str:
    return unescape(response.content.decode())


def test_it_shows_the_promises_and_proposes_a_cover_with_its_reason(
    study_site: StudySite, coordinator: User, site_lead: User, lead: Lead, as_user: SignIn
) -> None:
    page = _words(as_user(site_lead).get(_url(coordinator)))

    assert lead.number in page
    assert "past due since" in page
    assert "Proposed. The only one here today who works on this study" in page
    assert f'<option value="{site_lead.pk}" selected>' in page
    assert lead.person.last_name not in page


def test_one_submit_records_the_leave_and_moves_the_leads(
    study_site: StudySite, coordinator: User, site_lead: User, lead: Lead, as_user: SignIn
) -> None:
    tom = make_member(Role.COORDINATOR, study_site, name="Tom Ode")

    response = as_user(site_lead).post(
        _url(coordinator), {f"cover_{study_site.pk}": tom.pk}, follow=True
    )

    assert "Priya Raman is out today. 1 lead moved until tonight." in _words(response)
    lead.refresh_from_db()
    assert lead.owner == tom
    leave = Leave.objects.get()
    assert leave.ends_at > timezone.now()


def test_a_cover_from_elsewhere_is_refused_at_its_field(
    study_site: StudySite,
    coordinator: User,
    site_lead: User,
    outsider: User,
    lead: Lead,
    as_user: SignIn,
) -> None:
    url, name = _url(coordinator), f"cover_{study_site.pk}"

    response = as_user(site_lead).post(url, {name: outsider.pk})

    assert response.status_code == 422
    assert "That person does not work there." in _words(response)
    assert not Leave.objects.exists()


def test_a_second_press_says_that_she_is_away_already(
    study_site: StudySite, coordinator: User, site_lead: User, lead: Lead, as_user: SignIn
) -> None:
    client, data = as_user(site_lead), {f"cover_{study_site.pk}": "unowned"}
    client.post(_url(coordinator), data)

    response = client.post(_url(coordinator), data)

    assert response.status_code == 422
    assert "has a leave in that time already" in _words(response)
    assert "Change" in _words(client.get(_url(coordinator)))


def test_of_work_elsewhere_a_site_lead_learns_nothing_and_its_leads_go_to_unowned(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    there = StudySiteFactory()
    make_member(Role.COORDINATOR, there, user=coordinator)
    other = make_lead(there, owner=coordinator, received_at=timezone.now() - timedelta(days=5))
    client = as_user(site_lead)

    page = _words(client.get(_url(coordinator)))

    assert other.number not in page
    assert str(there) not in page
    client.post(_url(coordinator), {f"cover_{study_site.pk}": site_lead.pk})
    other.refresh_from_db()
    assert other.owner is None


def test_who_is_suspended_or_works_elsewhere_only_has_no_such_page(
    coordinator: User, site_lead: User, outsider: User, administrator: User, as_user: SignIn
) -> None:
    client = as_user(site_lead)
    assert client.get(_url(outsider)).status_code == 404
    suspend_user(user=coordinator, by=administrator, at=timezone.now())
    assert client.get(_url(coordinator)).status_code == 404


def test_the_team_page_leads_there(
    coordinator: User, site_lead: User, lead: Lead, as_user: SignIn
) -> None:
    client = as_user(site_lead)

    assert _url(coordinator) in _words(client.get(reverse("team")))
    person = client.get(reverse("team_person", args=[coordinator.pk]))
    assert _url(coordinator) in _words(person)
