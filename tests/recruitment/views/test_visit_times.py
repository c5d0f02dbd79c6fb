"""Another time for a visit is proposed as the first one was: free times, and the place (G6, G7)."""

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Lead, StudySite, Visit
from recruitment.rules.stages import Stage
from tests.recruitment.views.lead_steps import PANEL, at_stage, post, words_of
from trialsnest.lib.weeks import Week
from trialsnest.lib.zones import DAY, local_time

URL = "lead_visit_reschedule"


@pytest.fixture
def scheduled(study_site: StudySite, coordinator: User) -> Lead:
    return at_stage(study_site, coordinator, Stage.SCHEDULED, ago=DAY)[0]


def form_of(desk: Client, lead: Lead, name: str) -> str:
    """The form of the panel that is sent to the page of this name."""
    html = desk.get(reverse("lead", args=[lead.number]), headers=PANEL).content.decode()
    return html.split(f'action="{reverse(name, args=[lead.number])}"')[1].split("</form>")[0]


def times_in(form: str) -> list[datetime]:
    values = re.findall(r'name="slot" value="([^"]+)"', form)
    return [datetime.fromisoformat(value) for value in values]


def place_in(form: str) -> str:
    found = re.search(r'name="place" value="([^"]*)"', form)
    return found[1] if found else ""


def test_rescheduling_proposes_the_times_that_booking_proposes_and_the_place_it_has(
    study_site: StudySite, coordinator: User, desk: Client, scheduled: Lead
) -> None:
    other = at_stage(study_site, coordinator, Stage.READY_TO_SCHEDULE, ago=DAY)[0]

    offered = times_in(form_of(desk, scheduled, URL))

    assert offered == times_in(form_of(desk, other, "lead_visit_book"))
    assert len(offered) == 6
    assert place_in(form_of(desk, scheduled, URL)) == scheduled.visits.get(result="").place != ""


def test_one_press_moves_the_visit_to_a_proposed_time(desk: Client, scheduled: Lead) -> None:
    form = form_of(desk, scheduled, URL)
    old = scheduled.visits.get(result="")

    answer = post(desk, URL, scheduled, slot=times_in(form)[2].isoformat(), place=place_in(form))

    assert answer.status_code == 302
    old.refresh_from_db()
    new = scheduled.visits.get(result="")
    assert old.result == "rescheduled"
    assert (new.starts_at, new.place) == (times_in(form)[2], old.place)


def test_the_slot_of_the_visit_is_free_for_it_and_its_own_time_is_not_proposed(
    study_site: StudySite, coordinator: User, desk: Client, scheduled: Lead
) -> None:
    StudySite.objects.filter(pk=study_site.pk).update(capacity_per_week=1)
    first = times_in(form_of(desk, scheduled, URL))[0]
    assert post(desk, URL, scheduled, slot=first.isoformat()).status_code == 302
    other = at_stage(study_site, coordinator, Stage.READY_TO_SCHEDULE, ago=DAY)[0]

    own = times_in(form_of(desk, scheduled, URL))
    of_others = times_in(form_of(desk, other, "lead_visit_book"))

    week = Week.containing(first, study_site.site.time_zone)
    assert first not in own
    assert [moment for moment in own if moment in week]
    assert not [moment for moment in of_others if moment in week]


def test_a_week_that_others_fill_is_not_proposed(
    study_site: StudySite, coordinator: User, desk: Client, scheduled: Lead
) -> None:
    other = at_stage(study_site, coordinator, Stage.SCHEDULED, ago=DAY)[0]
    StudySite.objects.filter(pk=study_site.pk).update(capacity_per_week=1)
    taken = Visit.objects.get(lead=other)

    offered = times_in(form_of(desk, scheduled, URL))

    week = Week.containing(taken.starts_at, study_site.site.time_zone)
    assert offered
    assert not [moment for moment in offered if moment in week]


def test_a_time_that_is_written_wins_and_an_empty_place_keeps_the_place(
    desk: Client, scheduled: Lead
) -> None:
    old = scheduled.visits.get(result="")
    offered = times_in(form_of(desk, scheduled, URL))[0]
    zone = scheduled.study_site.site.time_zone
    day = local_time(old.starts_at + DAY, zone).date().isoformat()

    answer = post(
        desk, URL, scheduled, slot=offered.isoformat(), starts_on=day, starts_time="11:15"
    )

    assert answer.status_code == 302
    new = scheduled.visits.get(result="")
    assert f"{local_time(new.starts_at, zone):%Y-%m-%d %H:%M}" == f"{day} 11:15"
    assert new.place == old.place


@pytest.mark.parametrize("data", [{}, {"starts_on": "2027-03-02"}, {"starts_time": "09:00"}])
def test_without_a_time_the_visit_stays_and_the_page_says_what_to_do(
    desk: Client, scheduled: Lead, data: dict[str, str]
) -> None:
    answer = post(desk, URL, scheduled, **data)

    assert answer.status_code == 422
    assert "Choose a free time, or write both day and time." in words_of(answer)
    assert scheduled.visits.get().result == ""
