"""Which findings become items, how each kind ends, and which sources are weak (W2, D34, W7)."""

from datetime import date, timedelta
from itertools import product

import pytest

from recruitment.rules.refusals import InvalidInput
from recruitment.rules.weekly.agenda import MOST_ITEMS, NEVER_LEFT_OUT, WEIGHT, Finding, agenda
from recruitment.rules.weekly.codes import (
    DONE_WHEN,
    LANE_OF,
    OF_LEADS,
    UNIT_OF,
    AgendaLane,
    DoneWhen,
    Ending,
    ItemKind,
)
from recruitment.rules.weekly.endings import LONGEST, Decision, check_decision, endings_of
from recruitment.rules.weekly.sources import SourceShare, is_weak
from recruitment.rules.weekly.words import QUESTIONS, fact, figure

TODAY = date(2026, 3, 2)
RANKED = [kind for kind in ItemKind if kind not in NEVER_LEFT_OUT]


def found(kind: ItemKind, place: int = 1, value: int = 5, **more: object) -> Finding:
    return Finding(kind, place, str(more.pop("code", "")), value, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ItemKind)
def test_every_kind_has_a_lane_a_unit_a_question_and_signs(kind: ItemKind) -> None:
    assert LANE_OF[kind] in AgendaLane
    assert UNIT_OF[kind]
    assert QUESTIONS[kind].endswith("?")
    assert DONE_WHEN[kind]
    assert fact(kind, what="This", value=3, of=7)
    assert figure(kind, 3)
    assert (kind in WEIGHT) != (kind in NEVER_LEFT_OUT)


def test_the_items_stand_in_the_order_of_the_lanes() -> None:
    items = agenda([found(kind) for kind in reversed(ItemKind)], most=50).items

    lanes = [list(AgendaLane).index(item.lane) for item in items]
    assert lanes == sorted(lanes)
    assert len(items) == len(ItemKind)


def test_at_most_twelve_items_and_the_rest_is_counted() -> None:
    made = agenda(found(kind, place) for kind, place in product(RANKED, (1, 2)))

    assert len(made.items) == MOST_ITEMS
    assert len(made.rest) == 2 * len(RANKED) - MOST_ITEMS
    assert max(WEIGHT[item.kind] for item in made.items) <= min(
        WEIGHT[item.kind] for item in made.rest
    )


@pytest.mark.parametrize("kind", sorted(NEVER_LEFT_OUT))
def test_what_may_not_be_left_out_never_is(kind: ItemKind) -> None:
    many = [found(kind, value=1, code=n) for n in range(MOST_ITEMS + 3)]

    made = agenda([*many, *(found(each, value=99) for each in RANKED)])

    assert [item.kind for item in made.items] == [kind] * len(many)
    assert len(made.rest) == len(RANKED)


def test_what_does_not_stand_out_is_no_item() -> None:
    made = agenda([found(ItemKind.UNOWNED, stands_out=False), found(ItemKind.OVERDUE)])

    assert [item.kind for item in made.items] == [ItemKind.OVERDUE]
    assert not made.rest


def decided(**values: object) -> Decision:
    given: dict[str, object] = {
        "ending": Ending.ACT,
        "words": "Call.",
        "owner": 1,
        "due_on": TODAY,
        "done_when": DoneWhen.SAID,
    }
    return Decision(**(given | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "sign"), list(product(ItemKind, DoneWhen)))
def test_each_kind_takes_its_own_signs_and_no_other(kind: ItemKind, sign: DoneWhen) -> None:
    decision = decided(done_when=sign, leads=[1], goal=2)
    if sign in DONE_WHEN[kind]:
        check_decision(decision, kind, times_carried=0, today=TODAY, value=3)
        return
    with pytest.raises(InvalidInput) as refused:
        check_decision(decision, kind, times_carried=0, today=TODAY, value=3)
    assert refused.value.field == "done_when"


@pytest.mark.parametrize("sign", sorted(OF_LEADS))
def test_a_sign_of_leads_needs_leads(sign: DoneWhen) -> None:
    with pytest.raises(InvalidInput, match="Tick the leads"):
        check_decision(
            decided(done_when=sign),
            ItemKind.CARRIED_ACTION,
            times_carried=1,
            today=TODAY,
            value=3,
        )


@pytest.mark.parametrize("days", [-1, LONGEST + 1])
def test_a_day_that_is_past_or_far_is_refused(days: int) -> None:
    day = TODAY + timedelta(days=days)
    for decision, field in (
        (decided(due_on=day), "due_on"),
        (Decision(Ending.ACCEPT, "Later.", relook_on=day), "relook_on"),
    ):
        with pytest.raises(InvalidInput) as refused:
            check_decision(decision, ItemKind.OVERDUE, times_carried=0, today=TODAY, value=3)
        assert refused.value.field == field


@pytest.mark.parametrize(("kind", "times"), list(product(ItemKind, range(4))))
def test_only_an_action_carried_twice_demands_do_drop_or_escalate(
    kind: ItemKind, times: int
) -> None:
    demands = kind == ItemKind.CARRIED_ACTION and times >= 2
    assert (Ending.ACCEPT in endings_of(kind, times)) != demands
    assert (Ending.ESCALATE in endings_of(kind, times)) == demands


@pytest.mark.parametrize(
    ("reviewable", "mature", "of_all", "all_mature", "weak"),
    [
        (0, 9, 50, 100, False),  # too few to say anything
        (0, 10, 50, 100, True),  # at most 28 % of 50 %
        (2, 20, 40, 100, True),  # at most 30 %
        (4, 20, 40, 100, False),  # up to 42 %
        (0, 30, 0, 100, False),  # nobody became reviewable anywhere
    ],
)
def test_a_weak_source_lies_below_the_study_even_at_the_upper_end(
    reviewable: int, mature: int, of_all: int, all_mature: int, weak: bool
) -> None:
    share = SourceShare(1, reviewable, mature)
    assert is_weak(share, reviewable=of_all, mature=all_mature) == weak
