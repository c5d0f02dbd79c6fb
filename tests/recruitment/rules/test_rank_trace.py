"""A rank told rule by rule: which one decided, and where the lead would stand otherwise."""

import dataclasses
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recruitment.rules.lanes import Lane, Ranked, contact_times, day_of, place
from recruitment.rules.rank_trace import RankTrace, rank_trace
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.vocabulary import ActionType

SITE = "America/New_York"
NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)  # Wednesday 10:00 at the site
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

WORKED = Ranked(
    stage=Stage.CONTACTED,
    received_at=NOW - 3 * DAY,
    first_action_at=NOW - 2 * DAY,
    last_movement_at=NOW - DAY,
    action=ActionType.REVIEW_PRESCREEN,
    due_at=NOW + 2 * DAY,
    is_promised=False,
    visit_at=None,
    visit_confirmed=False,
)
DECIDED = [
    ({"is_promised": True, "due_at": NOW + HOUR / 4}, Lane.PROMISED_CALLBACK, "promised for 10:15"),
    ({"first_action_at": None}, Lane.NO_FIRST_ACTION, "since it came in 3 d ago"),
    ({"visit_at": NOW + HOUR}, Lane.VISITS, "visit 11:00, not confirmed"),
    (
        {"action": ActionType.MISSED_VISIT, "due_at": NOW},
        Lane.VISITS,
        "a missed visit to follow up",
    ),
    ({"due_at": NOW - HOUR}, Lane.OVERDUE, "next action due 09:00"),
    ({"chase_at": NOW - HOUR}, Lane.OVERDUE, "records to chase 09:00"),
    ({"stage": Stage.READY_TO_SCHEDULE}, Lane.READY_TO_SCHEDULE, "yes"),
    ({"due_at": NOW + HOUR}, Lane.DUE_TODAY, "next action due 11:00"),
    ({}, Lane.REST, "last movement 1 d ago"),
    ({"last_movement_at": None}, Lane.REST, "no movement since it came in 3 d ago"),
]


def traced(*, now: datetime = NOW, zone: str = SITE, **changed: Any) -> RankTrace:
    lead = dataclasses.replace(WORKED, **changed)
    return rank_trace(lead, day_of(now, SITE), contact_times(now, zone))


def random_lead(pick: random.Random) -> Ranked:
    def moment() -> datetime:
        return NOW + timedelta(minutes=pick.randrange(-4000, 4000))

    def maybe() -> datetime | None:
        return pick.choice([None, None, moment()])

    return Ranked(
        stage=pick.choice(sorted(OPEN)),
        received_at=NOW - timedelta(minutes=pick.randrange(1, 40000)),
        first_action_at=pick.choice([None, NOW - HOUR, NOW - DAY]),
        last_movement_at=pick.choice([None, NOW - DAY]),
        action=pick.choice(list(ActionType)),
        due_at=moment(),
        is_promised=pick.random() < 0.3,
        visit_at=maybe(),
        visit_confirmed=pick.random() < 0.5,
        review_by=maybe(),
        chase_at=maybe(),
        confirm_by=maybe(),
        accept_by=maybe(),
        dates_offered=pick.random() < 0.5,
        is_held=pick.random() < 0.2,
        is_halted=pick.random() < 0.2,
    )


@pytest.mark.parametrize(("changed", "lane", "answer"), DECIDED)
def test_the_rule_that_decides_is_the_lane_and_says_its_fact(
    changed: dict[str, Any], lane: Lane, answer: str
) -> None:
    trace = traced(**changed)

    decided = [looked for looked in trace.rules if looked.decides]

    assert trace.place.lane == lane
    assert len(decided) == 1
    assert answer in decided[0].answer


def test_every_lane_is_one_that_a_trace_can_tell_of() -> None:
    assert {lane for _, lane, _ in DECIDED} == set(Lane)


@pytest.mark.parametrize("zone", [SITE, "Pacific/Honolulu", "Europe/Berlin"])
def test_a_trace_tells_of_the_place_that_orders_and_of_each_rule_up_to_the_one_that_decides(
    zone: str,
) -> None:
    pick = random.Random(zone)
    for _ in range(2000):
        lead, now = random_lead(pick), NOW + timedelta(hours=pick.randrange(24))
        day, times = day_of(now, SITE), contact_times(now, zone)

        trace = rank_trace(lead, day, times)

        assert trace.place == place(lead, day, times)
        decided = [at for at, looked in enumerate(trace.rules) if looked.decides]
        assert len(decided) == 1
        assert all(looked.answer for looked in trace.rules[: decided[0] + 1])
        assert not any(looked.answer for looked in trace.rules[decided[0] + 1 :])
        # The rule before the lanes parks a lead; after it the rules stand in the lanes' order.
        lane = Lane.REST if decided[0] == 0 else list(Lane)[decided[0] - 1]
        assert trace.place.lane == lane
        assert all(not looked.answer.startswith("yes") for looked in trace.rules[1 : decided[0]])


@pytest.mark.parametrize(
    ("changed", "words", "lane"),
    [
        ({"due_at": NOW - HOUR}, "if not past due but due at the end of today", Lane.DUE_TODAY),
        ({"due_at": NOW + HOUR}, "if it were due tomorrow", Lane.REST),
        ({"first_action_at": None}, "if somebody had acted on it", Lane.REST),
        (
            {"is_promised": True, "due_at": NOW, "action": ActionType.CALL},
            "if no call-back were promised",
            Lane.OVERDUE,
        ),
        ({"visit_at": NOW + HOUR}, "if there were no visit to see to", Lane.REST),
        ({"stage": Stage.READY_TO_SCHEDULE}, "if dates had been offered", Lane.REST),
        ({"is_held": True, "due_at": NOW}, "if it were released", Lane.OVERDUE),
        ({"is_halted": True, "due_at": NOW}, "if its study were not halted", Lane.OVERDUE),
        ({}, "if it were due now", Lane.OVERDUE),
    ],
)
def test_the_counterfactual_changes_the_fact_that_decided_and_nothing_else(
    changed: dict[str, Any], words: str, lane: Lane
) -> None:
    trace = traced(**changed)

    assert trace.otherwise is not None
    assert trace.otherwise.words == words
    assert trace.otherwise.place.lane == lane


def test_what_may_not_be_done_now_says_from_when_on() -> None:
    """In Honolulu it is five in the morning."""
    trace = traced(
        zone="Pacific/Honolulu", action=ActionType.CALL, due_at=NOW - HOUR, first_action_at=None
    )

    assert trace.within[0].answer.startswith("no, from ")
    assert trace.within[0].answer.endswith("behind the others of its lane")
    late = traced(zone="Pacific/Honolulu", action=ActionType.CALL, due_at=NOW - HOUR)
    overdue = next(looked for looked in late.rules if "earliest date past" in looked.rule)
    assert overdue.answer.startswith("past, but may be contacted only from ")


def test_the_sentence_names_rank_facts_and_counterfactual() -> None:
    trace = traced(due_at=NOW + timedelta(minutes=22))

    said = trace.sentence(
        rank=4,
        of=31,
        facts=["asked to be called after 17:00", "2 of 5 attempts used"],
        otherwise=12,
    )

    assert said == (
        "Rank 4 of 31: due in 22 min; asked to be called after 17:00; 2 of 5 attempts used; "
        "would be rank 12 if it were due tomorrow."
    )
    assert "would still be rank 4" in trace.sentence(rank=4, of=31, otherwise=4)
