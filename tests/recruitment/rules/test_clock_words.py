"""The arithmetic of a due time, word for word."""

from collections.abc import Mapping
from datetime import date

import pytest

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.clock_codes import ClockStanding
from recruitment.rules.clock_words import (
    BEGAN,
    TURN,
    Explained,
    explain,
    standing_words,
    worked_words,
)
from recruitment.rules.clocks import Clock
from recruitment.rules.events import EventKind
from recruitment.rules.targets import TargetKey
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import BlockerCategory, SourceKind
from tests.recruitment.rules.clock_logs import PLAIN, TERMS, Log
from tests.time_cases import NEW_YORK, local

K, T, B = EventKind, TargetKey, BlockerCategory
FR = T.FIRST_RESPONSE
MONDAY = date(2026, 3, 9)
CLOSED = Terms(((None, BusinessCalendar(NEW_YORK, closed_dates=frozenset({MONDAY}))),))
NAMES = {MONDAY: "Founders' day"}


def said(
    clock: Clock,
    now: str,
    terms: Terms = TERMS,
    holidays: Mapping[date, str] | None = None,
    **values: object,
) -> Explained:
    return explain(clock, terms=terms, now=local(now), holidays=holidays, **values)  # type: ignore[arg-type]


def web(at: str) -> Log:
    return Log(at, kind=SourceKind.WEB)


def test_a_lead_of_friday_afternoon() -> None:
    found = said(Log("2026-03-06 16:30").clock(FR), "2026-03-06 17:00")
    assert found.sentence == "Received Fri 16:30, plus 8 business hours = Mon 16:30"
    assert found.rows == (
        ("Began", "Fri 6 Mar 2026, 16:30"),
        ("Target", "8 business hours, the default"),
        ("Due", "Mon 9 Mar 2026, 16:30; due soon from Mon 9 Mar 2026, 14:30"),
        ("All in all", "30 min, of which 30 min of opening hours were the site's"),
    )
    assert found.standing == ClockStanding.ON_TRACK


def test_a_holiday_and_a_pause_on_the_way() -> None:
    log = web("2026-03-06 16:40").block("2026-03-10 10:00", "2026-03-12 13:00")
    clock = log.clock(FR, terms=CLOSED)
    found = said(clock, "2026-03-12 14:00", CLOSED, NAMES, version=3)
    assert found.sentence == (
        "Received Fri 16:40, plus 4 business hours, Mon closed for Founders' day,"
        " paused 2 d 3 h for no permission to contact = Thu 15:40"
    )
    assert dict(found.rows)["Target"] == "4 business hours, version 3"
    assert dict(found.rows)["All in all"] == (
        "5 d 20 h, of which 2 h 20 min of opening hours were the site's"
    )


def test_what_begins_and_is_due_within_a_week_is_told_by_weekdays() -> None:
    log = web("2026-03-06 16:40").block("2026-03-10 10:00", "2026-03-11 13:00")
    found = said(log.clock(FR, terms=CLOSED), "2026-03-12 14:00", CLOSED)
    assert found.sentence == (
        "Received Fri 16:40, plus 4 business hours, Mon closed, paused 1 d 3 h for no permission"
        " to contact = Wed 15:40"
    )


def test_an_arrival_on_a_saturday_starts_at_the_opening() -> None:
    clock = Log("2026-03-07 11:00").clock(FR)
    found = said(clock, "2026-03-07 12:00")
    assert found.sentence == (
        "Received Sat 11:00, starts at the next opening Mon 09:00, plus 8 business hours"
        " = Mon 17:00"
    )
    assert dict(found.rows)["Counted from"] == "Mon 9 Mar 2026, 09:00, the next opening"
    assert found.standing == ClockStanding.NOT_STARTED
    assert standing_words(clock, PLAIN, local("2026-03-09 09:00")) == ClockStanding.ON_TRACK


def test_a_pause_that_is_not_over_says_until_when() -> None:
    log = Log("2026-03-02 09:00").block("2026-03-02 12:00", "2026-03-04 09:00")
    found = said(log.clock(FR), "2026-03-03 09:00")
    assert found.sentence == (
        "Received Mon 09:00, plus 8 business hours, paused until Wed 09:00 for no permission to"
        " contact = Wed 14:00"
    )
    assert found.standing == ClockStanding.PAUSED


def test_a_halt_has_no_due_time() -> None:
    log = Log("2026-03-02 09:00").block("2026-03-02 12:00", None, B.STUDY_PAUSED)
    found = said(log.clock(FR), "2026-03-03 09:00")
    assert found.sentence == (
        "Received Mon 2 Mar 09:00, plus 8 business hours, standing still for study paused since"
        " Mon 2 Mar 12:00: due when a person ends the halt"
    )
    assert dict(found.rows)["Due"] == "When a person ends the halt"
    assert dict(found.rows)["All in all"] == "1 d, of which 3 h of opening hours were the site's"


