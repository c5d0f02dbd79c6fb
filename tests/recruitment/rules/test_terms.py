"""Which version of a target and of a calendar a clock runs under (CK5, D28)."""

from datetime import date, datetime

import pytest

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.events import EventKind
from recruitment.rules.targets import Target, TargetKey, Unit
from recruitment.rules.terms import TargetVersion, Terms
from recruitment.rules.vocabulary import SourceKind
from tests.recruitment.rules.clock_logs import PLAIN, Log, due_words
from tests.time_cases import NEW_YORK, local

T, U = TargetKey, Unit
SOME_DAY = local("2026-03-02 10:00")


def version(
    amount: int | None,
    begins: str,
    *,
    key: TargetKey = T.FIRST_RESPONSE,
    kind: str = "",
    is_own: bool = False,
    unit: Unit = U.HOURS,
) -> TargetVersion:
    target = None if amount is None else Target(amount, unit)
    return TargetVersion(key, kind, is_own, local(begins), target)


def terms(*versions: TargetVersion) -> Terms:
    return Terms(((None, PLAIN),), versions)


def amount(
    found: Terms, at: datetime = SOME_DAY, kind: str = "", key: TargetKey = T.FIRST_RESPONSE
) -> int:
    return found.target(key, at, kind).amount


def test_without_a_version_the_default_of_the_kind_holds() -> None:
    assert amount(terms()) == 8
    assert amount(terms(), kind=SourceKind.WEB) == 4


def test_a_version_holds_from_its_moment_on() -> None:
    found = terms(version(6, "2026-03-02 10:00"))
    assert amount(found, local("2026-03-02 09:59")) == 8
    assert amount(found, local("2026-03-02 10:00")) == 6


def test_the_latest_to_begin_holds_and_of_two_from_one_moment_the_one_set_later() -> None:
    found = terms(version(6, "2026-03-01 00:00"), version(5, "2026-02-01 00:00"))
    assert amount(found) == 6
    again = terms(version(6, "2026-03-01 00:00"), version(7, "2026-03-01 00:00"))
    assert amount(again) == 7


def test_a_site_goes_before_its_study_until_it_goes_back() -> None:
    own = version(3, "2026-02-01 00:00", is_own=True)
    study = version(6, "2026-03-01 00:00")
    assert amount(terms(own, study)) == 3
    back = version(None, "2026-03-02 00:00", is_own=True)
    assert amount(terms(own, study, back)) == 6
    assert amount(terms(own, back)) == 8


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(SourceKind.WEB, 4), (SourceKind.REFERRAL, 6), (SourceKind.REGISTRY, 6), ("", 6)],
)
def test_what_is_set_for_the_others_leaves_a_kind_with_its_own_default(
    kind: str, expected: int
) -> None:
    assert amount(terms(version(6, "2026-03-01 00:00")), kind=kind) == expected


def test_a_kind_with_a_version_of_its_own_takes_that() -> None:
    found = terms(
        version(2, "2026-03-01 00:00", kind=SourceKind.WEB), version(6, "2026-03-01 00:00")
    )
    assert amount(found, kind=SourceKind.WEB) == 2
    assert amount(found, kind=SourceKind.REFERRAL) == 6
    gone = version(None, "2026-03-01 00:00", kind=SourceKind.WEB, is_own=True)
    assert amount(terms(gone), kind=SourceKind.WEB) == 4


@pytest.mark.parametrize("key", T)
def test_a_version_touches_its_own_target_only(key: TargetKey) -> None:
    found = terms(version(9, "2026-03-01 00:00", key=T.OUTCOME, unit=U.DAYS))
    assert (found.target(key, SOME_DAY) == Target(9, U.DAYS)) == (key == T.OUTCOME)


# Clocks that are running when terms change.


def test_a_clock_keeps_the_target_it_started_under() -> None:
    found = terms(version(2, "2026-03-03 00:00"))
    assert due_words(Log("2026-03-02 10:00").clock(T.FIRST_RESPONSE, terms=found).due_at) == (
        "Tue 2026-03-03 10:00"
    )
    assert due_words(Log("2026-03-03 10:00").clock(T.FIRST_RESPONSE, terms=found).due_at) == (
        "Tue 2026-03-03 12:00"
    )


