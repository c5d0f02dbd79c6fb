"""Visits through the services: booking, slots, results, and what follows each."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import (
    CtmsHandoff,
    LeadNote,
    SettingChange,
    SlotHold,
    StudySite,
    Visit,
    WeekCapacity,
    week_load,
)
from recruitment.queries.projection import differences
from recruitment.rules.calendars import add_business_time
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, NoShowReason, VisitResult
from recruitment.rules.work_codes import ReadinessItemCode, ReadinessState, VisitType
from recruitment.services.calendars import calendar_of
from recruitment.services.capacity import set_capacity
from recruitment.services.overrides import NotSiteLead
from recruitment.services.readiness import set_readiness
from recruitment.services.settings import SettingMoved
from recruitment.services.visits import book_visit, end_visit, offer_dates, reschedule_visit
from tests.factories.recruitment import MONDAY, make_lead
from tests.factories.stages import STEP, Steps, bring_to
from trialsnest.lib.weeks import Week

DAY = timedelta(days=1)
MISSED = [VisitResult.PATIENT_CANCELED, VisitResult.SITE_CANCELED]


@pytest.fixture
def ready(study_site: StudySite, coordinator: User) -> Iterator[Steps]:
    found = bring_to(Stage.READY_TO_SCHEDULE, make_lead(study_site), coordinator)
    yield found
    assert list(differences([found.lead])) == []


@pytest.fixture
def booked(study_site: StudySite, coordinator: User) -> Iterator[Steps]:
    found = bring_to(Stage.SCHEDULED, make_lead(study_site), coordinator)
    yield found
    assert list(differences([found.lead])) == []


def _end(steps: Steps, result: VisitResult, **values: Any) -> None:
    end_visit(result=result, **{**steps.common(), **values})  # type: ignore[arg-type]
    steps.lead.refresh_from_db()


def _offer(steps: Steps, *ahead: timedelta, **values: Any) -> None:
    common = steps.common()
    holds = [steps.at + span for span in ahead]
    offer_dates(plan=steps.plan(), holds=holds, **{**common, **values})  # type: ignore[arg-type]


def _fill(study_site: StudySite, starts_at: Any, coordinator: User, count: int) -> None:
    for _ in range(count):
        other = bring_to(Stage.READY_TO_SCHEDULE, make_lead(study_site), coordinator)
        other.book(starts_at=starts_at)


def test_booking_keeps_kind_place_and_by_when_to_confirm(ready: Steps) -> None:
    ready.book(type=VisitType.REMOTE, place="  Video\tcall ")

    visit = ready.lead.visits.get()
    action = ready.lead.next_actions.get(ended_at=None)
    assert (visit.type, visit.place) == ("remote", "Video call")
    assert visit.confirm_by is not None
    assert (action.type, action.due_at) == ("confirm_visit", visit.confirm_by)
    item = ready.lead.readiness_items.get(code=ReadinessItemCode.PREPARATION)
    assert item.state == ReadinessState.CLEAR


def test_a_visit_booked_under_three_days_ahead_is_not_to_be_confirmed(ready: Steps) -> None:
    ready.book(starts_at=ready.at + 2 * DAY)

    visit = ready.lead.visits.get()
    action = ready.lead.next_actions.get(ended_at=None)
    assert visit.confirm_by is None
    assert (action.type, action.due_at) == ("record_visit", visit.starts_at)


@pytest.mark.parametrize("reason", [None, *NoShowReason])
@pytest.mark.parametrize("result", list(VisitResult))
def test_every_result_with_every_no_show_reason(
    booked: Steps, result: VisitResult, reason: NoShowReason | None
) -> None:
    booked.at = booked.lead.visits.get().starts_at + 2 * STEP
    values: dict[str, Any] = {"no_show_reason": reason}
    if result == VisitResult.ATTENDED:
        values["decided_by"] = booked.decided_by
    legal = result != VisitResult.RESCHEDULED and (result == VisitResult.NO_SHOW) == bool(reason)

    if not legal:
        with pytest.raises(InvalidInput):
            _end(booked, result, **values)
        assert booked.lead.visits.get().result == ""
        return
    _end(booked, result, **values)

    visit = booked.lead.visits.get()
    assert (visit.result, visit.no_show_reason) == (result, reason or "")
    attended = result == VisitResult.ATTENDED
    assert booked.lead.stage == (Stage.SCREENED if attended else Stage.READY_TO_SCHEDULE)
    assert booked.lead.events.filter(kind="visit_ended", code=result).exists()


def test_a_no_show_is_followed_up_within_four_business_hours(booked: Steps) -> None:
    visit = booked.lead.visits.get()
    booked.at = visit.starts_at + STEP

    _end(booked, VisitResult.NO_SHOW, no_show_reason=NoShowReason.TRANSPORT)

    action = booked.lead.next_actions.get(ended_at=None)
    clock = booked.lead.clocks.get(target=TargetKey.MISSED_VISIT, outcome="")
    missed_at = visit.starts_at + timedelta(hours=1)
    calendar = calendar_of(booked.lead.study_site.site)
    assert action.type == ActionType.MISSED_VISIT
    assert action.due_at == add_business_time(missed_at, timedelta(hours=4), calendar)
    assert action.due_at == clock.due_at


def test_rescheduling_ends_the_visit_and_books_the_new_time_in_one_step(booked: Steps) -> None:
    old = booked.lead.visits.get()
    moment = old.starts_at + 2 * DAY

    reschedule_visit(starts_at=moment, **booked.common())  # type: ignore[arg-type]

    booked.lead.refresh_from_db()
    old.refresh_from_db()
    new = booked.lead.visits.get(result="")
    assert (old.result, new.starts_at, new.place) == ("rescheduled", moment, old.place)
    assert (booked.lead.stage, booked.lead.visit_at) == (Stage.SCHEDULED, moment)
    last = booked.lead.events.order_by("-seq")[:4].values_list("action_id", flat=True)
    assert len(set(last)) == 1


def test_rescheduling_to_the_same_time_or_without_a_visit_is_refused(
    booked: Steps, study_site: StudySite, coordinator: User
) -> None:
    same = booked.lead.visits.get().starts_at
    with pytest.raises(InvalidInput, match="has already"):
        reschedule_visit(starts_at=same, **booked.common())  # type: ignore[arg-type]

    other = bring_to(Stage.READY_TO_SCHEDULE, make_lead(study_site), coordinator)
    with pytest.raises(InvalidInput, match="No visit is booked"):
        reschedule_visit(starts_at=same, **other.common())  # type: ignore[arg-type]


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

    _end(booked, result, no_show_reason=missed)

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


def test_readiness_is_set_item_by_item_and_only_changes_are_written(
    ready: Steps, coordinator: User, outsider: User
) -> None:
    def save(states: dict[ReadinessItemCode, ReadinessState], **values: Any) -> None:
        set_readiness(states=states, **ready.common(), **values)  # type: ignore[arg-type]

    travel, clear = ReadinessItemCode.TRAVEL, ReadinessState.CLEAR
    save({travel: ReadinessState.NOT_CLEAR}, owner=coordinator)
    assert ready.lead.readiness_items.get(code=travel).owner == coordinator
    with pytest.raises(InvalidInput, match="Nothing was changed"):
        save({travel: ReadinessState.NOT_CLEAR})
    save({travel: clear, ReadinessItemCode.MATERIALS: clear})

    said = ready.lead.events.filter(kind="readiness_changed").values_list("code", "reason_code")
    assert list(said) == [("travel", "not_clear"), ("travel", "clear"), ("materials", "clear")]
    assert ready.lead.readiness_items.get(code=travel).owner is None
    with pytest.raises(InvalidInput, match="Nothing was changed"):
        save({travel: clear})
    with pytest.raises(InvalidInput, match="does not work on this study"):
        save({travel: ReadinessState.NOT_CLEAR}, owner=outsider)


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


def test_an_attended_visit_opens_the_hand_off_and_a_booked_one_does_not(booked: Steps) -> None:
    assert not CtmsHandoff.objects.exists()

    booked.attend()

    handoff = CtmsHandoff.objects.get(lead=booked.lead)
    assert (handoff.state, handoff.visit) == ("to_hand_off", booked.lead.visits.get())


def test_where_the_study_says_so_booking_opens_it_and_rescheduling_takes_it_along(
    ready: Steps, study_site: StudySite
) -> None:
    type(study_site.study).objects.filter(pk=study_site.study_id).update(ctms_handoff_on="booked")
    ready.lead.study_site.study.refresh_from_db()
    ready.book()
    moment = ready.lead.visits.get().starts_at + DAY

    reschedule_visit(starts_at=moment, **ready.common())  # type: ignore[arg-type]
    ready.at = moment
    ready.lead.refresh_from_db()
    _end(
        ready,
        VisitResult.ATTENDED,
        decided_by=ready.decided_by,
        plan=Plan(ActionType.RECORD_OUTCOME, ready.at + 3 * DAY),
    )

    assert CtmsHandoff.objects.get().visit == Visit.objects.get(result="attended")
