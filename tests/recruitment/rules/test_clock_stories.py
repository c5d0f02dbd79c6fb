"""What whole logs of a lead do to its clocks (5.1, CK5, CK6, D28, D32)."""

import pytest

from recruitment.rules.clock_codes import ClockOutcome, ClockStanding
from recruitment.rules.clock_facts import deadlines
from recruitment.rules.clocks import standing_of
from recruitment.rules.events import EventKind
from recruitment.rules.stages import Stage
from recruitment.rules.targets import FAST, LISTS, TargetKey
from recruitment.rules.vocabulary import SourceKind
from tests.recruitment.rules.clock_logs import Log, due_words
from tests.time_cases import local

K, T, S, Was = EventKind, TargetKey, Stage, ClockOutcome


def closed(log: Log, at: str) -> Log:
    return log.add(
        K.STAGE_CHANGED, at, from_stage=S.NEW_INQUIRY, to_stage=S.CLOSED_OTHER, reason_code="pt"
    )


def reopened(log: Log, at: str, to: Stage = S.NEW_INQUIRY) -> Log:
    return log.add(K.STAGE_CHANGED, at, from_stage=S.CLOSED_OTHER, to_stage=to, code="reopened")


def test_reopening_starts_fresh_clocks_and_earlier_results_stand() -> None:
    log = reopened(
        closed(Log("2026-03-02 09:00").answer("2026-03-02 11:00"), "2026-03-03 10:00"),
        "2026-03-05 10:00",
    )
    first, second = log.clock(T.FIRST_RESPONSE), log.clock(T.FIRST_RESPONSE, run=2)
    assert (first.outcome, second.outcome) == (Was.MET, None)
    assert due_words(second.due_at) == "Fri 2026-03-06 10:00"
    assert log.clock(T.OWN).outcome == Was.MISSED
    assert due_words(log.clock(T.OWN, run=2).due_at) == "Thu 2026-03-05 11:00"


def test_reopening_takes_up_the_records_where_the_close_broke_them_off() -> None:
    log = Log("2026-03-02 09:00")
    for item, codes in {
        1: ["needed"],
        2: ["needed", "requested"],
        3: ["needed", "received"],
    }.items():
        for code in codes:
            log.add(K.RECORDS_CHANGED, "2026-03-02 09:00", code=code, subject_id=item)
    log.add(K.RECORDS_CHANGED, "2026-03-02 09:30", code="waived", subject_id=1)
    reopened(closed(log, "2026-03-02 10:00"), "2026-03-09 09:00")
    opened = {(c.target, c.subject_id) for c in log.clocks().values() if c.outcome is None}
    assert opened == {
        (T.OWN, 0),
        (T.FIRST_RESPONSE, 0),
        (T.RECORDS_CHASE, 2),
        (T.RECORDS_REVIEW, 3),
    }
    assert due_words(log.clock(T.RECORDS_CHASE, 2, 2).due_at) == "Fri 2026-03-13 17:00"


def test_reopening_to_screened_waits_for_the_outcome_again() -> None:
    log = closed(Log("2026-03-02 09:00"), "2026-03-02 10:00")
    assert reopened(log, "2026-03-03 09:00", S.SCREENED).clock(T.OUTCOME).outcome is None


def test_what_is_told_of_a_closed_lead_starts_nothing() -> None:
    log = closed(Log("2026-03-02 09:00"), "2026-03-02 10:00")
    log.add(K.RECORDS_CHANGED, "2026-03-02 11:00", code="received", subject_id=1)
    log.add(K.OWNER_SET, "2026-03-02 11:00")
    assert all(clock.outcome is not None for clock in log.clocks().values())


# Which clock a source asks for (D28).


@pytest.mark.parametrize("kind", SourceKind)
def test_a_source_kind_has_the_first_response_that_d28_gives_it(kind: SourceKind) -> None:
    log = Log("2026-03-02 09:00", kind=kind)
    if kind in LISTS:
        assert log.clocks() == {}
        return
    due = "13:00" if kind in FAST else "17:00"
    assert due_words(log.clock(T.FIRST_RESPONSE).due_at) == f"Mon 2026-03-02 {due}"
    assert due_words(log.clock(T.OWN).due_at) == "Mon 2026-03-02 10:00"


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_a_lead_of_a_list_has_no_clock_until_it_is_released(kind: SourceKind) -> None:
    log = Log("2026-03-02 09:00", kind=kind)
    log.add(K.OWNER_SET, "2026-03-03 09:00")  # given up again by nobody: still no clock
    assert log.clocks() == {}
    log.add(K.RELEASED, "2026-03-04 09:00", code=kind)
    assert due_words(log.clock(T.FIRST_RESPONSE).due_at) == "Wed 2026-03-04 17:00"
    assert due_words(log.clock(T.OWN).due_at) == "Wed 2026-03-04 10:00"


