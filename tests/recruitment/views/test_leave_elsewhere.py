"""A site lead records leave for her own sites and reaches into no other (O5, PR3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Alert, Lead, Leave, Role, StudySite
from recruitment.services.leave import record_leave
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member
from tests.recruitment.views.lead_steps import words_of

SignIn = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def away(coordinator: User) -> StudySite:
    """A study at another site where the coordinator works too."""
    place = StudySiteFactory()
    make_member(Role.COORDINATOR, place, user=coordinator)
    return place


@pytest.fixture
def stranger(away: StudySite) -> User:
    return make_member(Role.COORDINATOR, away, name="Una Stranger")


def test_a_site_lead_sees_and_chooses_no_cover_at_another_site(
    study_site: StudySite,
    away: StudySite,
    stranger: User,
    coordinator: User,
    site_lead: User,
    as_user: SignIn,
) -> None:
    tom = make_member(Role.COORDINATOR, study_site, name="Tom Ode")
    here, there = (
        make_lead(place, owner=coordinator, received_at=timezone.now() - DAY)
        for place in (study_site, away)
    )
    client, url = as_user(site_lead), reverse("leave_add", args=[coordinator.pk])

    told = words_of(client.get(url))
    assert study_site.study.code in told
    assert away.study.code not in told
    assert stranger.name not in told
    assert "sites that you do not lead" in told
    today = timezone.now().date()
    sent = {"first_on": today - DAY, "last_on": today + 3 * DAY}
    covers = {f"cover_{study_site.pk}": tom.pk, f"cover_{away.pk}": stranger.pk}
    assert client.post(url, sent | covers).status_code == 302

    assert Lead.objects.get(pk=here.pk).owner == tom
    assert Lead.objects.get(pk=there.pk).owner is None
    assert Alert.objects.get().study_site == away


def test_the_page_of_a_team_member_shows_covers_at_ones_own_sites_alone(
    study_site: StudySite,
    away: StudySite,
    stranger: User,
    coordinator: User,
    site_lead: User,
    as_user: SignIn,
) -> None:
    tom, now = make_member(Role.COORDINATOR, study_site, name="Tom Ode"), timezone.now()
    record_leave(
        user=coordinator,
        starts_at=now + DAY,
        ends_at=now + 3 * DAY,
        covers={study_site: tom, away: stranger},
        by=coordinator,
        at=now,
    )

    told = words_of(as_user(site_lead).get(reverse("team_person", args=[coordinator.pk])))

    assert f"{study_site.study.code}: Tom Ode" in told
    assert away.study.code not in told
    assert stranger.name not in told


def test_who_only_reviews_at_ones_site_and_works_elsewhere_has_no_leave_to_record_here(
    study_site: StudySite, away: StudySite, stranger: User, site_lead: User, as_user: SignIn
) -> None:
    make_member(Role.REVIEWER, study_site, user=stranger)
    now = timezone.now()
    leave = record_leave(
        user=stranger,
        starts_at=now + DAY,
        ends_at=now + 3 * DAY,
        covers={away: None},
        by=stranger,
        at=now,
    )
    client = as_user(site_lead)

    assert client.get(reverse("leave_add", args=[stranger.pk])).status_code == 404
    assert client.get(reverse("leave_change", args=[leave.pk])).status_code == 404
    assert client.post(reverse("leave_cancel", args=[leave.pk])).status_code == 404
    assert Leave.objects.filter(ended_at=None).exists()