def test_a_visit_is_counted_back_from() -> None:
    log = Log("2026-03-02 09:00")
    log.add(K.VISIT_BOOKED, "2026-03-02 10:00", subject_id=1, due_at=local("2026-03-13 14:00"))
    found = said(log.clock(T.VISIT_CONFIRM, 1), "2026-03-02 10:00")
    assert found.sentence == "Visit Fri 14:00, less 2 business days = Wed 14:00"


def test_a_blocker_is_due_by_the_closing_of_its_day() -> None:
    log = Log("2026-03-02 09:00").block("2026-03-02 10:00", "2026-03-04 09:00")
    found = said(log.clock(T.BLOCKER_REVIEW, 1), "2026-03-02 10:00")
    assert found.sentence == (
        "Blocker to be looked at again Wed 09:00, by closing the same day = Wed 17:00"
    )
    assert found.standing == ClockStanding.NOT_STARTED


@pytest.mark.parametrize(
    ("at", "told", "words"),
    [
        ("2026-03-02 12:00", "", "Met Mon 2 Mar 2026, 12:00; no answer"),
        (
            "2026-03-02 10:00",
            "2026-03-02 18:00",
            "Met Mon 2 Mar 2026, 10:00, entered late on Mon 2 Mar 2026, 18:00; no answer",
        ),
        (
            "2026-03-03 10:30",
            "",
            "Met late Tue 3 Mar 2026, 10:30, 4 h 30 min of opening hours after it was due;"
            " no answer",
        ),
    ],
)
def test_how_it_ended_says_in_time_or_late_and_what_came_of_it(
    at: str, told: str, words: str
) -> None:
    clock = web("2026-03-02 10:00").answer(at, told=told).clock(FR)
    found = said(clock, "2026-03-05 10:00", result="no answer")
    assert dict(found.rows)["Result"] == words
    assert "due soon" not in dict(found.rows)["Due"]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-03-02 10:30", "Not applicable Mon 2 Mar 2026, 10:30"),
        ("2026-03-02 16:00", "Missed Mon 2 Mar 2026, 16:00, 2 h of opening hours after it was due"),
    ],
)
def test_a_close_says_whether_it_was_missed(at: str, words: str) -> None:
    log = web("2026-03-02 10:00").add(
        K.STAGE_CHANGED, at, from_stage="new_inquiry", to_stage="closed_other"
    )
    assert dict(said(log.clock(FR), "2026-03-05 10:00").rows)["Result"] == words


def test_hours_that_changed_meanwhile_are_said_to_have() -> None:
    changed = Terms((*TERMS.calendars, (local("2026-03-06 16:45"), CLOSED.calendar)))
    found = said(Log("2026-03-06 16:30").clock(FR, terms=changed), "2026-03-06 17:00", changed)
    assert found.sentence == "Received Fri 16:30, plus 8 business hours, Mon closed = Tue 16:30"
    assert dict(found.rows)["Hours"] == "Changed while it ran; counted by the new ones"
    later = Terms((*TERMS.calendars, (local("2026-03-10 09:00"), CLOSED.calendar)))
    stays = said(Log("2026-03-06 16:30").clock(FR, terms=later), "2026-03-10 10:00", later)
    assert stays.sentence == "Received Fri 16:30, plus 8 business hours = Mon 16:30"


def test_many_closed_days_are_counted() -> None:
    week = frozenset(date(2026, 3, day) for day in range(9, 14))
    closed = Terms(((None, BusinessCalendar(NEW_YORK, closed_dates=week)),))
    found = said(Log("2026-03-06 16:30").clock(FR, terms=closed), "2026-03-06 17:00", closed)
    assert found.sentence == (
        "Received Fri 6 Mar 16:30, plus 8 business hours, 5 closed days = Mon 16 Mar 16:30"
    )


def test_a_reopened_lead_and_a_chase_say_how_they_began() -> None:
    log = Log("2026-03-02 09:00")
    log.add(K.RECORDS_CHANGED, "2026-03-02 09:00", code="requested", subject_id=1)
    log.add(K.RECORDS_CHASED, "2026-03-09 09:00", subject_id=1)
    first = said(log.clock(T.RECORDS_CHASE, 1), "2026-03-10 09:00")
    again = said(log.clock(T.RECORDS_CHASE, 1, 2), "2026-03-10 09:00")
    assert first.sentence.startswith("Record asked for Mon 09:00")
    assert again.sentence.startswith("Record last chased Mon 09:00")


def test_every_target_has_words_for_its_start_and_a_turn() -> None:
    assert set(BEGAN) == set(TURN) == set(T)


def test_business_time_knows_no_days() -> None:
    clock = Log("2026-03-02 09:00").clock(FR)
    assert worked_words(clock.due_at - clock.started_at) == "8 h"  # type: ignore[operator]
    hours = [local("2026-03-04 09:05"), local("2026-03-02 09:00")]
    assert worked_words(hours[0] - hours[1]) == "48 h 5 min"
    assert worked_words(hours[1] - hours[0]) == "0 min"
