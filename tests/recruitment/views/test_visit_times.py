"""Another time for a visit is proposed as the first one was: free times, and the place (G6, G7)."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite, Visit
from recruitment.rules.stages import Stage
from tests.factories.recruitment import make_lead
from tests.factories.stages import bring_to
from tests.recruitment.views.lead_steps import PANEL, post, words_of
from trialsnest.lib.weeks import Week
from trialsnest.lib.zones import DAY, local_time

SignIn = Callable[[User], Client]
URL = "lead_visit_reschedule"


@pytest.fixture
def client(coordinator: User, as_user: SignIn) -> Client:
    return as_user(coordinator)


@pytest.fixture
def scheduled(study_site: StudySite, coordinator: User) -> Lead:
    return lead_at(Stage.SCHEDULED, study_site, coordinator)


def lead_at(stage: Stage, place: StudySite, by: User) -> Lead:
    lead = make_lead(place, owner=by, received_at=timezone.now() - DAY)
    bring_to(stage, lead, by, at=lead.received_at)
    lead.refresh_from_db()
    return lead


def form_of(client: Client, lead: Lead, name: str) -> str:
    """The form of the panel that is sent to the page of this name."""
    html = client.get(reverse("lead", args=[lead.number]), headers=PANEL).content.decode()
    return html.split(f'action="{reverse(name, args=[lead.number])}"')[1].split("</form>")[0]


def times_in(form: str) -> list[datetime]:
    values = re.findall(r'name="slot" value="([^"]+)"', form)
    return [datetime.fromisoformat(value) for value in values]


def place_in(form: str) -> str:
    found = re.search(r'name="place" value="([^"]*)"', form)
    return found[1] if found else ""


def test_rescheduling_proposes_the_times_that_booking_proposes_and_the_place_it_has(
    study_site: StudySite, coordinator: User, client: Client, scheduled: Lead
) -> None:
    other = lead_at(Stage.READY_TO_SCHEDULE, study_site, coordinator)

    offered = times_in(form_of(client, scheduled, URL))

    assert offered == times_in(form_of(client, other, "lead_visit_book"))
    assert len(offered) == 6
    assert place_in(form_of(client, scheduled, URL)) == scheduled.visits.get(result="").place != ""


def test_one_press_moves_the_visit_to_a_proposed_time(client: Client, scheduled: Lead) -> None:
    form = form_of(client, scheduled, URL)
    old = scheduled.visits.get(result="")

    answer = post(client, URL, scheduled, slot=times_in(form)[2].isoformat(), place=place_in(form))

    assert answer.status_code == 302
    old.refresh_from_db()
    new = scheduled.visits.get(result="")
    assert old.result == "rescheduled"
    assert (new.starts_at, new.place) == (times_in(form)[2], old.place)


def test_the_slot_of_the_visit_is_free_for_it_and_its_own_time_is_not_proposed(
    study_site: StudySite, coordinator: User, client: Client, scheduled: Lead
) -> None:
    StudySite.objects.filter(pk=study_site.pk).update(capacity_per_week=1)
    first = times_in(form_of(client, scheduled, URL))[0]
    assert post(client, URL, scheduled, slot=first.isoformat()).status_code == 302
    other = lead_at(Stage.READY_TO_SCHEDULE, study_site, coordinator)

    own = times_in(form_of(client, scheduled, URL))
    of_others = times_in(form_of(client, other, "lead_visit_book"))

    week = Week.containing(first, study_site.site.time_zone)
    assert first not in own
    assert [moment for moment in own if moment in week]
    assert not [moment for moment in of_others if moment in week]


def test_a_week_that_others_fill_is_not_proposed(
    study_site: StudySite, coordinator: User, client: Client, scheduled: Lead
) -> None:
    other = lead_at(Stage.SCHEDULED, study_site, coordinator)
    StudySite.objects.filter(pk=study_site.pk).update(capacity_per_week=1)
    taken = Visit.objects.get(lead=other)

    offered = times_in(form_of(client, scheduled, URL))

    week = Week.containing(taken.starts_at, study_site.site.time_zone)
    assert offered
    assert not [moment for moment in offered if moment in week]


def test_a_time_that_is_written_wins_and_an_empty_place_keeps_the_place(
    client: Client, scheduled: Lead
) -> None:
    old = scheduled.visits.get(result="")
    offered = times_in(form_of(client, scheduled, URL))[0]
    zone = scheduled.study_site.site.time_zone
    day = local_time(old.starts_at + DAY, zone).date().isoformat()

    answer = post(
        client, URL, scheduled, slot=offered.isoformat(), starts_on=day, starts_time="11:15"
    )

    assert answer.status_code == 302
    new = scheduled.visits.get(result="")
    assert f"{local_time(new.starts_at, zone):%Y-%m-%d %H:%M}" == f"{day} 11:15"
    assert new.place == old.place


@pytest.mark.parametrize("data", [{}, {"starts_on": "2027-03-02"}, {"starts_time": "09:00"}])
def test_without_a_time_the_visit_stays_and_the_page_says_what_to_do(
    client: Client, scheduled: Lead, data: dict[str, str]
) -> None:
    answer = post(client, URL, scheduled, **data)

    assert answer.status_code == 422
    assert "Choose a free time, or write both day and time." in words_of(answer)
    assert scheduled.visits.get().result == ""
