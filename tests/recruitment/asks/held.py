"""Asks of a study at a site, and short ways through their life."""

from datetime import date, datetime
from typing import Any

from accounts.models import User
from recruitment.models import Ask, StudySite
from recruitment.rules.asks.checks import Answer, Question
from recruitment.rules.asks.codes import (
    AnswerChoice,
    AnswerWay,
    AskDirection,
    AskKind,
    AskParty,
)
from recruitment.services.asks import answer_ask, raise_ask
from recruitment.services.asks_settled import Settled, settle_ask
from tests.recruitment.weekly.held import DAY, HOUR, OPENED, R

ASKED = OPENED
ANSWERED = OPENED + 2 * DAY
SETTLED = ANSWERED + HOUR
WORDS = "May records of the last two years be enough for criterion 4?"
OPTIONS = ("Two years", "Three years", "All of them")


def question(**values: Any) -> Question:
    """A question to the sponsor for whose answer the leads with missing records wait."""
    given: dict[str, Any] = {
        "direction": AskDirection.TO_SPONSOR,
        "kind": AskKind.CRITERIA,
        "party": AskParty.SPONSOR,
        "question": WORDS,
        "category": R,
    }
    return Question(**(given | values))


def asked_of_us(**values: Any) -> Question:
    """A question that the monitor put to the site."""
    given: dict[str, Any] = {
        "direction": AskDirection.FROM_SPONSOR,
        "kind": AskKind.OTHER,
        "party": AskParty.MONITOR,
        "question": "Who calls back when the first number is wrong?",
        "category": None,
    }
    return question(**(given | values))


def raised(
    place: StudySite,
    by: User,
    asked: Question | None = None,
    at: datetime = ASKED,
    **values: Any,
) -> Ask:
    """An ask that `by` raised and sees to."""
    given: dict[str, Any] = {"owner": by} | values
    return raise_ask(study_site=place, asked=asked or question(), by=by, at=at, **given).ask


def answer(**values: Any) -> Answer:
    """What the sponsor said on the phone on Wednesday."""
    given: dict[str, Any] = {
        "choice": AnswerChoice.AGREED,
        "way": AnswerWay.PHONE,
        "on": date(2026, 3, 4),
        "said_by": "Robin of the sponsor",
        "comment": "Two years are enough.",
    }
    return Answer(**(given | values))


def answered(ask: Ask, by: User, at: datetime = ANSWERED, **values: Any) -> Ask:
    """The ask as it stands with this answer."""
    ask.refresh_from_db()
    return answer_ask(ask=ask, answer=answer(**values), by=by, at=at, seen=ask.seq)


def settled(
    ask: Ask, by: User, leads: list[int], at: datetime = SETTLED, words: str = ""
) -> Settled:
    """The ask settled for these leads."""
    ask.refresh_from_db()
    return settle_ask(ask=ask, leads=leads, words=words, by=by, at=at, seen=ask.seq)
