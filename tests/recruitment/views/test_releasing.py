"""The pages of lists: how many wait, releasing, and how the queue keeps them apart (D28)."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.vocabulary import SourceKind
from recruitment.services.halting import halt_study
from tests.factories.recruitment import SourceFactory, make_lead

SignIn = Callable[[User], Client]


@pytest.fixture
def held(study_site: StudySite, coordinator: User) -> list[Lead]:
    source = SourceFactory(study=study_site.study, kind=SourceKind.DATABASE, name="Own list")
    then = timezone.now() - timedelta(days=2)
    return [make_lead(study_site, source=source, received_at=then) for _ in range(3)]


def _words(response: Any) -> str:
    return unescape(response.content.decode())


def test_a_coordinator_releases_todays_leads(
    study_site: StudySite, coordinator: User, held: list[Lead], as_user: SignIn
) -> None:
    client, url = as_user(coordinator), reverse("list_release", args=[study_site.pk])
    assert 'value="3"' in _words(client.get(url))

    response = client.post(url, {"count": 2}, follow=True)

    assert "2 leads released." in _words(response)
    assert Lead.objects.filter(is_held=True).count() == 1
    assert url in _words(client.get(reverse("lists")))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Say how many."),
        ("many", "Write a whole number."),
        ("0", "Release 1 to 500 leads at once."),
        ("501", "Release 1 to 500 leads at once."),
        ("99", "A site lead may release more."),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_what_was_typed_kept(
    study_site: StudySite,
    coordinator: User,
    held: list[Lead],
    as_user: SignIn,
    typed: str,
    said: str,
) -> None:
    url = reverse("list_release", args=[study_site.pk])

    response = as_user(coordinator).post(url, {"count": typed})

    assert response.status_code == 422
    assert said in _words(response)
    assert Lead.objects.filter(is_held=True).count() == 3


def test_while_the_study_is_halted_the_page_says_so_and_offers_no_release(
    study_site: StudySite, coordinator: User, site_lead: User, held: list[Lead], as_user: SignIn
) -> None:
    halt_study(study_site=study_site, why="Paused.", by=site_lead, at=timezone.now())

    page = _words(as_user(coordinator).get(reverse("list_release", args=[study_site.pk])))

    assert "Ana Lead halted this study here on" in page
    assert "Release leads" not in page


def test_held_leads_stand_last_in_the_queue_owe_nothing_and_are_counted_apart(
    study_site: StudySite, coordinator: User, held: list[Lead], as_user: SignIn
) -> None:
    fresh = make_lead(study_site, received_at=timezone.now() - timedelta(minutes=5))

    page = _words(as_user(coordinator).get(reverse("queue") + "?tab=team"))

    assert page.index(fresh.number) < min(page.index(lead.number) for lead in held)
    assert page.count("on a list, not released yet") == 3
    assert "Nothing past due" in page
    assert "3 leads on lists" in page
    lead = _words(as_user(coordinator).get(reverse("lead", args=[held[0].number])))
    assert "On a list, not released yet" in lead


def test_the_number_a_day_is_a_setting_of_the_study(
    study_site: StudySite, administrator: User, as_user: SignIn
) -> None:
    page = as_user(administrator).get(reverse("study_edit", args=[study_site.study_id]))

    assert 'name="released_a_day" value="15"' in _words(page)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "panel"}])
def test_the_page_of_a_lead_on_a_list_says_so_in_place_of_a_due_time(
    headers: dict[str, str],
    study_site: StudySite,
    coordinator: User,
    held: list[Lead],
    as_user: SignIn,
) -> None:
    client, lead = as_user(coordinator), held[0]

    before = _words(client.get(reverse("lead", args=[lead.number]), headers=headers))
    client.post(reverse("list_release", args=[study_site.pk]), {"count": 3})
    after = _words(client.get(reverse("lead", args=[lead.number]), headers=headers))

    assert "On a list, not released" in before
    assert 'class="due due--bad"' not in before.partition('id="timeline"')[0]
    assert "On a list, not released" not in after
