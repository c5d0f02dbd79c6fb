"""What an ask and an answer need, how old an ask is, and how its due time is worked out (12.5)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from recruitment.rules.asks.checks import answer_clock, closing_on, days_open, state_after
from recruitment.rules.asks.codes import (
    ENDS_WAITING,
    KIND_OF_BLOCKER,
    KIND_OF_ITEM,
    TOLD,
    AnswerChoice,
    AnswerWay,
    AskDirection,
    AskKind,
    AskParty,
    AskState,
)
from recruitment.rules.asks.words import answered_words, open_words, who_words
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import Target, TargetKey, Unit, default_target
from recruitment.rules.terms import Terms

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)  # 10:00 in New York
DAY = timedelta(days=1)
USUAL = BusinessCalendar("America/New_York")


@pytest.mark.parametrize(
    ("span", "days"),
    [(timedelta(0), 0), (DAY - timedelta(seconds=1), 0), (DAY, 1), (12.5 * DAY, 12), (-DAY, 0)],
)
def test_the_age_is_in_whole_days_rounded_down(span: timedelta, days: int) -> None:
    assert days_open(MONDAY, MONDAY + span) == days


def test_every_answer_but_one_ends_the_waiting() -> None:
    assert {choice for choice in AnswerChoice if state_after(choice) == AskState.OPEN} == {
        AnswerChoice.MORE_NEEDED
    }
    assert set(AnswerChoice) - ENDS_WAITING == {AnswerChoice.MORE_NEEDED}
    assert set(AnswerWay) - TOLD == {AnswerWay.PORTAL}


def test_what_is_proposed_may_be_asked_of_a_sponsor() -> None:
    proposed = {*KIND_OF_BLOCKER.values(), *KIND_OF_ITEM.values()}

    assert AskKind.OTHER not in proposed


def test_a_holiday_on_the_way_puts_the_answer_off_by_a_day_and_a_later_calendar_does_not() -> None:
    under = default_target(TargetKey.ASK_ANSWER)
    closed = BusinessCalendar("America/New_York", closed_dates=frozenset({date(2026, 3, 4)}))
    usual = answer_clock(under, started_at=MONDAY, terms=Terms(((None, USUAL),)))
    holiday = answer_clock(under, started_at=MONDAY, terms=Terms(((None, closed),)))
    later = Terms(((None, USUAL), (MONDAY + DAY, closed)))

    assert usual.due_at is not None
    assert holiday.due_at == usual.due_at + DAY
    assert answer_clock(under, started_at=MONDAY, terms=later).due_at == usual.due_at


@pytest.mark.parametrize(
    ("after", "outcome"), [(DAY, ClockOutcome.MET), (9 * DAY, ClockOutcome.MET_LATE)]
)
def test_an_answer_meets_the_target_or_is_late(after: timedelta, outcome: ClockOutcome) -> None:
    clock = answer_clock(
        Target(5, Unit.DAYS),
        started_at=MONDAY,
        terms=Terms(((None, USUAL),)),
        ended_at=MONDAY + after,
    )

    assert clock.outcome == outcome


def test_a_day_ends_when_the_site_closes() -> None:
    due = closing_on(date(2026, 3, 2), at=MONDAY, calendar=USUAL)

    assert due == datetime(2026, 3, 2, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 3, 1), "closed on that day"),
        (date(2026, 2, 27), "is past"),
        (date(2027, 3, 4), "within a year"),
    ],
)
def test_a_day_that_cannot_be_is_refused(day: date, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        closing_on(day, at=MONDAY, calendar=USUAL)


def test_who_asks_whom_in_words() -> None:
    to, of_us = AskDirection.TO_SPONSOR, AskDirection.FROM_SPONSOR

    assert who_words(to, AskParty.SPONSOR) == "We ask the sponsor"
    assert who_words(to, AskParty.CRO) == "We ask the CRO"
    assert who_words(of_us, AskParty.MONITOR) == "The monitor asks us"


@pytest.mark.parametrize(
    ("days", "choice", "leads", "words"),
    [
        (0, "", 0, "Asked today: May they?"),
        (1, "", 1, "Asked 1 day ago, 1 lead waits: May they?"),
        (
            12,
            "more_needed",
            6,
            "Asked 12 days ago, more information needed, 6 leads wait: May they?",
        ),
    ],
)
def test_an_open_ask_says_its_age_and_who_waits(
    days: int, choice: str, leads: int, words: str
) -> None:
    said = open_words(
        "May they?", raised_at=MONDAY, now=MONDAY + days * DAY, choice=choice, leads=leads
    )

    assert said == words


def test_an_answered_ask_asks_to_be_settled() -> None:
    assert answered_words("May they?", choice="agreed", leads=6) == (
        "Answered, agreed. Settle it and free 6 leads? May they?"
    )
    assert answered_words("May they?", choice="not_agreed", leads=0) == (
        "Answered, not agreed. Settle it? May they?"
    )
