"""What an ask and an answer need before they are written, and when an answer is due (AS1-AS3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from recruitment.rules.asks.codes import (
    ENDS_WAITING,
    NOT_ASKED,
    UNSETTLED,
    AnswerChoice,
    AnswerWay,
    AskDirection,
    AskKind,
    AskParty,
    AskState,
)
from recruitment.rules.asks.options import check_option
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.clocks import Clock, closing_after, timed
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.targets import Target, TargetKey
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import BlockerCategory
from trialsnest.lib.zones import DAY, start_of

MAX_QUESTION, MAX_WHY, MAX_COMMENT, MAX_NAME = 400, 300, 400, 80  # characters
LONGEST = timedelta(days=366)  # ahead, for the day by which an answer is needed


@dataclass(frozen=True)
class Question:
    """An ask as somebody puts it. `category` is the blocker that an answer would take off.

    `options` are the choices that the sponsor is offered, none where the question is open.
    """

    direction: AskDirection
    kind: AskKind
    party: AskParty
    question: str
    why: str = ""
    category: BlockerCategory | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What was answered. `on` is the site's day; `said_by` who said so, "" in the portal.

    `option` is the one of the question's options that it names, "" for none.
    """

    choice: AnswerChoice
    way: AnswerWay
    on: date
    said_by: str = ""
    comment: str = ""
    option: str = ""


def check_question(asked: Question) -> None:
    """Raise InvalidInput, naming the field, unless this may be asked. Words were cleaned before."""
    if not asked.question:
        raise InvalidInput("Write the question.", field="question")
    if asked.direction == AskDirection.TO_SPONSOR and asked.kind == AskKind.OTHER:
        raise InvalidInput("Choose what the question is about.", field="kind")
    if asked.direction == AskDirection.FROM_SPONSOR and asked.options:
        raise InvalidInput("Options go with a question to the sponsor.", field="options")
    if asked.category is None:
        return
    if asked.direction == AskDirection.FROM_SPONSOR:
        raise InvalidInput(
            "Leads wait for an answer of the sponsor, not for one of ours.", field="category"
        )
    if asked.category in NOT_ASKED:
        raise InvalidInput("A halt is ended on the study's own page.", field="category")


def check_answer(
    answer: Answer, *, asked_on: date, today: date, offered: Sequence[str] = ()
) -> None:
    """Raise InvalidInput, naming the field, unless this may be the answer. Days are the site's.

    `offered` are the options of the question.
    """
    if not asked_on <= answer.on <= today:
        sentence = "That day is still to come." if answer.on > today else "It was asked later."
        raise InvalidInput(sentence, field="on")
    if answer.way == AnswerWay.PORTAL and answer.said_by:
        raise InvalidInput("The portal says who answered.", field="said_by")
    if answer.way != AnswerWay.PORTAL and not answer.said_by:
        raise InvalidInput("Say who answered.", field="said_by")
    check_option(answer.option, answer.choice, offered=offered)
    needs_words = {AnswerChoice.IN_WORDS, AnswerChoice.PARTLY, AnswerChoice.MORE_NEEDED}
    is_said = bool(answer.option) and answer.choice == AnswerChoice.IN_WORDS
    if answer.choice in needs_words and not answer.comment and not is_said:
        raise InvalidInput("Write what was answered.", field="comment")


def check_unsettled(state: AskState) -> None:
    """Raise Refusal for an ask that has ended."""
    if state not in UNSETTLED:
        raise Refusal(f"This ask is {state.label.lower()} already.")


def state_after(choice: AnswerChoice) -> AskState:
    """Where the ask stands with this answer."""
    return AskState.ANSWERED if choice in ENDS_WAITING else AskState.OPEN


def closing_on(day: date, *, at: datetime, calendar: BusinessCalendar) -> datetime:
    """When the site closes on `day` (UTC), by which an answer is then needed.

    Raises InvalidInput for a day that is past, too far ahead, or on which the site is closed.
    """
    if not calendar.works_on(day):
        raise InvalidInput("The site is closed on that day; choose another.", field="needed_by")
    due_at = closing_after(start_of(day, calendar.zone), 1, calendar)
    if due_at <= at:
        raise InvalidInput("That day is past.", field="needed_by")
    if due_at > at + LONGEST:
        raise InvalidInput("Choose a day within a year.", field="needed_by")
    return due_at


def answer_clock(
    under: Target, *, started_at: datetime, terms: Terms, ended_at: datetime | None = None
) -> Clock:
    """The run of `ask_answer` from `started_at`, by the calendar of that moment (5.1, CK1).

    Nothing pauses it. Its due time is worked out once, when the ask is raised, and kept.
    """
    clock = Clock(
        target=TargetKey.ASK_ANSWER,
        subject_id=0,
        run=1,
        under=under,
        started_at=started_at,
        told_at=started_at,
        ended_at=ended_at,
        end_told_at=ended_at,
        outcome=None if ended_at is None else ClockOutcome.MET,
    )
    return timed(clock, fixed_at(terms, started_at))


def fixed_at(terms: Terms, at: datetime) -> Terms:
    """The same targets with the calendar of `at` alone: a later one moves no ask."""
    return Terms(((None, terms.calendar_at(at)),), terms.versions)


def days_open(raised_at: datetime, now: datetime) -> int:
    """The age of an ask in whole days, rounded down."""
    return max(0, (now - raised_at) // DAY)