def test_a_lead_of_a_list_that_was_worked_on_before_needs_no_first_response() -> None:
    log = Log("2026-03-02 09:00", kind=SourceKind.REGISTRY).answer("2026-03-03 09:00")
    log.add(K.RELEASED, "2026-03-04 09:00", code=SourceKind.REGISTRY)
    assert log.clocks() == {}


# Contacts that are told late.


def web(at: str) -> Log:
    return Log(at, kind=SourceKind.WEB)


def test_a_call_at_ten_typed_at_eighteen_hundred_is_met_and_marked_entered_late() -> None:
    clock = (
        web("2026-03-02 10:00")
        .answer("2026-03-02 10:00", told="2026-03-02 18:00")
        .clock(T.FIRST_RESPONSE)
    )
    assert due_words(clock.due_at) == "Mon 2026-03-02 14:00"
    assert (clock.outcome, clock.entered_late) == (Was.MET, True)


def test_an_earlier_contact_that_is_typed_in_later_is_the_first_response() -> None:
    log = web("2026-03-02 10:00").answer("2026-03-02 16:00")
    assert log.clock(T.FIRST_RESPONSE).outcome == Was.MET_LATE
    log.answer("2026-03-02 11:00", told="2026-03-02 17:00")
    clock = log.clock(T.FIRST_RESPONSE)
    assert (clock.outcome, clock.ended_at) == (Was.MET, local("2026-03-02 11:00"))
    assert clock.entered_late


def test_a_target_known_to_be_met_in_time_is_not_entered_late_by_an_earlier_contact() -> None:
    log = web("2026-03-02 10:00").answer("2026-03-02 12:00")
    log.answer("2026-03-02 11:00", told="2026-03-03 09:00")
    clock = log.clock(T.FIRST_RESPONSE)
    assert (clock.outcome, clock.entered_late) == (Was.MET, False)
    assert clock.ended_at == local("2026-03-02 11:00")


def test_a_later_contact_changes_no_first_response() -> None:
    log = web("2026-03-02 10:00").answer("2026-03-02 12:00")
    before = log.clocks()
    assert log.answer("2026-03-02 13:00").clocks() == before


def test_a_contact_before_the_reopening_is_no_response_to_it() -> None:
    log = reopened(closed(Log("2026-03-02 09:00"), "2026-03-10 09:00"), "2026-03-12 09:00")
    log.answer("2026-03-11 09:00", told="2026-03-12 10:00")
    assert log.clock(T.FIRST_RESPONSE, run=2).outcome is None
    assert log.clock(T.FIRST_RESPONSE).outcome == Was.MISSED
    log.answer("2026-03-02 10:00", told="2026-03-12 11:00")
    assert log.clock(T.FIRST_RESPONSE).outcome == Was.MET


# Records (D28).


def asked(*chases: str) -> Log:
    log = Log("2026-03-02 09:00")
    log.add(K.RECORDS_CHANGED, "2026-03-02 09:00", code="needed", subject_id=1)
    log.add(K.RECORDS_CHANGED, "2026-03-02 10:00", code="requested", subject_id=1)
    for at in chases:
        log.add(K.RECORDS_CHASED, at, subject_id=1)
    return log


@pytest.mark.parametrize(
    ("chases", "due"),
    [
        ([], "Mon 2026-03-09 10:00"),
        (["2026-03-09 09:00"], "Fri 2026-03-13 17:00"),
        (["2026-03-09 10:00", "2026-03-16 10:00"], "Mon 2026-03-23 10:00"),
        (["2026-03-09 10:00", "2026-03-18 10:00"], "Mon 2026-03-23 10:00"),  # decide at 15 days
        (["2026-03-20 10:00"], "Mon 2026-03-23 10:00"),
        (["2026-03-24 10:00"], "Tue 2026-03-31 10:00"),  # chased all the same
    ],
)
def test_a_record_is_chased_every_five_days_and_decided_on_at_fifteen(
    chases: list[str], due: str
) -> None:
    log = asked(*chases)
    assert due_words(log.clock(T.RECORDS_CHASE, 1, len(chases) + 1).due_at) == due


def test_a_chase_typed_in_out_of_turn_moves_nothing() -> None:
    log = asked("2026-03-09 10:00")
    before = log.clocks()
    log.add(K.RECORDS_CHASED, "2026-03-06 10:00", told="2026-03-10 10:00", subject_id=1)
    assert log.clocks() == before


def test_items_run_their_own_clocks() -> None:
    log = asked()
    log.add(K.RECORDS_CHANGED, "2026-03-03 09:00", code="needed", subject_id=2)
    log.add(K.RECORDS_CHANGED, "2026-03-04 09:00", code="received", subject_id=1)
    assert log.clock(T.RECORDS_REQUEST, 2).outcome is None
    assert log.clock(T.RECORDS_CHASE, 1).outcome == Was.MET
    assert due_words(log.clock(T.RECORDS_REVIEW, 1).due_at) == "Thu 2026-03-05 17:00"


