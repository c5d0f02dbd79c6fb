"""Every reason for which a lead is not in somebody's own queue."""

import dataclasses
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from recruitment.rules.stages import CLOSED, OPEN, Stage
from recruitment.rules.why_not import Standing, at_the_end, why_not

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)  # Wednesday 10:00 in New York
LISTED = Standing(
    stage=Stage.CONTACTED,
    owner="Priya Raman",
    is_mine=True,
    works_here=True,
    stale_at=NOW + timedelta(days=2),
    has_first_action=True,
    is_promised=False,
    is_held=False,
    is_halted=False,
    has_visit=False,
    due_at=NOW + timedelta(days=1),
    zone="America/New_York",
)


def said(**changed: Any) -> list[str]:
    return list(why_not(dataclasses.replace(LISTED, **changed), now=NOW))


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, []),
        ({"is_mine": False}, ["Priya Raman owns it."]),
        ({"is_mine": False, "owner": ""}, ["Nobody owns it yet."]),
        ({"works_here": False}, ["You do not work the leads of this study here."]),
        ({"stage": Stage.ENROLLED, "is_mine": False}, ["It is closed: enrolled."]),
        ({"stage": Stage.CLOSED_OTHER}, ["It is closed."]),
        (
            {"stale_at": NOW - timedelta(days=1)},
            ["It is stale since Tue 3 Mar 10:00: it stands in Stale and Recovery."],
        ),
        (
            {"stage": Stage.NO_RESPONSE},
            ["Its call-back window runs until Thu 5 Mar 10:00: it stands in Stale and Recovery."],
        ),
        ({"stale_at": NOW - timedelta(days=1), "has_first_action": False}, []),
        ({"stale_at": NOW - timedelta(days=1), "is_promised": True}, []),
        ({"is_held": True}, []),
        ({"is_halted": True}, []),
    ],
)
def test_each_reason_is_a_sentence(changed: dict[str, Any], reasons: list[str]) -> None:
    assert said(**changed) == reasons


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ""),
        ({"is_held": True}, "It is on a list that is not released yet"),
        ({"is_held": True, "is_promised": True}, ""),
        ({"is_halted": True}, "Its study is halted here"),
        ({"is_halted": True, "has_visit": True}, ""),
    ],
)
def test_what_nobody_works_on_now_stands_at_the_end(changed: dict[str, Any], words: str) -> None:
    found = at_the_end(dataclasses.replace(LISTED, **changed))

    assert found.startswith(words)
    assert bool(found) == bool(words)


def test_a_lead_is_mine_and_listed_exactly_when_no_reason_is_given() -> None:
    """Over all stages and facts, beside the rule of the list (D15, RQ1)."""
    flags = ("is_mine", "works_here", "has_first_action", "is_promised", "is_stale")
    for stage, values in product(Stage, product([True, False], repeat=len(flags))):
        fact = dict(zip(flags, values, strict=True))
        is_stale = fact.pop("is_stale")
        late = NOW - timedelta(days=1) if is_stale else None
        reasons = said(stage=stage, stale_at=late, **fact)

        apart = stage == Stage.NO_RESPONSE or is_stale
        kept = not fact["has_first_action"] or fact["is_promised"]
        listed = stage in OPEN and fact["is_mine"] and (not apart or kept)
        assert (not reasons) == (listed and fact["works_here"])
        assert stage not in CLOSED or len(reasons) == 1
