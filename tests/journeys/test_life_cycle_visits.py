"""Records, visits and the hand-off to study operations, through the running pages."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.calendars import add_business_time
from recruitment.rules.stages import Stage
from recruitment.rules.visits import UNRECORDED
from recruitment.rules.vocabulary import RecordsType
from recruitment.services.calendars import calendar_of
from recruitment.services.records_lists import NamedRecord, set_records_list
from tests.factories.stages import Steps, bring_to
from tests.journeys.visit_pages import DAY, HOUR, end, lead_of
from tests.recruitment.views.lead_steps import post, words_of

SignIn = Callable[[User], Client]


def _step(client: Client, lead: Lead, kind: RecordsType, code: str, **data: object) -> Any:
    item = lead.records_items.get(type=kind)
    values = {"step": f"{item.pk}:{code}", "due": "keep"} | data
    return post(client, "lead_records", lead, **values)


@pytest.fixture
def scheduled(study_site: StudySite, coordinator: User) -> Steps:
    """A lead whose visit was two hours ago and has no result."""
    lead = lead_of(study_site, coordinator, ago=7 * DAY + 5 * HOUR)
    return bring_to(Stage.SCHEDULED, lead, coordinator)


def test_s31_a_record_that_was_received_but_not_reviewed_holds_ready_to_schedule_back(
    study_site: StudySite, coordinator: User, administrator: User, as_user: SignIn
) -> None:
    usual = [NamedRecord(RecordsType.LABS, why="So that nothing is measured twice.")]
    set_records_list(study_site.study, usual, by=administrator, at=timezone.now())
    lead = bring_to(Stage.RECORDS_NEEDED, lead_of(study_site, coordinator), coordinator).lead
    client = as_user(coordinator)
    page = reverse("lead", args=[lead.number])
    assert "Why: So that nothing is measured twice." in words_of(client.get(page))

    assert _step(client, lead, RecordsType.LABS, "request", how="fax").status_code == 302
    assert _step(client, lead, RecordsType.LABS, "receive").status_code == 302
    refused = post(client, "lead_move", lead, to="ready_to_schedule", due="proposed")

    assert refused.status_code == 422
    assert "Have the records that were received reviewed (Lab results)." in words_of(refused)
    assert lead.stage == Stage.RECORDS_NEEDED
    assert "Records: received" in words_of(client.get(page))
    _step(client, lead, RecordsType.LABS, "sufficient")
    assert "Records: reviewed" in words_of(client.get(page))
    moved = post(client, "lead_move", lead, to="ready_to_schedule", due="proposed")
    assert moved.status_code == 302
    assert lead.stage == Stage.READY_TO_SCHEDULE


def test_what_cannot_follow_for_a_record_is_not_offered_and_refused_when_sent(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = bring_to(Stage.RECORDS_NEEDED, lead_of(study_site, coordinator), coordinator).lead
    client = as_user(coordinator)
    named = post(client, "lead_records_name", lead, type="imaging", why="To plan the visit")
    assert named.status_code == 302

    refused = _step(client, lead, RecordsType.IMAGING, "sufficient")

    assert refused.status_code == 422
    assert "That cannot follow for this record now" in words_of(refused)
    html = client.get(reverse("lead", args=[lead.number])).content.decode()
    key = lead.records_items.get().pk
    offered = re.findall(rf'value="{key}:([a-z_]+)"', html)
    assert offered == [
        "asked",
        "signed",
        "request",
        "receive",
        "waive",
        "give_up",
        "drop",
    ]


def test_s34_a_missed_visit_is_shown_as_missed_and_a_no_show_needs_its_reason(
    scheduled: Steps, coordinator: User, as_user: SignIn
) -> None:
    lead, client = scheduled.lead, as_user(coordinator)
    queue = words_of(client.get(reverse("queue")))
    assert "no result recorded" in queue

    refused = end(client, lead, result="no_show")
    assert refused.status_code == 422
    assert "Say why the visit was missed." in words_of(refused)
    assert lead.visits.get().result == ""
    saved = end(client, lead, result="no_show", no_show_reason="transport")

    assert saved.status_code == 302
    lead.refresh_from_db()
    action = lead.next_actions.get(ended_at=None)
    calendar = calendar_of(lead.study_site.site)
    missed = lead.visits.get().starts_at + UNRECORDED
    due = add_business_time(missed, timedelta(hours=4), calendar)
    assert action.type == "missed_visit"
    assert abs(action.due_at - due) < timedelta(minutes=1)
    assert (lead.stage, lead.visits.get().no_show_reason) == ("ready_to_schedule", "transport")


def test_a_full_week_is_refused_at_the_day_with_its_count(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    StudySite.objects.filter(pk=study_site.pk).update(capacity_per_week=0)
    lead = bring_to(Stage.READY_TO_SCHEDULE, lead_of(study_site, coordinator), coordinator).lead
    day = (timezone.now() + 9 * DAY).date().isoformat()

    response = post(
        as_user(coordinator),
        "lead_visit_book",
        lead,
        starts_on=day,
        starts_time="10:00",
        type="screening",
        place="Room 2",
        preparation_sent="on",
    )

    assert response.status_code == 422
    assert "is full: 0 of 0 visits taken: 0 booked, 0 held." in words_of(response)


def test_dates_are_kept_for_a_person_and_shown_with_the_capacity(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = bring_to(Stage.READY_TO_SCHEDULE, lead_of(study_site, coordinator), coordinator).lead
    client = as_user(coordinator)
    day = timezone.now() + 8 * DAY
    half = post(client, "lead_dates_offer", lead, due="next_day", day_1=f"{day:%Y-%m-%d}")
    assert "Choose the day and the time to keep." in words_of(half)

    kept = post(
        client,
        "lead_dates_offer",
        lead,
        due="next_day",
        day_1=f"{day:%Y-%m-%d}",
        time_1="10:00",
    )

    assert kept.status_code == 302
    assert "Held: " in words_of(client.get(reverse("lead", args=[lead.number])))
    panel = words_of(client.get(reverse("capacity", args=[study_site.pk])))
    assert re.search(r" 4 0 1 3 ", panel)
    assert "Set visit slots" not in panel
    lead_page = as_user(site_lead).get(reverse("capacity", args=[study_site.pk]))
    assert "Set visit slots" in words_of(lead_page)


def test_a_site_lead_sets_the_slots_of_the_weeks_and_who_came_second_is_told(
    study_site: StudySite, site_lead: User, as_user: SignIn
) -> None:
    client = as_user(site_lead)
    url = reverse("capacity_edit", args=[study_site.pk])
    html = client.get(url).content.decode()
    weeks = re.findall(r'name="(week_[\d-]+)"', html)
    seen = re.search(r'name="seen" value="(\d+)"', html)
    assert seen is not None

    wrong = client.post(url, {"seen": seen[1], "usual": "x"})
    saved = client.post(url, {"seen": seen[1], "usual": "5", weeks[1]: "2"})
    second = client.post(url, {"seen": seen[1], "usual": "6"})

    assert "Write a whole number from 0 to 200." in words_of(wrong)
    assert (len(weeks), saved.status_code, second.status_code) == (12, 302, 409)
    study_site.refresh_from_db()
    assert study_site.capacity_per_week == 5
    assert study_site.week_capacities.get().slots == 2
    assert "Ana Lead" in words_of(client.get(url))


def test_an_administrator_writes_the_records_list_line_by_line(
    study_site: StudySite, administrator: User, as_user: SignIn
) -> None:
    client = as_user(administrator)
    url = reverse("records_list", args=[study_site.study.pk])
    values = {"seen": "0", "need_labs": "required", "need_imaging": "optional"}

    refused = client.post(url, values | {"why_labs": "To see whether they are eligible"})
    saved = client.post(url, values | {"why_labs": "So that nothing is measured twice"})
    second = client.post(url, values)

    assert "only the study team may say" in words_of(refused)
    assert (saved.status_code, second.status_code) == (302, 409)
    items = study_site.study.records_lists.get().items.values_list("type", "is_required", "why")
    assert list(items) == [
        ("labs", True, "So that nothing is measured twice"),
        ("imaging", False, ""),
    ]
    assert administrator.name in words_of(client.get(url))


def test_the_checklist_shows_its_twelve_rows_and_what_is_clear(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = bring_to(Stage.READY_TO_SCHEDULE, lead_of(study_site, coordinator), coordinator).lead
    client = as_user(coordinator)

    saved = post(client, "lead_readiness", lead, item_travel="not_clear", owner=str(coordinator.pk))

    assert saved.status_code == 302
    page = words_of(client.get(reverse("lead", args=[lead.number])))
    assert "Scheduling readiness, 4 of 12" in page
    assert "Travel or transport Not clear Priya Raman sees to it" in page
