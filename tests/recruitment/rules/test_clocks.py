"""The arithmetic of one clock: CK1-CK7, the standings of CK3, the misses of CK4."""

from datetime import date, datetime, timedelta

import pytest

from recruitment.rules.calendars import BusinessCalendar, add_business_time
from recruitment.rules.clock_codes import ClockOutcome, ClockStanding
from recruitment.rules.clock_walk import Pause
from recruitment.rules.clocks import (
    Clock,
    due_from,
    is_miss,
    met,
    standing_of,
    target_due,
    timed,
    withdrawn,
)
from recruitment.rules.holidays import public_holidays
from recruitment.rules.targets import DEFAULTS, Target, TargetKey, Unit
from recruitment.rules.terms import Terms
from tests.recruitment.rules.clock_logs import PLAIN, TERMS, due_words
from tests.time_cases import NEW_YORK, instant, local, rows

T, U, Was, Is = TargetKey, Unit, ClockOutcome, ClockStanding
EIGHT = Target(8, U.HOURS)
MONDAY_OFF = Terms(
    ((None, BusinessCalendar(NEW_YORK, closed_dates=frozenset({date(2026, 3, 9)}))),)
)


def clock(
    start: datetime | str,
    under: Target = EIGHT,
    *,
    terms: Terms = TERMS,
    target: TargetKey = T.FIRST_RESPONSE,
    pauses: tuple[Pause, ...] = (),
    anchor_at: datetime | None = None,
) -> Clock:
    at = local(start) if isinstance(start, str) else start
    made = Clock(
        target=target,
        subject_id=0,
        run=1,
        under=under,
        started_at=at,
        told_at=at,
        anchor_at=anchor_at,
        pauses=pauses,
    )
    return timed(made, terms)


def pause(begin: str, until: str | None, blocker: int = 1, category: str = "travel") -> Pause:
    return Pause(blocker, category, local(begin), None if until is None else local(until))


# The vectors of CK7.


def test_friday_afternoon_is_due_on_monday_at_the_same_time() -> None:
    assert due_words(clock("2026-03-06 16:30").due_at) == "Mon 2026-03-09 16:30"


def test_a_holiday_on_the_monday_makes_that_tuesday() -> None:
    assert due_words(clock("2026-03-06 16:30", terms=MONDAY_OFF).due_at) == "Tue 2026-03-10 16:30"


def test_saturday_morning_is_due_at_the_closing_of_monday_and_keeps_its_own_time() -> None:
    found = clock("2026-03-07 11:00")
    assert due_words(found.due_at) == "Mon 2026-03-09 17:00"
    assert found.started_at == local("2026-03-07 11:00")


def test_a_pause_from_monday_noon_to_wednesday_morning() -> None:
    found = clock("2026-03-16 09:00", pauses=(pause("2026-03-16 12:00", "2026-03-18 09:00"),))
    assert due_words(found.due_at) == "Wed 2026-03-18 14:00"
    # Three quarters of eight hours: six, of which three were worked on Monday.
    assert due_words(found.warn_at) == "Wed 2026-03-18 12:00"


@pytest.mark.parametrize("start", ["2026-03-06 16:30", "2026-10-30 16:30"])
def test_a_clock_change_overnight_shifts_nothing(start: str) -> None:
    due_at = clock(start).due_at
    assert due_words(due_at)[-5:] == "16:30"
    assert due_words(due_at)[:3] == "Mon"


@pytest.mark.parametrize("case", rows("sla-clock-cases"), ids=lambda case: case["note"])
def test_every_recorded_deadline_is_a_clocks_due_time(case: dict[str, str]) -> None:
    closed = frozenset(
        day
        for year in (2026, 2027)
        for day in public_holidays(case["country"], case["subdivision"], year)
    )
    calendar = BusinessCalendar(case["zone"], closed_dates=closed)
    start, due = instant(case["arrival_utc"]), instant(case["due_business_utc"])
    minutes = int(case["sla_minutes"])
    hours, rest = divmod(minutes, 60)
    if not rest:
        found = clock(start, Target(hours, U.HOURS), terms=Terms(((None, calendar),)))
        assert found.due_at == due
    # What is no whole number of hours stands in the rest of a longer clock.
    longer = Target(hours + 1, U.HOURS)
    end = clock(start, longer, terms=Terms(((None, calendar),))).due_at
    assert end == add_business_time(due, timedelta(minutes=60 - rest), calendar)


