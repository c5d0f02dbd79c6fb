"""Every lane, what decides between them, and what may not be done now (N7, D15, D18)."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recruitment.rules.lanes import Lane, Place, Ranked, contact_times, day_of, place
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType

SITE = "America/New_York"
NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)  # Wednesday 10:00 at the site
HOUR = timedelta(hours=1)

WORKED = Ranked(
    stage=Stage.CONTACTED,
    received_at=NOW - timedelta(days=3),
    first_action_at=NOW - timedelta(days=2),
    last_movement_at=NOW - timedelta(days=1),
    action=ActionType.REVIEW_PRESCREEN,
    due_at=NOW + timedelta(days=2),
    is_promised=False,
    visit_at=None,
    visit_confirmed=False,
)


def placed(*, now: datetime = NOW, zone: str = SITE, **changed: Any) -> Place:
    lead = dataclasses.replace(WORKED, **changed)
    return place(lead, day_of(now, SITE), contact_times(now, zone))


@pytest.mark.parametrize(
    ("changed", "lane", "reason"),
    [
        (
            {"is_promised": True, "due_at": NOW + timedelta(minutes=15)},
            Lane.PROMISED_CALLBACK,
            "call-back promised for 10:15",
        ),
        (
            {"is_promised": True, "due_at": NOW - 2 * HOUR},
            Lane.PROMISED_CALLBACK,
            "call-back promised for 08:00",
        ),
        (
            {"first_action_at": None, "due_at": NOW - 2 * HOUR},
            Lane.NO_FIRST_ACTION,
            "no first action",
        ),
        (
            {"first_action_at": None, "due_at": NOW + 3 * HOUR},
            Lane.NO_FIRST_ACTION,
            "no first action",
        ),
        (
            {"visit_at": NOW + 2 * HOUR},
            Lane.VISITS,
            "visit 12:00, not confirmed",
        ),
        (
            {"visit_at": NOW - 2 * HOUR, "visit_confirmed": True},
            Lane.VISITS,
            "visit 2 h ago, no result recorded",
        ),
        (
            {"action": ActionType.MISSED_VISIT, "due_at": NOW + HOUR},
            Lane.VISITS,
            "missed visit to follow up",
        ),
        ({"due_at": NOW - HOUR}, Lane.OVERDUE, "was due 09:00"),
        ({"due_at": NOW - timedelta(days=2)}, Lane.OVERDUE, "was due Mon 2 Mar 10:00"),
        (
            {"review_by": NOW - HOUR},
            Lane.OVERDUE,
            "blocker to look at again since 09:00",
        ),
        ({"chase_at": NOW - HOUR}, Lane.OVERDUE, "records to chase since 09:00"),
        ({"accept_by": NOW + HOUR}, Lane.DUE_TODAY, "hand-off to be answered by 11:00"),
        (
            {"chase_at": NOW + 2 * HOUR, "confirm_by": NOW + HOUR},
            Lane.DUE_TODAY,
            "visit to confirm by 11:00",
        ),
        (
            {"stage": Stage.READY_TO_SCHEDULE},
            Lane.READY_TO_SCHEDULE,
            "no dates offered yet",
        ),
        ({"due_at": NOW + HOUR}, Lane.DUE_TODAY, "due in 1 h"),
        (
            {"review_by": NOW + HOUR},
            Lane.DUE_TODAY,
            "blocker to look at again by 11:00",
        ),
        ({}, Lane.REST, "last movement 1 d ago"),
        (
            {"last_movement_at": None},
            Lane.REST,
            "no movement in 3 d",
        ),
    ],
)
def test_each_lane_takes_its_leads_and_says_why(
    changed: dict[str, Any], lane: Lane, reason: str
) -> None:
    found = placed(**changed)

    assert (found.lane, found.reason) == (lane, reason)


@pytest.mark.parametrize(
    ("changed", "lane"),
    [
        ({"is_promised": True, "due_at": NOW + 4 * HOUR}, Lane.DUE_TODAY),
        ({"visit_at": NOW + 2 * HOUR, "visit_confirmed": True}, Lane.REST),
        ({"visit_at": NOW + timedelta(days=1)}, Lane.REST),
        ({"visit_at": NOW - timedelta(minutes=30), "visit_confirmed": True}, Lane.REST),
        ({"action": ActionType.MISSED_VISIT}, Lane.REST),
        ({"stage": Stage.READY_TO_SCHEDULE, "dates_offered": True}, Lane.REST),
        ({"stage": Stage.READY_TO_SCHEDULE, "due_at": NOW - HOUR}, Lane.OVERDUE),
        ({"due_at": NOW}, Lane.OVERDUE),
        ({"due_at": datetime(2026, 3, 5, 4, 59, tzinfo=UTC)}, Lane.DUE_TODAY),
        ({"due_at": datetime(2026, 3, 5, 5, 0, tzinfo=UTC)}, Lane.REST),
    ],
)
def test_near_misses_stand_where_they_belong(changed: dict[str, Any], lane: Lane) -> None:
    assert placed(**changed).lane == lane


def test_lanes_come_in_the_order_that_was_decided() -> None:
    keys = [
        placed(is_promised=True, due_at=NOW).key,
        placed(first_action_at=None).key,
        placed(visit_at=NOW + HOUR).key,
        placed(due_at=NOW - HOUR).key,
        placed(stage=Stage.READY_TO_SCHEDULE).key,
        placed(due_at=NOW + HOUR).key,
        placed().key,
    ]

    assert keys == sorted(keys)
    assert [key[0] for key in keys] == list(range(7))


def test_within_a_lane_the_older_and_the_earlier_come_first() -> None:
    untouched = [
        placed(first_action_at=None, received_at=NOW - timedelta(days=days)).key for days in (3, 1)
    ]
    late = [placed(due_at=NOW - hours * HOUR).key for hours in (30, 2)]
    quiet = [placed(last_movement_at=NOW - timedelta(days=days)).key for days in (9, 1)]

    for keys in (untouched, late, quiet):
        assert keys == sorted(keys)


def test_a_call_that_is_too_early_where_she_lives_waits_for_her_morning() -> None:
    # 10:00 at the site is 07:00 in Los Angeles; calls begin at 09:00 there, 12:00 here
    call = {"action": ActionType.CALL, "zone": "America/Los_Angeles"}
    late = placed(due_at=NOW - HOUR, **call)
    new = placed(first_action_at=None, **call | {"due_at": NOW - HOUR})

    assert late.lane == Lane.DUE_TODAY
    assert late.reason == "contact from 12:00"
    assert new.lane == Lane.NO_FIRST_ACTION
    assert new.key > placed(first_action_at=None, received_at=NOW - timedelta(minutes=5)).key


def test_work_that_reaches_nobody_does_not_wait_for_her_morning() -> None:
    found = placed(due_at=NOW - HOUR, zone="America/Los_Angeles")

    assert found.lane == Lane.OVERDUE


def test_an_evening_call_may_be_made_in_the_evening_it_was_planned_for() -> None:
    evening = datetime(2026, 3, 5, 0, 30, tzinfo=UTC)  # 19:30 at the site and where she lives
    call = {"action": ActionType.CALL, "now": evening}

    assert placed(due_at=evening - timedelta(minutes=15), **call).lane == Lane.OVERDUE
    assert placed(due_at=evening - 5 * HOUR, **call).lane == Lane.REST


def test_a_promised_call_is_made_up_to_nine_in_the_evening_and_never_later() -> None:
    promised = {"is_promised": True, "action": ActionType.CALL}
    evening = datetime(2026, 3, 5, 1, 30, tzinfo=UTC)  # 20:30
    night = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)  # 21:30

    in_time = placed(now=evening, due_at=evening, **promised)
    too_late = placed(now=night, due_at=night - HOUR, **promised)

    assert in_time.key[1] == 0
    assert too_late.key[1] == 1
    assert too_late.reason == "contact from Thu 5 Mar 08:00"


def test_today_ends_at_midnight_on_the_sites_clock_when_the_clock_changes() -> None:
    sunday = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)  # 01:30 before the clock springs forward

    day = day_of(sunday, SITE)

    assert day.ends_at == datetime(2026, 3, 9, 4, 0, tzinfo=UTC)


def test_what_nobody_works_on_now_stands_at_the_very_end_with_its_reason() -> None:
    long_ago = NOW - timedelta(days=90)
    resting = placed(last_movement_at=None, received_at=NOW, due_at=NOW + timedelta(days=9))
    held = placed(is_held=True, first_action_at=None, due_at=long_ago, received_at=long_ago)
    halted = placed(is_halted=True, due_at=NOW - HOUR, received_at=NOW)

    assert (held.lane, held.reason) == (Lane.REST, "on a list, not released yet")
    assert (halted.lane, halted.reason) == (Lane.REST, "study halted, nobody reaches out")
    assert resting.key < held.key < halted.key


def test_a_promise_outranks_the_list_and_a_booked_visit_the_halt() -> None:
    promised = placed(is_held=True, is_promised=True, due_at=NOW - HOUR)
    visit = placed(is_halted=True, visit_at=NOW + HOUR)

    assert promised.lane == Lane.PROMISED_CALLBACK
    assert visit.lane == Lane.VISITS
