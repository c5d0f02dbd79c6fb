"""A demo that is made on a day off looks as alive as on any other day: much was left on Friday."""

from datetime import datetime
from random import Random
from typing import Any
from unittest.mock import Mock

import pytest

from recruitment.demo.cases import LEFT_ON_FRIDAY, Case
from recruitment.demo.desks import HOUR, Desk, Worker
from recruitment.demo.people import Member
from recruitment.models import Role
from recruitment.rules.calendars import BusinessCalendar
from tests.recruitment.demo.fixtures import SATURDAY
from trialsnest.lib.zones import DAY

FRIDAY_NOON = SATURDAY.replace(day=13, hour=16)  # 12:00 in New York, in summer time
TRIES = 400


def case_of(now: datetime, *, arrived: datetime, rng: Random) -> Case:
    """A case at a desk that is open in New York's office hours, in a story that ends at `now`."""
    values: dict[str, Any] = dict.fromkeys(
        ("plan", "study_site", "sources", "team", "delegated", "workers", "lead", "half")
    )
    desk = Desk(**values, calendar=BusinessCalendar("America/New_York"), now=now)
    member = Member("ada", "Ada Sample", Role.COORDINATOR)
    return Case(
        arrival=Mock(desk=desk, known_at=arrived),
        enquirer=Mock(),
        lead_number="",
        once_key="",
        rng=rng,
        worker=Worker(Mock(), member),
    )


def share_left(now: datetime, due: datetime) -> float:
    """How much of what is due at `due` is not done when the story ends."""
    rng = Random(7)
    case = case_of(now, arrived=due - 2 * HOUR, rng=rng)
    return sum(next(case.attend(due)) > now for _ in range(TRIES)) / TRIES


def test_much_of_what_was_due_on_friday_afternoon_is_left() -> None:
    left = share_left(SATURDAY, FRIDAY_NOON + 2 * HOUR)

    assert LEFT_ON_FRIDAY - 0.08 < left < LEFT_ON_FRIDAY + 0.15


def test_what_was_due_before_is_done_as_ever_unless_somebody_is_late() -> None:
    assert share_left(SATURDAY, FRIDAY_NOON - 3 * HOUR) < 0.15
    assert share_left(SATURDAY, FRIDAY_NOON - DAY) < 0.1


def test_on_a_working_day_nothing_is_left_on_purpose() -> None:
    friday_evening = FRIDAY_NOON + 7 * HOUR

    assert share_left(friday_evening, FRIDAY_NOON + 2 * HOUR) < 0.25


@pytest.mark.parametrize(
    ("now", "left_from"),
    [
        (SATURDAY, FRIDAY_NOON),
        (SATURDAY + DAY, FRIDAY_NOON),
        (FRIDAY_NOON, None),
        (SATURDAY + 2 * DAY, None),
    ],
    ids=["Saturday", "Sunday", "Friday", "Monday"],
)
def test_only_a_day_off_leaves_from_noon_of_the_last_working_day(
    now: datetime, left_from: datetime | None
) -> None:
    assert case_of(now, arrived=now, rng=Random(1)).desk.left_from == left_from
