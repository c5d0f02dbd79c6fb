"""Who may reopen what, for every close code (LC11, D30, DU3)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.reopening import (
    COORDINATORS_FOR,
    PROPOSED_FOR,
    SITE_LEAD_ONLY,
    check_reopen,
    proposes_reopen,
)

CLOSED = datetime(2026, 3, 2, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def reopen(code: str, *, after: timedelta, lead: bool, renewed: str = "", **held: bool) -> None:
    check_reopen(
        code,
        closed_at=CLOSED,
        at=CLOSED + after,
        is_site_lead=lead,
        renewed=renewed,
        is_barred=held.get("barred", False),
        has_died=held.get("died", False),
    )


@pytest.mark.parametrize(
    ("code", "lead", "late"), list(product(CloseCode, [True, False], [True, False]))
)
def test_who_reopens_and_until_when(code: CloseCode, lead: bool, late: bool) -> None:
    after = COORDINATORS_FOR + SECOND if late else COORDINATORS_FOR
    may = code != CloseCode.DECEASED and (lead or not (late or code in SITE_LEAD_ONLY))

    if may:
        reopen(code, after=after, lead=lead, renewed="Called us on Monday")
    else:
        with pytest.raises(Refusal):
            reopen(code, after=after, lead=lead, renewed="Called us on Monday")


@pytest.mark.parametrize(
    ("code", "barred"), [(CloseCode.CONTACT_DNC, False), (CloseCode.BURDEN_COST, True)]
)
def test_after_do_not_contact_only_the_person_comes_back(code: CloseCode, barred: bool) -> None:
    with pytest.raises(InvalidInput, match="came back") as refusal:
        reopen(code, after=SECOND, lead=True, renewed=" ", barred=barred)

    assert refusal.value.field == "renewed"
    reopen(code, after=SECOND, lead=False, renewed="Wrote to us", barred=barred)


def test_no_lead_of_somebody_who_died_is_reopened() -> None:
    with pytest.raises(Refusal, match="not reopened"):
        reopen(CloseCode.BURDEN_COST, after=SECOND, lead=True, died=True)


def test_how_somebody_came_back_has_a_limit() -> None:
    with pytest.raises(InvalidInput, match="200 characters"):
        reopen(CloseCode.CONTACT_DNC, after=SECOND, lead=True, renewed="x" * 201)


@pytest.mark.parametrize("code", list(CloseCode))
def test_a_new_inquiry_proposes_to_reopen_for_ninety_days(code: CloseCode) -> None:
    never = code in {CloseCode.DECEASED, *SITE_LEAD_ONLY}

    assert proposes_reopen(code, closed_at=CLOSED, at=CLOSED + SECOND) is not never
    assert not proposes_reopen(code, closed_at=CLOSED, at=CLOSED + PROPOSED_FOR)