def test_yesterdays_breach_stands_whatever_is_set_today() -> None:
    log = Log("2026-03-02 09:00").answer("2026-03-03 10:00")
    raised = terms(version(40, "2026-03-03 09:00"))
    assert log.clock(T.FIRST_RESPONSE, terms=raised).outcome == ClockOutcome.MET_LATE


def test_a_clock_told_late_takes_the_target_of_the_day_it_began() -> None:
    found = terms(version(2, "2026-03-03 00:00"))
    log = Log("2026-03-02 10:00", told="2026-03-04 10:00")
    assert log.clock(T.FIRST_RESPONSE, terms=found).under.amount == 8


def test_a_clock_that_begins_ahead_takes_the_target_known_when_it_was_told() -> None:
    log = Log("2026-03-02 09:00")
    log.add(
        EventKind.VISIT_BOOKED, "2026-03-02 10:00", subject_id=1, due_at=local("2026-03-20 10:00")
    )
    found = terms(version(2, "2026-03-10 00:00", key=T.MISSED_VISIT))
    assert log.clock(T.MISSED_VISIT, 1, terms=found) == log.clock(T.MISSED_VISIT, 1)


CLOSED_TUESDAY = BusinessCalendar(NEW_YORK, closed_dates=frozenset({date(2026, 3, 3)}))


def changed(at: str) -> Terms:
    return Terms(((None, PLAIN), (local(at), CLOSED_TUESDAY)))


def test_a_new_holiday_moves_a_clock_that_runs_and_is_not_due() -> None:
    log = Log("2026-03-02 13:00")
    assert due_words(log.clock(T.FIRST_RESPONSE).due_at) == "Tue 2026-03-03 13:00"
    moved = log.clock(T.FIRST_RESPONSE, terms=changed("2026-03-03 12:59"))
    assert due_words(moved.due_at) == "Wed 2026-03-04 13:00"


@pytest.mark.parametrize("at", ["2026-03-03 13:00", "2026-03-04 09:00"])
def test_a_breach_never_moves(at: str) -> None:
    clock = Log("2026-03-02 13:00").clock(T.FIRST_RESPONSE, terms=changed(at))
    assert due_words(clock.due_at) == "Tue 2026-03-03 13:00"


def test_what_has_ended_does_not_move() -> None:
    log = Log("2026-03-02 13:00").answer("2026-03-02 14:00")
    clock = log.clock(T.FIRST_RESPONSE, terms=changed("2026-03-02 15:00"))
    assert due_words(clock.due_at) == "Tue 2026-03-03 13:00"


def test_an_end_told_after_the_change_is_judged_by_the_hours_of_then() -> None:
    log = Log("2026-03-02 13:00").answer("2026-03-03 14:00", told="2026-03-03 15:00")
    early, late = changed("2026-03-03 12:00"), changed("2026-03-03 14:30")
    assert log.clock(T.FIRST_RESPONSE, terms=early).outcome == ClockOutcome.MET
    assert log.clock(T.FIRST_RESPONSE, terms=late).outcome == ClockOutcome.MET_LATE


def test_a_clock_that_starts_after_the_change_runs_by_the_new_hours_only() -> None:
    moved = Log("2026-03-02 13:00").clock(T.FIRST_RESPONSE, terms=changed("2026-03-01 00:00"))
    assert due_words(moved.due_at) == "Wed 2026-03-04 13:00"


def test_calendars_follow_one_another_until_the_clock_is_due() -> None:
    open_again = Terms(
        (
            (None, PLAIN),
            (local("2026-03-02 14:00"), CLOSED_TUESDAY),
            (local("2026-03-02 15:00"), PLAIN),
        )
    )
    clock = Log("2026-03-02 13:00").clock(T.FIRST_RESPONSE, terms=open_again)
    assert due_words(clock.due_at) == "Tue 2026-03-03 13:00"
    assert open_again.calendar == PLAIN
    assert open_again.calendar_at(local("2026-03-02 14:30")) == CLOSED_TUESDAY
