"""Clocks that run, and what a fact does to them."""

from typing import Any

from recruitment.rules import projection
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.clock_facts import step
from recruitment.rules.clocks import Clock, timed
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import Stage
from recruitment.rules.targets import DEFAULTS, TargetKey, Unit
from tests.recruitment.rules.clock_logs import TERMS
from tests.time_cases import local

K, T, S, Was = EventKind, TargetKey, Stage, ClockOutcome
THING = 5
OF_THINGS = {
    T.RECORDS_REQUEST,
    T.RECORDS_CHASE,
    T.RECORDS_REVIEW,
    T.VISIT_CONFIRM,
    T.MISSED_VISIT,
    T.HANDOFF,
    T.BLOCKER_REVIEW,
}
LONG_AGO, NOW = local("2026-03-02 10:00"), local("2026-03-30 12:00")


def running(target: TargetKey) -> Clock:
    """A clock of `target` that began four weeks ago and is long overdue."""
    anchor = local("2026-03-10 10:00") if DEFAULTS[target].unit == Unit.BEFORE else LONG_AGO
    clock = Clock(
        target=target,
        subject_id=THING if target in OF_THINGS else 0,
        run=1,
        under=DEFAULTS[target],
        started_at=LONG_AGO,
        told_at=LONG_AGO,
        anchor_at=anchor,
    )
    return timed(clock, TERMS)


def after(clocks: dict[Any, Clock], state: LeadState, fact: Fact) -> dict[Any, Clock]:
    """The clocks after the fact."""
    found = step(clocks, fact, before=state, after=projection.apply(state, fact), terms=TERMS)
    return dict(found)
