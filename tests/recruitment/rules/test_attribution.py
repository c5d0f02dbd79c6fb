"""Which recruiting problem a close points to (DX1, DX3)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from recruitment.rules.attribution import (
    BURDENS,
    derived_family,
    family_of,
    is_slow_follow_up,
    missed_for_burden,
)
from recruitment.rules.closing import RULES, CloseCode, Family
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.vocabulary import ContactResult, NoShowReason

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
DUE = MONDAY + 8 * HOUR


def contact(hours: float, result: ContactResult = ContactResult.NO_ANSWER) -> Fact:
    return Fact(
        kind=EventKind.OUTREACH_LOGGED,
        occurred_at=MONDAY + hours * HOUR,
        by_staff=True,
        code=result,
        reason_code="phone",
    )


def test_s52_unreached_after_a_late_first_response_is_slow_follow_up() -> None:
    late = [contact(9 + 24 * n) for n in range(5)]

    found = derived_family(CloseCode.CONTACT_UNREACHED, late, due_at=DUE, cadence=5)

    assert found == Family.SLOW_FOLLOW_UP


def test_s52_unreached_after_the_full_cadence_in_time_is_source_quality() -> None:
    timely = [contact(1 + 24 * n) for n in range(5)]

    found = derived_family(CloseCode.CONTACT_UNREACHED, timely, due_at=DUE, cadence=5)

    assert found == Family.SOURCE


def test_s52_fewer_attempts_than_the_cadence_is_slow_follow_up() -> None:
    few = [contact(1), contact(25)]

    assert (
        derived_family(CloseCode.CONTACT_UNREACHED, few, due_at=DUE, cadence=5)
        == Family.SLOW_FOLLOW_UP
    )


def test_an_answer_begins_the_count_of_attempts_anew() -> None:
    facts = [*(contact(n) for n in range(1, 5)), contact(6, ContactResult.REACHED), contact(30)]

    found = derived_family(CloseCode.CONTACT_UNREACHED, facts, due_at=DUE, cadence=5)

    assert found == Family.SLOW_FOLLOW_UP


@pytest.mark.parametrize(
    ("first", "attempts", "is_slow"),
    [
        (None, 5, True),
        (DUE, 5, False),
        (DUE + HOUR, 5, True),
        (DUE, 4, True),
        (DUE, 6, False),
    ],
)
def test_follow_up_is_slow_when_late_or_short(
    first: datetime | None, attempts: int, is_slow: bool
) -> None:
    found = is_slow_follow_up(first_response_at=first, due_at=DUE, attempts=attempts, cadence=5)

    assert found is is_slow


@pytest.mark.parametrize(
    ("code", "slow", "burden"), list(product(CloseCode, [None, False, True], [False, True]))
)
def test_only_two_codes_have_a_derived_family(
    code: CloseCode, slow: bool | None, burden: bool
) -> None:
    found = family_of(code, slow_follow_up=slow, burden=burden)

    if code == CloseCode.CONTACT_UNREACHED and slow is not None:
        assert found == (Family.SLOW_FOLLOW_UP if slow else Family.SOURCE)
    elif code == CloseCode.SCHED_NOSHOW and burden:
        assert found == Family.BURDEN
    else:
        assert found == RULES[code].family


@pytest.mark.parametrize("reason", list(NoShowReason))
def test_a_missed_visit_is_a_burden_for_transport_and_for_time(reason: NoShowReason) -> None:
    missed = Fact(
        kind=EventKind.VISIT_ENDED,
        occurred_at=MONDAY,
        by_staff=True,
        code="no_show",
        reason_code=reason,
    )

    assert missed_for_burden([missed]) is (reason in BURDENS)
    assert {NoShowReason.TRANSPORT, NoShowReason.INCONVENIENT_TIME} == BURDENS
