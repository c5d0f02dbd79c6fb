"""Who is shown what is due soon and overdue (E1): every reader, every list."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Clock, Lead, Role, StudySite
from recruitment.queries.escalations import SHOWN, Escalations
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.targets import TargetKey
from tests.factories.clocks import make_clock
from tests.factories.recruitment import MONDAY, make_lead, make_member

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + 2 * DAY
T = TargetKey


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    made = make_lead(study_site, owner=coordinator)
    Clock.objects.all().delete()
    return made


def soon(user: User) -> list[int]:
    return [row.clock.pk for row in Escalations(user, NOW).soon_rows()]


def overdue(user: User) -> dict[str, int]:
    return {group.target.value: group.count for group in Escalations(user, NOW).overdue_groups()}


@pytest.mark.parametrize(
    ("started", "due", "is_soon", "is_overdue"),
    [
        (-6 * HOUR, HOUR, True, False),
        (-3 * HOUR, HOUR, True, False),  # just three quarters
        (-2 * HOUR, HOUR, False, False),
        (-6 * HOUR, timedelta(0), False, True),  # due now is overdue
        (-6 * HOUR, -HOUR, False, True),
    ],
)
def test_a_clock_is_due_soon_from_three_quarters_until_it_is_due_and_then_overdue(
    started: timedelta,
    due: timedelta,
    is_soon: bool,
    is_overdue: bool,
    lead: Lead,
    coordinator: User,
) -> None:
    make_clock(lead, started_at=NOW + started, due_at=NOW + due)

    assert bool(soon(coordinator)) is is_soon
    assert bool(overdue(coordinator)) is is_overdue
    counts = Escalations(coordinator, NOW).counts()
    assert (counts.soon, counts.overdue) == (int(is_soon), int(is_overdue))


@pytest.mark.parametrize("outcome", ClockOutcome.values)
def test_an_ended_clock_is_in_no_list(outcome: str, lead: Lead, coordinator: User) -> None:
    make_clock(lead, due_at=NOW - HOUR, outcome=outcome)

    assert soon(coordinator) == []
    assert overdue(coordinator) == {}


def test_a_clock_that_a_halt_stops_is_in_no_list(lead: Lead, coordinator: User) -> None:
    make_clock(lead, due_at=None, paused_at=MONDAY, started_at=MONDAY, told_at=MONDAY)

    assert soon(coordinator) == []
    assert overdue(coordinator) == {}


def test_what_is_paused_is_not_due_soon_until_its_pause_is_over(
    lead: Lead, coordinator: User
) -> None:
    started = {"started_at": NOW - 6 * HOUR, "paused_at": NOW - HOUR}
    paused = make_clock(lead, due_at=NOW + HOUR, paused_until=NOW + HOUR / 2, **started)
    over = make_clock(lead, due_at=NOW + HOUR, subject_id=1, paused_until=NOW, **started)

    assert soon(coordinator) == [over.pk]
    assert paused.pk != over.pk


def test_the_owner_sees_her_own_and_the_site_lead_all_of_the_site(
    lead: Lead,
    study_site: StudySite,
    coordinator: User,
    site_lead: User,
    reviewer: User,
    outsider: User,
) -> None:
    colleague = make_member(Role.COORDINATOR, study_site)
    make_clock(lead, T.FIRST_RESPONSE, due_at=NOW - HOUR)
    make_clock(lead, T.RECORDS_REVIEW, started_at=MONDAY, due_at=NOW + HOUR)

    assert overdue(coordinator) == overdue(site_lead) == {"first_response": 1}
    assert overdue(colleague) == overdue(reviewer) == overdue(outsider) == {}
    assert len(soon(coordinator)) == 1
    assert soon(site_lead) == soon(colleague) == []


@pytest.mark.parametrize("target", list(T))
def test_a_breach_is_shown_to_whom_its_target_says(
    target: TargetKey, lead: Lead, study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    keeper = make_member(Role.COORDINATOR, study_site)
    study_site.owner = keeper
    study_site.save(update_fields=["owner"])
    make_clock(lead, target, due_at=NOW - HOUR)

    listed = {target.value: 1}
    assert overdue(site_lead) == ({} if target == T.PRESCREEN_COMPLETE else listed)
    assert overdue(keeper) == (listed if target in {T.OWN, T.OUTCOME} else {})


def test_the_longest_overdue_stands_first_and_counts_are_exact_beyond_what_is_shown(
    lead: Lead, coordinator: User
) -> None:
    for n in range(SHOWN + 3):
        make_clock(lead, T.HANDOFF, due_at=NOW - n * HOUR, subject_id=n + 1)
    make_clock(lead, T.OWN, due_at=NOW - HOUR)

    groups = {g.target: g for g in Escalations(coordinator, NOW).overdue_groups()}

    assert groups[T.HANDOFF].count == SHOWN + 3
    dues = [row.clock.due_at for row in groups[T.HANDOFF].rows]
    assert dues == sorted(dues)
    assert groups[T.OWN].count == 1
    (own,) = Escalations(coordinator, NOW).overdue_groups(T.OWN)
    assert len(own.rows) == 1


def test_a_list_costs_the_same_for_one_row_and_for_thirty(
    lead: Lead, study_site: StudySite, coordinator: User, count_queries: Callable[..., int]
) -> None:
    make_clock(lead, T.OWN, due_at=NOW - HOUR)
    read = Escalations(coordinator, NOW)
    one = count_queries(read.overdue_groups)
    for _ in range(29):
        other = make_lead(study_site, owner=coordinator)
        make_clock(other, T.HANDOFF, due_at=NOW - HOUR, subject_id=1)

    assert count_queries(read.overdue_groups) == one
