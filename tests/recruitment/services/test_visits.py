"""Visits through the services: booking, slots, results, and what follows each."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import (
    CtmsHandoff,
    StudySite,
    Visit,
)
from recruitment.rules.calendars import add_business_time
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, NoShowReason, VisitResult
from recruitment.rules.work_codes import ReadinessItemCode, ReadinessState, VisitType
from recruitment.services.calendars import calendar_of
from recruitment.services.readiness import set_readiness
from recruitment.services.visits import reschedule_visit
from tests.factories.recruitment import make_lead
from tests.factories.stages import STEP, Steps, bring_to
from tests.recruitment.services.visit_steps import end_with

DAY = timedelta(days=1)


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
            end_with(booked, result, **values)
        assert booked.lead.visits.get().result == ""
        return
    end_with(booked, result, **values)

    visit = booked.lead.visits.get()
    assert (visit.result, visit.no_show_reason) == (result, reason or "")
    attended = result == VisitResult.ATTENDED
    assert booked.lead.stage == (Stage.SCREENED if attended else Stage.READY_TO_SCHEDULE)
    assert booked.lead.events.filter(kind="visit_ended", code=result).exists()


def test_a_no_show_is_followed_up_within_four_business_hours(booked: Steps) -> None:
    visit = booked.lead.visits.get()
    booked.at = visit.starts_at + STEP

    end_with(booked, VisitResult.NO_SHOW, no_show_reason=NoShowReason.TRANSPORT)

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
    end_with(
        ready,
        VisitResult.ATTENDED,
        decided_by=ready.decided_by,
        plan=Plan(ActionType.RECORD_OUTCOME, ready.at + 3 * DAY),
    )

    assert CtmsHandoff.objects.get().visit == Visit.objects.get(result="attended")
