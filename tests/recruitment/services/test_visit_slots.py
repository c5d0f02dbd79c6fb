"""The slots of a week: full ones, times that are kept, who gives one back (G7)."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import (
    LeadNote,
    SettingChange,
    SlotHold,
    StudySite,
    WeekCapacity,
    week_load,
)
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import NoShowReason, VisitResult
from recruitment.services.capacity import set_capacity
from recruitment.services.overrides import NotSiteLead
from recruitment.services.settings import SettingMoved
from recruitment.services.visits import book_visit, offer_dates, reschedule_visit
from tests.factories.recruitment import MONDAY, make_lead
from tests.factories.stages import STEP, Steps, bring_to
from tests.recruitment.services.visit_steps import end_with
from trialsnest.lib.weeks import Week

DAY = timedelta(days=1)
MISSED = [VisitResult.PATIENT_CANCELED, VisitResult.SITE_CANCELED]


def _offer(steps: Steps, *ahead: timedelta, **values: Any) -> None:
    common = steps.common()
    holds = [steps.at + span for span in ahead]
    offer_dates(plan=steps.plan(), holds=holds, **{**common, **values})  # type: ignore[arg-type]


def _fill(study_site: StudySite, starts_at: Any, coordinator: User, count: int) -> None:
    for _ in range(count):
        other = bring_to(Stage.READY_TO_SCHEDULE, make_lead(study_site), coordinator)
        other.book(starts_at=starts_at)


def test_a_full_week_is_refused_with_its_count(
    ready: Steps, study_site: StudySite, coordinator: User
) -> None:
    StudySite.objects.filter(pk=study_site.pk).update(capacity_per_week=2)
    study_site.refresh_from_db()
    moment = ready.at + 7 * DAY
    _fill(study_site, moment, coordinator, 2)
    ready.lead.study_site.refresh_from_db()

    with pytest.raises(InvalidInput, match="2 of 2 visits taken: 2 booked, 0 held") as refusal:
        ready.book(starts_at=moment)

    assert refusal.value.field == "starts_at"
    assert not ready.lead.visits.exists()
    ready.book(starts_at=moment + 7 * DAY)


def test_slots_that_were_taken_away_since_the_page_was_read_are_not_booked(
    ready: Steps, study_site: StudySite
) -> None:
    common = ready.common()
    assert ready.lead.study_site.capacity_per_week > 0
    StudySite.objects.filter(pk=study_site.pk).update(capacity_per_week=0)

    with pytest.raises(InvalidInput, match="0 of 0 visits taken"):
        book_visit(starts_at=ready.at + 7 * DAY, place="Room 2", **common)  # type: ignore[arg-type]


def test_a_site_lead_books_over_a_full_week_with_a_reason(
    ready: Steps, study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    WeekCapacity.objects.create(study_site=study_site, week_on=date(2026, 3, 9), slots=0)
    moment = ready.at + 7 * DAY
    with pytest.raises(NotSiteLead):
        ready.book(starts_at=moment, override="The sponsor asked for it")
    ready.by = site_lead

    ready.book(starts_at=moment, override="The sponsor asked for it")

    events = ready.lead.events.filter(kind="gate_overridden", code="scheduled")
    assert {event.reason_code for event in events} == {"slot"}
    assert LeadNote.objects.filter(event__in=events, text__contains="sponsor asked").exists()


def test_a_site_lead_reschedules_into_a_full_week_with_a_reason(
    booked: Steps, study_site: StudySite, site_lead: User
) -> None:
    WeekCapacity.objects.create(study_site=study_site, week_on=date(2026, 3, 16), slots=0)
    moment = booked.at + 14 * DAY
    with pytest.raises(InvalidInput, match="is full"):
        reschedule_visit(starts_at=moment, **booked.common())  # type: ignore[arg-type]
    booked.by = site_lead

    reschedule_visit(
        starts_at=moment,
        override="Extra nurse that day",
        **booked.common(),  # type: ignore[arg-type]
    )

    event = booked.lead.events.get(kind="gate_overridden")
    assert (event.code, event.reason_code) == ("scheduled", "slot")


@pytest.mark.parametrize("result", [*MISSED, VisitResult.NO_SHOW])
def test_who_cancels_gives_the_slot_back_and_a_no_show_does_not(
    booked: Steps, result: VisitResult
) -> None:
    visit = booked.lead.visits.get()
    week = Week.containing(visit.starts_at, "America/New_York")
    booked.at = visit.starts_at + STEP
    missed = NoShowReason.UNWELL if result == VisitResult.NO_SHOW else None

    end_with(booked, result, no_show_reason=missed)

    load = week_load(booked.lead.study_site, week, at=booked.at)
    assert load.booked == (1 if result == VisitResult.NO_SHOW else 0)


def test_times_that_are_kept_count_as_held_until_they_run_out(
    ready: Steps, study_site: StudySite
) -> None:
    _offer(ready, 7 * DAY, 8 * DAY, hold_until=ready.at + 3 * DAY)

    week = Week.containing(ready.at + 7 * DAY, "America/New_York")
    assert week_load(study_site, week, at=ready.at).held == 2
    assert week_load(study_site, week, at=ready.at, but=ready.lead).held == 0
    assert week_load(study_site, week, at=ready.at + 4 * DAY).held == 0


def test_another_offer_and_a_booking_give_the_kept_times_back(ready: Steps) -> None:
    _offer(ready, 7 * DAY, 8 * DAY, 9 * DAY)
    _offer(ready, 10 * DAY)
    held = SlotHold.objects.filter(lead=ready.lead, ended_at=None)
    assert held.count() == 1

    ready.book()

    assert held.count() == 0


def test_a_closed_lead_holds_nothing(ready: Steps, study_site: StudySite) -> None:
    _offer(ready, 7 * DAY)
    ready.move(Stage.CLOSED_OTHER, reason="pt_not_interested")

    week = Week.containing(ready.at + 7 * DAY, "America/New_York")
    assert week_load(study_site, week, at=ready.at).held == 0


@pytest.mark.parametrize(
    ("ahead", "until", "words"),
    [
        ([1, 2, 3, 4], 1, "at most 3"),
        ([7], 29, "within the next 28 days"),
        ([7], 0, "within the next 28 days"),
        ([-1], 1, "must lie ahead"),
    ],
)
def test_too_many_too_long_and_past_holds_are_refused(
    ready: Steps, ahead: list[int], until: int, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        _offer(ready, *(days * DAY for days in ahead), hold_until=ready.at + until * DAY)

    assert not SlotHold.objects.exists()


def test_no_more_times_are_kept_in_a_week_than_it_has_slots(
    ready: Steps, study_site: StudySite
) -> None:
    WeekCapacity.objects.create(study_site=study_site, week_on=date(2026, 3, 9), slots=2)

    with pytest.raises(InvalidInput, match="is full"):
        _offer(ready, 7 * DAY, 8 * DAY, 9 * DAY)


def test_slots_of_a_week_are_kept_with_who_and_what(study_site: StudySite, site_lead: User) -> None:
    monday = date(2026, 3, 9)

    def save(usual: int, weeks: dict[date, int | None], **values: Any) -> int:
        return set_capacity(study_site, usual=usual, weeks=weeks, by=site_lead, at=MONDAY, **values)

    assert save(6, {monday: 2}, seen=0) == 2
    assert save(6, {monday: 2}) == 0
    assert save(6, {monday: None}) == 1

    told = SettingChange.objects.filter(object_id=study_site.pk, kind="studysite").order_by("pk")
    assert [(row.old, row.new, row.by) for row in told] == [
        ("4", "6", site_lead),
        ("as usual", "2", site_lead),
        ("2", "as usual", site_lead),
    ]
    with pytest.raises(SettingMoved):
        save(7, {}, seen=0)
    with pytest.raises(InvalidInput, match="0 to 200"):
        save(201, {})
    with pytest.raises(InvalidInput, match="begins on a Monday"):
        save(6, {date(2026, 3, 10): 1})
