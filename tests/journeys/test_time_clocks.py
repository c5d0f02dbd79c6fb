"""Scenarios 19 to 23: clocks in opening hours, through the services, the jobs and the pages."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Clock, Lead, StudySite
from recruitment.queries.recovery import Recovery, listed
from recruitment.rules.clock_codes import ClockStanding
from recruitment.rules.clocks import standing_of
from recruitment.rules.events import EventKind
from recruitment.rules.recovery import AgingLane
from recruitment.rules.stages import Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import BlockerCategory, Party, RecordsType
from recruitment.services.blockers import open_blocker, resolve_blocker
from recruitment.services.clocks import clock_of
from recruitment.services.folding import clock_differences
from recruitment.services.pauses_over import tell_pauses_over
from recruitment.services.records import name_records
from recruitment.services.records_lists import NamedRecord
from recruitment.services.site_hours import add_holiday
from tests.factories.recruitment import make_lead
from tests.factories.stages import bring_to
from tests.recruitment.views.lead_steps import words_of
from tests.time_cases import local, shown

SignIn = Callable[[User], Client]
T, B, Is = TargetKey, BlockerCategory, ClockStanding
pytestmark = pytest.mark.slow


def received(study_site: StudySite, at: str, **values: Any) -> Lead:
    lead: Lead = make_lead(study_site, received_at=local(at), **values)
    return lead


def clock(lead: Lead, target: TargetKey) -> Clock:
    """The running clock; the log agrees with it."""
    assert list(clock_differences([lead])) == []
    return Clock.objects.get(lead=lead, target=target, outcome="")


def due(lead: Lead, target: TargetKey) -> str:
    due_at = clock(lead, target).due_at
    assert due_at is not None
    return shown(due_at)


def told(client: Client, row: Clock) -> str:
    """The words on how its due time came about."""
    assert row.lead is not None
    return words_of(client.get(reverse("lead_clock", args=[row.lead.number, row.pk])))


def test_s19_a_lead_of_friday_afternoon_is_due_on_monday_or_after_a_holiday_on_tuesday(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = received(study_site, "2026-03-06 16:30")
    assert due(lead, T.FIRST_RESPONSE) == "Mon 2026-03-09 16:30"

    site, at = study_site.site, local("2026-03-05 10:00")
    add_holiday(site, on=date(2026, 3, 9), name="Founding day", by=site_lead, at=at)
    study_site.refresh_from_db()
    later = received(StudySite.objects.get(pk=study_site.pk), "2026-03-06 16:30")

    assert due(later, T.FIRST_RESPONSE) == "Tue 2026-03-10 16:30"
    words = told(as_user(coordinator), clock(later, T.FIRST_RESPONSE))
    assert (
        "Received Fri 16:30, plus 8 business hours, Mon closed for Founding day = Tue 16:30"
        in words
    )


def test_s20_a_lead_of_saturday_starts_its_clock_on_monday_and_keeps_its_own_time(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = received(study_site, "2026-03-07 11:00")
    row = clock(lead, T.FIRST_RESPONSE)
    assert shown(lead.received_at) == "Sat 2026-03-07 11:00"
    assert due(lead, T.FIRST_RESPONSE) == "Mon 2026-03-09 17:00"
    words = told(as_user(coordinator), row)
    assert "Received Sat 11:00, starts at the next opening Mon 09:00" in words


def block(
    lead: Lead,
    by: User,
    at: datetime,
    category: BlockerCategory,
    review_by: str,
    party: Party | None = None,
) -> Any:
    lead.refresh_from_db()
    return open_blocker(
        lead=lead,
        category=category,
        waiting_on=party,
        review_by=local(review_by),
        by=by,
        at=at,
        seen=lead.version,
    )


def test_s21_missing_records_pause_the_clock_and_it_goes_on_with_what_is_left(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = received(study_site, "2026-03-09 08:00", owner=coordinator, by=coordinator)
    monday: datetime = local("2026-03-09 09:00")
    record = NamedRecord(RecordsType.values[0])  # type: ignore[arg-type]
    name_records(lead=lead, items=[record], by=coordinator, at=monday, seen=None)
    assert due(lead, T.RECORDS_REQUEST) == "Mon 2026-03-09 17:00"

    blocker = block(
        lead, coordinator, local("2026-03-09 12:00"), B.MISSING_RECORDS, "2026-03-13 09:00"
    )
    assert due(lead, T.RECORDS_REQUEST) == "Fri 2026-03-13 14:00"
    lead.refresh_from_db()
    resolve_blocker(
        blocker=blocker,
        resolution="The release was signed.",
        by=coordinator,
        at=local("2026-03-11 09:00"),
        seen=lead.version,
    )
    assert due(lead, T.RECORDS_REQUEST) == "Wed 2026-03-11 14:00"
    words = told(as_user(coordinator), clock(lead, T.RECORDS_REQUEST))
    assert "paused 1 d 21 h for missing records = Wed 14:00" in words


def test_s22_a_lack_of_capacity_that_waits_on_the_site_does_not_pause(
    study_site: StudySite, coordinator: User
) -> None:
    lead = received(study_site, "2026-03-02 09:00", owner=coordinator, by=coordinator)
    steps = bring_to(Stage.READY_TO_SCHEDULE, lead, coordinator)
    before = due(lead, T.SCHEDULE_OFFER)
    at, review = steps.at, "2026-03-06 09:00"
    first = block(lead, coordinator, at, B.VISIT_CAPACITY, review, Party.VISIT_CAPACITY)
    assert due(lead, T.SCHEDULE_OFFER) == before

    lead.refresh_from_db()
    resolve_blocker(
        blocker=first, resolution="Asked above.", by=coordinator, at=at, seen=lead.version
    )
    block(lead, coordinator, at, B.VISIT_CAPACITY, review, Party.SPONSOR)
    assert due(lead, T.SCHEDULE_OFFER) == "Fri 2026-03-06 17:00"


def test_s23_after_the_review_date_the_clock_goes_on_and_the_lead_is_in_the_dependency_lane(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = received(study_site, "2026-03-02 09:00", owner=coordinator, by=coordinator)
    block(lead, coordinator, local("2026-03-02 12:00"), B.CONTACT_PERMISSION, "2026-03-04 09:00")
    row = clock(lead, T.FIRST_RESPONSE)
    before, after = local("2026-03-04 08:59"), local("2026-03-04 09:00")
    assert standing_of(clock_of(row), before) == Is.PAUSED
    assert standing_of(clock_of(row), after) == Is.ON_TRACK
    assert shown(row.due_at) == "Wed 2026-03-04 14:00"  # type: ignore[arg-type]

    assert tell_pauses_over(at=after) == 1
    assert tell_pauses_over(at=after) == 0
    assert lead.events.filter(kind=EventKind.PAUSE_ENDED).count() == 1
    assert due(lead, T.FIRST_RESPONSE) == "Wed 2026-03-04 14:00"

    late = local("2026-03-04 10:00")
    recovery = Recovery([study_site], late)
    assert [found.pk for found in listed(recovery.standing)] == [lead.pk]
    page = as_user(site_lead).get(reverse("recovery") + "?whose=site")
    lanes = {lane["code"]: lane["count"] for lane in page.context["lanes"]}
    assert lanes[AgingLane.BLOCKED] == 1
    assert lead.person.display_name in words_of(page)