# Every unit.


@pytest.mark.parametrize(
    ("key", "start", "due"),
    [
        (T.OWN, "2026-03-06 16:30", "Mon 2026-03-09 09:30"),
        (T.PRESCREEN_REVIEW, "2026-03-06 16:30", "Tue 2026-03-10 16:30"),
        (T.PRESCREEN_REVIEW, "2026-03-07 11:00", "Tue 2026-03-10 17:00"),
        (T.SCHEDULE_BOOKED, "2026-03-02 10:00", "Mon 2026-03-09 10:00"),
        (T.BLOCKER_REVIEW, "2026-03-02 10:00", "Mon 2026-03-02 17:00"),
        (T.BLOCKER_REVIEW, "2026-03-02 17:00", "Mon 2026-03-02 17:00"),
        (T.BLOCKER_REVIEW, "2026-03-02 17:01", "Tue 2026-03-03 17:00"),
        (T.BLOCKER_REVIEW, "2026-03-02 07:00", "Mon 2026-03-02 17:00"),
        (T.BLOCKER_REVIEW, "2026-03-07 12:00", "Mon 2026-03-09 17:00"),
    ],
)
def test_a_target_counts_in_its_own_unit(key: TargetKey, start: str, due: str) -> None:
    assert due_words(clock(start, DEFAULTS[key], target=key).due_at) == due
    assert due_words(due_from(TERMS, key, at=local(start))) == due
    assert target_due(DEFAULTS[key], at=local(start), calendar=PLAIN, key=key) == (
        clock(start, DEFAULTS[key], target=key).due_at
    )


def confirmation(*pauses: Pause) -> Clock:
    """A visit on Friday 13 at 14:00, booked on Monday 2: to be confirmed by Wednesday at 14:00."""
    return clock(
        "2026-03-02 10:00",
        DEFAULTS[T.VISIT_CONFIRM],
        target=T.VISIT_CONFIRM,
        anchor_at=local("2026-03-13 14:00"),
        pauses=pauses,
    )


HALT = "study_paused"


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], "Wed 2026-03-11 14:00"),
        ([pause("2026-03-03 10:00", "2026-03-05 10:00", category=HALT)], "Wed 2026-03-11 14:00"),
        # Four hours were left at the halt, and are worked after it.
        ([pause("2026-03-11 10:00", "2026-03-12 09:00", category=HALT)], "Thu 2026-03-12 13:00"),
        # Ten were left: there are but five between the end of the halt and the visit.
        ([pause("2026-03-10 12:00", "2026-03-13 09:00", category=HALT)], "Fri 2026-03-13 14:00"),
        ([pause("2026-03-10 12:00", None, category=HALT)], ""),
        ([pause("2026-03-11 14:00", None, category=HALT)], "Wed 2026-03-11 14:00"),
    ],
)
def test_a_halt_over_the_day_to_confirm_a_visit_puts_it_off(pauses: list[Pause], due: str) -> None:
    found = confirmation(*pauses)
    assert due_words(found.due_at) == due
    assert (found.warn_at is None) == (found.due_at is None)


