"""Which blockers stop which clocks, from when to when (PZ1-PZ3, D32)."""

from dataclasses import replace

import pytest

from recruitment.rules.clock_codes import ClockOutcome, ClockStanding
from recruitment.rules.clocks import standing_of
from recruitment.rules.events import EventKind
from recruitment.rules.projection import OpenBlocker
from recruitment.rules.targets import TargetKey, pauses_target
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory, Party
from tests.recruitment.rules.clock_logs import Log, due_words
from tests.recruitment.rules.test_clock_facts import ALL, NOW, SOON, STATE, after, fact_of
from tests.time_cases import local

K, T, B, P = EventKind, TargetKey, BlockerCategory, Party
THE_SITE = {P.COORDINATOR, P.VISIT_CAPACITY}
RUN_ON = {B.SCHEDULING_CONSTRAINT, B.INTERPRETER, B.UNCLEAR_INFORMATION, B.SOURCE_MISMATCH}
PAIRS = [(category, party) for category in B for party in BLOCKER_PARTIES[category]]


@pytest.mark.parametrize(("category", "party"), PAIRS)
def test_a_blocker_stops_the_running_clocks_that_wait_for_it_and_never_while_on_the_site(
    category: BlockerCategory, party: Party
) -> None:
    _, fact = fact_of(K.BLOCKER_OPENED, "")
    fact = replace(fact, code=category, reason_code=party)
    found = after(ALL, STATE, fact)

    stops = party not in THE_SITE and category not in RUN_ON
    stopped = {clock.target for clock in found.values() if clock.run == 1 and clock.pauses}
    # Naming a blocker moves the lead, which ends the wait for its review; that still was open.
    assert stopped == {t for t in ALL_TARGETS if stops and pauses_target(t, category)}
    for clock in found.values():
        for pause in clock.pauses:
            assert pause.begin == NOW
            assert pause.until == (None if category == B.STUDY_PAUSED else SOON)


@pytest.mark.parametrize(("category", "party"), PAIRS)
def test_a_clock_that_starts_meanwhile_begins_paused(
    category: BlockerCategory, party: Party
) -> None:
    blocker = OpenBlocker(5, category, party, local("2026-03-27 10:00"), SOON)
    state = replace(STATE, blockers=(blocker,))
    stops = party not in THE_SITE and category not in RUN_ON
    for row, target in STARTERS.items():
        _, fact = fact_of(*row)
        started = [c for c in after({}, state, fact).values() if c.target == target]
        paused = stops and pauses_target(target, category)
        assert [bool(clock.pauses) for clock in started] == [paused]


STARTERS = {
    (K.OWNER_SET, ""): T.OWN,
    (K.PRESCREEN_CHANGED, "sent"): T.PRESCREEN_COMPLETE,
    (K.PRESCREEN_CHANGED, "complete"): T.PRESCREEN_REVIEW,
    (K.REVIEW_REQUESTED, ""): T.STUDY_TEAM_REVIEW,
    (K.RECORDS_CHANGED, "needed"): T.RECORDS_REQUEST,
    (K.RECORDS_CHANGED, "requested"): T.RECORDS_CHASE,
    (K.RECORDS_CHANGED, "received"): T.RECORDS_REVIEW,
    (K.VISIT_OFFERED, ""): T.SCHEDULE_BOOKED,
    (K.VISIT_BOOKED, "far"): T.VISIT_CONFIRM,
    (K.VISIT_BOOKED, "soon"): T.MISSED_VISIT,
    (K.VISIT_ENDED, "attended"): T.OUTCOME,
    (K.HANDOFF_OFFERED, ""): T.HANDOFF,
    (K.STALE_FLAGGED, ""): T.STALE_REVIEW,
}
ALL_TARGETS = {clock.target for clock in ALL.values()}
FR = T.FIRST_RESPONSE
PERMISSION = B.CONTACT_PERMISSION


def log(at: str = "2026-03-02 09:00") -> Log:
    return Log(at)


def test_s21_a_pause_from_monday_noon_to_wednesday_nine_makes_wednesday_fourteen() -> None:
    told = log().block("2026-03-02 12:00", "2026-03-06 09:00")
    assert due_words(told.clock(FR).due_at) == "Fri 2026-03-06 14:00"
    told.resolve("2026-03-04 09:00")
    assert due_words(told.clock(FR).due_at) == "Wed 2026-03-04 14:00"