# Visits (5.1, D28).


def booked(at: str, visit: str) -> Log:
    return Log("2026-03-02 09:00").add(K.VISIT_BOOKED, at, subject_id=4, due_at=visit)


def test_a_visit_is_confirmed_two_business_days_before_it() -> None:
    clock = booked("2026-03-02 10:00", "2026-03-13 14:00").clock(T.VISIT_CONFIRM, 4)
    assert due_words(clock.due_at) == "Wed 2026-03-11 14:00"


@pytest.mark.parametrize(
    ("visit", "runs"),
    [("2026-03-05 10:00", True), ("2026-03-05 09:59", False), ("2026-03-03 10:00", False)],
)
def test_confirming_does_not_apply_to_a_visit_under_three_days_ahead(
    visit: str, runs: bool
) -> None:
    clocks = booked("2026-03-02 10:00", visit).clocks()
    assert ((T.VISIT_CONFIRM, 4, 1) in clocks) == runs


def test_a_visit_without_a_result_is_followed_up_from_an_hour_after_it() -> None:
    log = booked("2026-03-02 10:00", "2026-03-03 10:00")
    clock = log.clock(T.MISSED_VISIT, 4)
    assert standing_of(clock, local("2026-03-03 10:59")) == ClockStanding.NOT_STARTED
    assert standing_of(clock, local("2026-03-03 11:00")) == ClockStanding.ON_TRACK
    assert due_words(clock.due_at) == "Tue 2026-03-03 15:00"
    log.answer("2026-03-03 10:30")  # she is late, and nobody has said that she did not come
    assert log.clock(T.MISSED_VISIT, 4).outcome is None
    assert log.answer("2026-03-03 12:00").clock(T.MISSED_VISIT, 4).outcome == Was.MET


def test_a_call_right_after_a_recorded_no_show_is_its_follow_up() -> None:
    log = booked("2026-03-02 10:00", "2026-03-03 10:00")
    log.add(K.VISIT_ENDED, "2026-03-03 10:20", code="no_show", subject_id=4)
    log.answer("2026-03-03 10:25")
    assert log.clock(T.MISSED_VISIT, 4).outcome == Was.MET


def test_a_visit_that_is_moved_waits_at_its_new_time() -> None:
    log = booked("2026-03-02 10:00", "2026-03-13 14:00")
    log.add(K.VISIT_ENDED, "2026-03-03 10:00", code="rescheduled", subject_id=4)
    log.add(K.VISIT_BOOKED, "2026-03-03 10:00", subject_id=5, due_at="2026-03-20 14:00")
    open_ones = {(c.target, c.subject_id) for c in log.clocks().values() if c.outcome is None}
    assert {(T.VISIT_CONFIRM, 5), (T.MISSED_VISIT, 5)} <= open_ones
    assert {subject for _, subject in open_ones} == {0, 5}


# Reviews of stale leads.


def flagged() -> Log:
    log = Log("2026-03-02 09:00").answer("2026-03-02 10:00")
    return log.add(K.STALE_FLAGGED, "2026-03-09 10:00", told="2026-03-10 06:00", by_staff=False)


def test_the_review_runs_from_when_the_lead_was_flagged() -> None:
    clock = flagged().clock(T.STALE_REVIEW)
    assert clock.started_at == local("2026-03-10 06:00")
    assert due_words(clock.due_at) == "Mon 2026-03-16 17:00"


def test_a_review_is_met_whatever_it_set_going_first() -> None:
    log = flagged().add(
        K.ACTION_SET, "2026-03-11 10:00", code="call", subject_id=9, due_at="2026-03-12 10:00"
    )
    log.block("2026-03-11 10:00", "2026-03-13 10:00", subject=2)
    log.add(K.STALE_REVIEWED, "2026-03-11 10:00", due_at="2026-03-25 10:00")
    assert log.clock(T.STALE_REVIEW).outcome == Was.MET


def test_a_lead_with_something_planned_ahead_has_no_review_to_wait_for() -> None:
    log = flagged().add(
        K.ACTION_SET, "2026-03-11 10:00", code="call", subject_id=9, due_at="2026-03-12 10:00"
    )
    assert log.clock(T.STALE_REVIEW).outcome == Was.NOT_APPLICABLE
    log.add(K.STALE_REVIEWED, "2026-03-13 10:00", due_at="2026-03-25 10:00")
    assert log.clock(T.STALE_REVIEW).outcome == Was.NOT_APPLICABLE


def test_the_wait_for_a_review_makes_no_lead_less_stale() -> None:
    assert deadlines(flagged().clocks()) == [log_own_due()]


def log_own_due() -> object:
    return flagged().clock(T.OWN).due_at