# How a clock stands (CK3).


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        ("2026-03-02 08:59", Is.NOT_STARTED),
        ("2026-03-02 09:00", Is.ON_TRACK),
        ("2026-03-02 14:59", Is.ON_TRACK),
        ("2026-03-02 15:00", Is.DUE_SOON),
        ("2026-03-02 16:59", Is.DUE_SOON),
        ("2026-03-02 17:00", Is.OVERDUE),
        ("2026-03-09 17:00", Is.OVERDUE),
    ],
)
def test_a_running_clock_goes_from_on_track_to_overdue(now: str, standing: ClockStanding) -> None:
    assert standing_of(clock("2026-03-02 09:00"), local(now)) == standing


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        ("2026-03-02 10:59", Is.ON_TRACK),
        ("2026-03-02 11:00", Is.PAUSED),
        ("2026-03-03 12:00", Is.PAUSED),
        ("2026-03-04 12:00", Is.PAUSED),
        ("2026-03-05 11:00", Is.ON_TRACK),
        ("2026-03-05 15:00", Is.DUE_SOON),
        ("2026-03-05 17:00", Is.OVERDUE),
    ],
)
def test_a_clock_is_paused_through_pauses_that_follow_one_another(
    now: str, standing: ClockStanding
) -> None:
    one = pause("2026-03-02 11:00", "2026-03-04 11:00")
    other = pause("2026-03-03 11:00", "2026-03-05 11:00", blocker=2)
    found = clock("2026-03-02 09:00", pauses=(one, other))
    assert due_words(found.due_at) == "Thu 2026-03-05 17:00"
    assert (found.paused_at, found.paused_until) == (one.begin, other.until)
    assert standing_of(found, local(now)) == standing


def test_a_pause_after_the_due_time_changes_nothing() -> None:
    plain = clock("2026-03-02 09:00")
    late = clock("2026-03-02 09:00", pauses=(pause("2026-03-02 17:00", "2026-03-09 09:00"),))
    assert (late.due_at, late.warn_at, late.paused_at) == (plain.due_at, plain.warn_at, None)
    assert standing_of(late, local("2026-03-03 09:00")) == Is.OVERDUE


def test_a_clock_that_is_halted_has_no_due_time_and_is_paused() -> None:
    found = clock("2026-03-02 09:00", pauses=(pause("2026-03-02 11:00", None, category=HALT),))
    assert (found.due_at, found.warn_at) == (None, None)
    assert standing_of(found, local("2027-03-02 09:00")) == Is.PAUSED
    assert not is_miss(found, local("2027-03-02 09:00"))


def test_the_outcome_runs_whole_after_a_wait_for_its_result_but_not_after_a_halt() -> None:
    outcome = DEFAULTS[T.OUTCOME]
    waits = pause("2026-03-03 09:00", "2026-03-09 09:00", category="pending_review")
    halt = pause("2026-03-03 09:00", "2026-03-09 09:00", category=HALT)
    known = clock("2026-03-02 09:00", outcome, target=T.OUTCOME, pauses=(waits,))
    halted = clock("2026-03-02 09:00", outcome, target=T.OUTCOME, pauses=(halt,))
    assert due_words(known.due_at) == "Tue 2026-03-10 17:00"
    assert due_words(halted.due_at) == "Mon 2026-03-09 17:00"


# How it ended (CK4).


@pytest.mark.parametrize(
    ("ended", "by", "outcome"),
    [
        ("2026-03-02 17:00", "met", Was.MET),
        ("2026-03-02 17:01", "met", Was.MET_LATE),
        ("2026-03-02 17:00", "withdrawn", Was.NOT_APPLICABLE),
        ("2026-03-02 17:01", "withdrawn", Was.MISSED),
        ("2026-03-02 17:01", "blameless", Was.NOT_APPLICABLE),
    ],
)
def test_an_end_is_judged_by_when_it_happened(ended: str, by: str, outcome: ClockOutcome) -> None:
    running, at = clock("2026-03-02 09:00"), local(ended)
    if by == "met":
        done = timed(met(running, at=at, told_at=at), TERMS)
    else:
        is_blameless = by == "blameless"
        done = timed(withdrawn(running, at=at, told_at=at, blameless=is_blameless), TERMS)
    assert done.outcome == outcome
    assert standing_of(done, at).value == outcome
    assert is_miss(done, at) == (outcome in {Was.MET_LATE, Was.MISSED})
    assert not done.entered_late


def test_what_is_done_before_its_start_is_met_at_its_start() -> None:
    done = met(
        clock("2026-03-02 09:00"), at=local("2026-03-01 09:00"), told_at=local("2026-03-02 09:00")
    )
    assert done.ended_at == local("2026-03-02 09:00")


def test_an_overdue_clock_is_a_miss_while_it_is_open() -> None:
    running = clock("2026-03-02 09:00")
    assert not is_miss(running, local("2026-03-02 16:59"))
    assert is_miss(running, local("2026-03-02 17:00"))