def test_s22_a_lack_of_rooms_that_waits_on_the_site_stops_nothing() -> None:
    told = log().add(
        K.STAGE_CHANGED,
        "2026-03-02 09:00",
        from_stage="coordinator_review",
        to_stage="ready_to_schedule",
    )
    told.block("2026-03-02 10:00", "2026-03-04 09:00", B.VISIT_CAPACITY)
    assert due_words(told.clock(T.SCHEDULE_OFFER).due_at) == "Mon 2026-03-02 17:00"
    told.block("2026-03-02 11:00", "2026-03-04 09:00", B.VISIT_CAPACITY, party=P.SPONSOR, subject=2)
    assert due_words(told.clock(T.SCHEDULE_OFFER).due_at) == "Wed 2026-03-04 15:00"


def test_s23_after_its_review_date_the_clock_goes_on_by_itself() -> None:
    clock = log().block("2026-03-02 12:00", "2026-03-04 09:00").clock(FR)
    assert standing_of(clock, local("2026-03-04 08:59")) == ClockStanding.PAUSED
    assert standing_of(clock, local("2026-03-04 09:00")) == ClockStanding.ON_TRACK
    assert standing_of(clock, local("2026-03-04 14:00")) == ClockStanding.OVERDUE


def test_a_pause_counts_from_when_its_blocker_was_recorded() -> None:
    told = log().add(
        K.BLOCKER_OPENED,
        "2026-03-02 10:00",
        told="2026-03-02 15:00",
        code=PERMISSION,
        reason_code=P.PATIENT,
        subject_id=1,
        due_at="2026-03-04 09:00",
    )
    assert due_words(told.clock(FR).due_at) == "Wed 2026-03-04 11:00"


def test_a_blocker_recorded_before_a_start_that_is_told_later_pauses_it_from_its_start() -> None:
    told = log().block("2026-03-02 10:00", "2026-03-05 09:00", B.PATIENT_DECIDING)
    told.add(K.VISIT_OFFERED, "2026-03-02 12:00", told="2026-03-03 12:00")
    clock = told.clock(T.SCHEDULE_BOOKED)
    # Five days of eight hours, all of them from Thursday morning on.
    assert due_words(clock.due_at) == "Wed 2026-03-11 17:00"


def test_a_pause_that_is_redated_before_its_end_goes_on() -> None:
    told = log().block("2026-03-02 12:00", "2026-03-03 09:00")
    told.redate("2026-03-02 16:00", "2026-03-05 09:00")
    clock = told.clock(FR)
    assert due_words(clock.due_at) == "Thu 2026-03-05 14:00"
    assert len(clock.pauses) == 1


def test_a_pause_that_is_redated_to_earlier_ends_earlier() -> None:
    told = log().block("2026-03-02 12:00", "2026-03-05 09:00")
    told.redate("2026-03-02 16:00", "2026-03-03 09:00")
    assert due_words(told.clock(FR).due_at) == "Tue 2026-03-03 14:00"


def test_a_pause_that_is_redated_after_its_end_begins_anew() -> None:
    told = log().block("2026-03-02 12:00", "2026-03-03 09:00")
    told.redate("2026-03-03 11:00", "2026-03-05 09:00")
    # Three hours on Monday, two on Tuesday, three on Thursday.
    assert due_words(told.clock(FR).due_at) == "Thu 2026-03-05 12:00"
    assert len(told.clock(FR).pauses) == 2
    told.resolve("2026-03-04 09:00")
    assert due_words(told.clock(FR).due_at) == "Wed 2026-03-04 12:00"


def test_a_blocker_resolved_after_its_pause_was_over_gives_nothing_back() -> None:
    told = log().block("2026-03-02 12:00", "2026-03-03 09:00").resolve("2026-03-03 11:00")
    assert due_words(told.clock(FR).due_at) == "Tue 2026-03-03 14:00"


def test_a_pause_that_ends_before_it_was_recorded_is_none() -> None:
    told = log().block("2026-03-02 12:00", "2026-03-05 09:00")
    told.resolve("2026-03-02 11:00", told="2026-03-04 09:00")
    assert due_words(told.clock(FR).due_at) == "Mon 2026-03-02 17:00"


