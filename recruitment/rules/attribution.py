"""Which recruiting problem a close points to, derived from the log and never picked (DX1, DX3)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from recruitment.rules.closing import RULES, CloseCode, Family
from recruitment.rules.events import EventKind, Fact, MilestoneCode, is_two_way, milestones_of
from recruitment.rules.vocabulary import NoShowReason

BURDENS: frozenset[str] = frozenset({NoShowReason.TRANSPORT, NoShowReason.INCONVENIENT_TIME})
"""Reasons of a missed visit that lie with transport, care, cost or time (DX3)."""

RESPONSES = frozenset({MilestoneCode.FIRST_ATTEMPT, MilestoneCode.FIRST_TWO_WAY_CONTACT})


def is_slow_follow_up(
    *, first_response_at: datetime | None, due_at: datetime | None, attempts: int, cadence: int
) -> bool:
    """Whether our own follow-up explains that somebody was not reached (DX1).

    It does if the first response was missing or later than `due_at`, or if fewer `attempts` were
    made since the last answer than the `cadence` has. `due_at` None: no clock of it ran, as for a
    lead that was never released from its list (D28). Times are UTC.
    """
    late = due_at is not None and first_response_at is not None and first_response_at > due_at
    return first_response_at is None or late or attempts < cadence


def attempts_since_answer(facts: Iterable[Fact]) -> int:
    """How many attempts stand since the person last answered (CD4)."""
    attempts = 0
    for fact in facts:
        if is_two_way(fact):
            attempts = 0
        elif fact.kind == EventKind.OUTREACH_LOGGED:
            attempts += 1
    return attempts


def first_response_at(facts: Iterable[Fact]) -> datetime | None:
    """When somebody first tried the person, or spoke with her (5.1 `first_response`)."""
    moments = [fact.occurred_at for fact in facts if RESPONSES & set(milestones_of(fact))]
    return min(moments, default=None)


def missed_for_burden(facts: Iterable[Fact]) -> bool:
    """Whether a visit was missed for a reason that is a burden on the patient (DX3)."""
    return any(fact.kind == EventKind.VISIT_ENDED and fact.reason_code in BURDENS for fact in facts)


def family_of(
    code: CloseCode, *, slow_follow_up: bool | None = None, burden: bool = False
) -> Family:
    """The family of one close; `slow_follow_up` is None where nobody worked it out (DX1, DX3)."""
    if code == CloseCode.CONTACT_UNREACHED and slow_follow_up is not None:
        return Family.SLOW_FOLLOW_UP if slow_follow_up else Family.SOURCE
    if code == CloseCode.SCHED_NOSHOW and burden:
        return Family.BURDEN
    return RULES[code].family


def derived_family(
    code: CloseCode, facts: Collection[Fact], *, due_at: datetime, cadence: int
) -> Family:
    """The family that a close by `code` after `facts` counts under."""
    return family_of(
        code,
        slow_follow_up=is_slow_follow_up(
            first_response_at=first_response_at(facts),
            due_at=due_at,
            attempts=attempts_since_answer(facts),
            cadence=cadence,
        ),
        burden=missed_for_burden(facts),
    )
