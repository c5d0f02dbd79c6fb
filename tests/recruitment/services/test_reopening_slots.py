"""A closed lead keeps no slot: reopened, it does not take one back that went to others (G7)."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from recruitment.models import Role, SlotHold, StudySite, week_load
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.texts import MAX_NOTE
from recruitment.services.closing import close_lead
from recruitment.services.reopening import reopen_lead
from recruitment.services.undo import undo_action
from recruitment.services.visits import offer_dates
from tests.factories.recruitment import make_lead, make_member
from tests.factories.stages import Steps, bring_to
from trialsnest.lib.weeks import Week

KEPT = datetime.fromisoformat("2026-03-11T15:00:00+00:00")  # a Wednesday, 11:00 in New York
LATER = KEPT + timedelta(days=1)
GONE = "The time kept on Wed 11 Mar 11:00 went to others meanwhile; offer dates anew."


def _offered(study_site: StudySite, by: User, *times: datetime) -> Steps:
    """A lead that was offered these times, and is closed since."""
    steps = bring_to(Stage.READY_TO_SCHEDULE, make_lead(study_site), by)
    plan = steps.plan()
    offer_dates(plan=plan, holds=times, hold_until=KEPT, **steps.common())  # type: ignore[arg-type]
    close_lead(code=CloseCode.PT_NOT_INTERESTED, **steps.common())  # type: ignore[arg-type]
    return steps


def _reopen(steps: Steps, note: str = "") -> str:
    plan = steps.plan()
    said = reopen_lead(to=Stage.READY_TO_SCHEDULE, plan=plan, note=note, **steps.common())  # type: ignore[arg-type]
    steps.lead.refresh_from_db()
    return said


def _kept(steps: Steps) -> list[datetime]:
    rows = SlotHold.objects.filter(lead=steps.lead, ended_at__isnull=True)
    return list(rows.values_list("starts_at", flat=True))


def _taken(steps: Steps) -> tuple[int, int]:
    place = steps.lead.study_site
    load = week_load(place, Week.containing(KEPT, place.site.time_zone), at=steps.at)
    return load.taken, load.slots


def test_a_time_that_was_booked_by_another_meanwhile_is_let_go_and_told(
    one_a_week: StudySite, coordinator: User
) -> None:
    steps = _offered(one_a_week, coordinator, KEPT)
    peer = make_member(Role.COORDINATOR, one_a_week)
    bring_to(Stage.READY_TO_SCHEDULE, make_lead(one_a_week), peer).book(starts_at=KEPT)

    said = _reopen(steps)

    assert said == GONE
    assert _kept(steps) == []
    assert _taken(steps) == (1, 1)
    moved = steps.lead.events.filter(kind=EventKind.STAGE_CHANGED).latest("seq")
    assert moved.notes.get().text == GONE
    assert list(differences([steps.lead])) == []


def test_a_time_that_is_still_free_stays_kept_and_nothing_is_said(
    one_a_week: StudySite, coordinator: User
) -> None:
    steps = _offered(one_a_week, coordinator, KEPT)

    assert _reopen(steps) == ""
    assert _kept(steps) == [KEPT]
    assert _taken(steps) == (1, 1)


def test_of_two_times_kept_in_one_week_only_as_many_stay_as_there_is_room_for(
    one_a_week: StudySite, coordinator: User
) -> None:
    one_a_week.capacity_per_week = 2
    one_a_week.save()
    steps = _offered(one_a_week, coordinator, KEPT, LATER)
    peer = make_member(Role.COORDINATOR, one_a_week)
    bring_to(Stage.READY_TO_SCHEDULE, make_lead(one_a_week), peer).book(starts_at=KEPT)

    said = _reopen(steps)

    assert said == GONE.replace("Wed 11 Mar 11:00", "Thu 12 Mar 11:00")
    assert _kept(steps) == [KEPT]
    assert _taken(steps) == (2, 2)


def test_an_undone_reopening_puts_the_kept_time_back_for_a_closed_lead_only(
    one_a_week: StudySite, coordinator: User
) -> None:
    steps = _offered(one_a_week, coordinator, KEPT)
    peer = make_member(Role.COORDINATOR, one_a_week)
    bring_to(Stage.READY_TO_SCHEDULE, make_lead(one_a_week), peer).book(starts_at=KEPT)
    _reopen(steps)
    last = steps.lead.events.latest("seq")

    undo_action(action_id=last.action_id, by=coordinator, at=steps.at + timedelta(minutes=5))

    steps.lead.refresh_from_db()
    assert steps.lead.stage == Stage.CLOSED_OTHER
    assert _taken(steps) == (1, 1)
    assert list(differences([steps.lead])) == []


def test_a_note_leaves_room_for_the_sentence_about_the_lost_time(
    one_a_week: StudySite, coordinator: User
) -> None:
    steps = _offered(one_a_week, coordinator, KEPT)
    peer = make_member(Role.COORDINATOR, one_a_week)
    bring_to(Stage.READY_TO_SCHEDULE, make_lead(one_a_week), peer).book(starts_at=KEPT)
    room = MAX_NOTE - len(GONE) - 1

    with pytest.raises(InvalidInput, match=f"At most {room:,} characters here") as refusal:
        _reopen(steps, "x" * (room + 1))
    assert refusal.value.field == "note"
    steps.lead.refresh_from_db()
    assert steps.lead.stage == Stage.CLOSED_OTHER

    assert _reopen(steps, "x" * room) == GONE
    moved = steps.lead.events.filter(kind=EventKind.STAGE_CHANGED).latest("seq")
    assert len(moved.notes.get().text) == MAX_NOTE
