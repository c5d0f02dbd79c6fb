"""The halt in the browser: pressed, shown where people look, with the calls to make, and ended."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import StudyBlocker, StudySite
from recruitment.models.halts import standing_halt
from recruitment.rules.stages import Stage
from recruitment.services.halting import halt_study
from tests.factories.recruitment import SiteFactory, StudySiteFactory, make_lead
from tests.factories.stages import bring_to
from tests.recruitment.views.lead_steps import log

SignIn = Callable[[User], Client]
HOUR = timedelta(hours=1)


def words_of(response: HttpResponse) -> str:
    return unescape(response.content.decode())


def _halt(study_site: StudySite, by: User) -> StudyBlocker:
    return halt_study(study_site=study_site, why="Dosing paused.", by=by, at=timezone.now())


def _press(client: Client, place: StudySite, **data: Any) -> HttpResponse:
    on = timezone.now().date() + timedelta(days=2)
    given = {"why": "Dosing paused.", "review_on": on.isoformat()}
    return client.post(reverse("study_halt", args=[place.pk]), given | data, follow=True)


def test_a_site_lead_presses_once_and_sees_whom_to_call(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=timezone.now() - timedelta(days=3))
    bring_to(Stage.SCHEDULED, lead, by=coordinator)

    response = _press(as_user(site_lead), study_site)

    said = words_of(response)
    assert "Visits to call, 1" in said
    assert reverse("lead", args=[lead.number]) in said
    assert lead.person.last_name not in said
    assert standing_halt(study_site) is not None


def test_a_coordinator_reads_the_page_and_may_neither_halt_nor_end(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    assert _press(client, study_site).status_code == 403
    _halt(study_site, site_lead)

    page = client.get(reverse("study_halt", args=[study_site.pk]))

    assert "Halted" in words_of(page)
    assert "End the halt" not in words_of(page)
    ended = client.post(reverse("study_halt_end", args=[study_site.pk]), {"resolution": "Over."})
    assert ended.status_code == 403


def test_an_administrator_halts_a_study_at_all_its_sites_and_reads_no_lead(
    study_site: StudySite, administrator: User, as_user: SignIn
) -> None:
    there = StudySiteFactory(study=study_site.study, site=SiteFactory())
    lead = make_lead(there)

    response = _press(as_user(administrator), study_site, where="everywhere")

    assert StudyBlocker.objects.count() == 2
    assert "Holding tray" not in words_of(response)
    assert lead.number not in words_of(response)


def test_a_site_lead_of_one_site_is_offered_no_other(
    study_site: StudySite, site_lead: User, as_user: SignIn
) -> None:
    StudySiteFactory(study=study_site.study, site=SiteFactory())

    _press(as_user(site_lead), study_site, where="everywhere")

    assert [row.study_site for row in StudyBlocker.objects.all()] == [study_site]


def test_a_halt_without_words_is_refused_with_what_was_typed_kept(
    study_site: StudySite, site_lead: User, as_user: SignIn
) -> None:
    response = _press(as_user(site_lead), study_site, why="", review_on="2001-01-01")

    assert response.status_code == 422
    assert "Say why the study is halted." in words_of(response)
    assert 'value="2001-01-01"' in words_of(response)


def test_ending_it_says_how_many_leads_were_freed_and_a_second_press_that_it_is_over(
    study_site: StudySite, site_lead: User, as_user: SignIn
) -> None:
    make_lead(study_site)
    make_lead(study_site)
    _halt(study_site, site_lead)
    client, url = as_user(site_lead), reverse("study_halt_end", args=[study_site.pk])

    assert client.post(url, {"resolution": ""}).status_code == 422
    assert "2 leads freed." in words_of(client.post(url, {"resolution": "Over."}, follow=True))
    assert "ended already" in words_of(client.post(url, {"resolution": "Over."}, follow=True))


def test_queue_lead_and_panel_say_that_the_study_is_halted(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    _halt(study_site, site_lead)
    client = as_user(coordinator)

    queue = words_of(client.get(reverse("queue")))

    assert f"{study_site} is halted" in queue
    assert "study halted, nobody reaches out" in queue
    assert "Nothing past due" in queue
    url = reverse("lead", args=[lead.number])
    assert "The study is halted here" in words_of(client.get(url))
    assert "The study is halted here" in words_of(client.get(url, headers={"HX-Target": "panel"}))


def test_a_refused_contact_keeps_what_was_typed_and_names_who_halted(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator, received_at=timezone.now() - HOUR)
    _halt(study_site, site_lead)

    response = log(as_user(coordinator), lead, "no_answer", note="Rang twice")

    assert response.status_code == 422
    assert "Ana Lead halted this study here on" in words_of(response)
    assert "Rang twice" in words_of(response)


def test_while_jobs_still_link_leads_the_page_looks_again_by_itself(
    study_site: StudySite, site_lead: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recruitment.services.halting.BATCH", 1)
    for _ in range(3):
        make_lead(study_site)
    _halt(study_site, site_lead)

    page = as_user(site_lead).get(reverse("study_halt", args=[study_site.pk]))

    assert "2 leads still to be stopped" in words_of(page)
    assert page["Refresh"] == "3"


def test_the_blocker_of_a_halt_leads_to_the_page_of_the_halt(
    study_site: StudySite, site_lead: User, as_user: SignIn
) -> None:
    halt = _halt(study_site, site_lead)

    response = as_user(site_lead).get(reverse("study_blocker", args=[halt.pk]))

    assert response.headers["Location"] == reverse("study_halt", args=[study_site.pk])
