"""Whom a question goes to (E1, E2): every kind with every level."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.escalation import (
    ANSWER_WITHIN,
    PERMISSIONS,
    ROUTES,
    check_due,
    check_route,
    levels_of,
    proposed_due,
)
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel
from recruitment.rules.refusals import InvalidInput

K, L = EscalationKind, EscalationLevel
FRIDAY = datetime(2026, 3, 6, 21, 30, tzinfo=UTC)  # 16:30 in New York
NEW_YORK = BusinessCalendar("America/New_York")
BY_SOURCE = {
    "ownership workload coverage": L.SITE_LEAD,
    "clinical criteria consent": L.STUDY_LEAD,
    "capacity visit_window budget criteria_wording material": L.SPONSOR,
}
"""E2 and E1 as domain.md writes them."""


def test_every_kind_goes_where_the_catalog_sends_it() -> None:
    wanted = {K(name): level for names, level in BY_SOURCE.items() for name in names.split()}

    assert dict(ROUTES) == wanted
    assert set(ROUTES) == set(K)


@pytest.mark.parametrize(("kind", "level"), list(product(K, L)))
def test_a_kind_goes_to_its_level_or_first_to_the_site_lead(
    kind: EscalationKind, level: EscalationLevel
) -> None:
    allowed = level in {ROUTES[kind], L.SITE_LEAD}
    assert (level in levels_of(kind)) is allowed

    if allowed:
        check_route(kind, level)
        return
    with pytest.raises(InvalidInput) as refusal:
        check_route(kind, level)
    assert refusal.value.field == "level"
    assert ROUTES[kind].label.lower() in str(refusal.value)
    assert "site lead" in str(refusal.value)


def test_no_sponsor_ever_owns_an_escalation() -> None:
    assert set(PERMISSIONS) == set(ANSWER_WITHIN) == set(L)
    assert {perm for perms in PERMISSIONS.values() for perm in perms} == {
        "lead_site",
        "review_leads",
    }


@pytest.mark.parametrize(
    ("after", "is_allowed"),
    [
        (timedelta(0), False),
        (-timedelta(days=1), False),
        (timedelta(seconds=1), True),
        (timedelta(days=60), True),
        (timedelta(days=60, seconds=1), False),
    ],
)
def test_an_answer_is_due_ahead_and_within_sixty_days(after: timedelta, is_allowed: bool) -> None:
    if is_allowed:
        check_due(FRIDAY + after, at=FRIDAY)
        return
    with pytest.raises(InvalidInput) as refusal:
        check_due(FRIDAY + after, at=FRIDAY)
    assert refusal.value.field == "due_at"


def test_the_proposed_day_counts_working_days_of_the_site() -> None:
    assert proposed_due(L.SITE_LEAD, at=FRIDAY, calendar=NEW_YORK) == datetime(
        2026, 3, 9, 20, 30, tzinfo=UTC
    )  # Monday 16:30, after the clocks went forward