def test_two_pauses_over_one_another_count_once() -> None:
    told = log().block("2026-03-02 12:00", "2026-03-04 09:00")
    told.block("2026-03-03 09:00", "2026-03-05 09:00", subject=2)
    assert due_words(told.clock(FR).due_at) == "Thu 2026-03-05 14:00"
    told.resolve("2026-03-03 12:00", subject=1)
    assert due_words(told.clock(FR).due_at) == "Thu 2026-03-05 14:00"
    told.resolve("2026-03-03 13:00", subject=2)
    assert due_words(told.clock(FR).due_at) == "Wed 2026-03-04 10:00"


def test_a_blocker_named_after_the_clock_was_due_excuses_nothing() -> None:
    told = log().block("2026-03-03 09:00", "2026-03-05 09:00").answer("2026-03-04 09:00")
    clock = told.clock(FR)
    assert due_words(clock.due_at) == "Mon 2026-03-02 17:00"
    assert clock.outcome == ClockOutcome.MET_LATE


def halted(at: str) -> Log:
    return log().block(at, "2026-03-04 09:00", B.STUDY_PAUSED, subject=7)


def test_a_halt_stops_every_clock_until_a_person_ends_it() -> None:
    told = halted("2026-03-02 12:00")
    clock = told.clock(FR)
    assert clock.due_at is None
    assert standing_of(clock, local("2026-06-01 09:00")) == ClockStanding.PAUSED
    told.add(K.PAUSE_ENDED, "2026-03-04 09:00", by_staff=False)  # no job ends a halt
    told.redate("2026-03-05 09:00", "2026-03-10 09:00", subject=7)
    assert told.clock(FR).due_at is None
    told.resolve("2026-03-11 09:00", subject=7)
    assert due_words(told.clock(FR).due_at) == "Wed 2026-03-11 14:00"
    assert told.clock(T.BLOCKER_REVIEW, 7).outcome in {
        ClockOutcome.MET,
        ClockOutcome.NOT_APPLICABLE,
    }


def test_a_lead_that_comes_in_while_the_study_is_halted_waits() -> None:
    told = halted("2026-03-02 09:00")
    assert {clock.due_at for clock in told.clocks().values()} == {None}
    told.resolve("2026-03-03 09:00", subject=7)
    assert due_words(told.clock(FR).due_at) == "Tue 2026-03-03 17:00"
    assert due_words(told.clock(T.OWN).due_at) == "Tue 2026-03-03 10:00"


def test_a_halt_ended_and_begun_again_counts_both_times() -> None:
    told = halted("2026-03-02 12:00").resolve("2026-03-03 09:00", subject=7)
    told.block("2026-03-03 11:00", None, B.STUDY_PAUSED, subject=8)
    assert told.clock(FR).due_at is None
    told.resolve("2026-03-05 09:00", subject=8)
    assert due_words(told.clock(FR).due_at) == "Thu 2026-03-05 12:00"


@pytest.mark.parametrize(
    ("looked_at", "outcome"),
    [
        ("2026-03-04 08:00", ClockOutcome.NOT_APPLICABLE),  # before its day: nothing was asked
        ("2026-03-04 09:00", ClockOutcome.MET),
        ("2026-03-04 17:00", ClockOutcome.MET),
        ("2026-03-05 09:00", ClockOutcome.MET_LATE),
    ],
)
def test_a_blocker_is_looked_at_again_by_the_closing_of_its_day(
    looked_at: str, outcome: ClockOutcome
) -> None:
    told = log().block("2026-03-02 12:00", "2026-03-04 09:00", subject=3)
    assert due_words(told.clock(T.BLOCKER_REVIEW, 3).due_at) == "Wed 2026-03-04 17:00"
    told.redate(looked_at, "2026-03-10 09:00", subject=3)
    assert told.clock(T.BLOCKER_REVIEW, 3).outcome == outcome
    assert due_words(told.clock(T.BLOCKER_REVIEW, 3, 2).due_at) == "Tue 2026-03-10 17:00"


def test_a_blocker_without_a_date_is_not_asked_about() -> None:
    told = log().block("2026-03-02 12:00", None, B.INTERPRETER)
    assert (T.BLOCKER_REVIEW, 1, 1) not in told.clocks()
