"""Asks in words: their age, and what the weekly review says of them (AS2, AS3)."""

from datetime import datetime

from recruitment.rules.asks.checks import days_open
from recruitment.rules.asks.codes import AnswerChoice, AskDirection, AskParty
from trialsnest.lib.words import counted


def age_words(raised_at: datetime, now: datetime) -> str:
    """`asked today`, `asked 12 days ago`."""
    days = days_open(raised_at, now)
    return f"asked {counted(days, 'day')} ago" if days else "asked today"


def who_words(direction: AskDirection, party: AskParty) -> str:
    """`We ask the sponsor`, `The monitor asks us`."""
    name = party.label if party == AskParty.CRO else party.label.lower()
    return f"We ask the {name}" if direction == AskDirection.TO_SPONSOR else f"The {name} asks us"


def open_words(
    question: str, *, raised_at: datetime, now: datetime, choice: str, leads: int
) -> str:
    """An ask that waits, as an item of the review says it."""
    said = age_words(raised_at, now)
    if choice:
        said += f", {AnswerChoice(choice).label.lower()}"
    if leads:
        said += f", {counted(leads, 'lead')} {'waits' if leads == 1 else 'wait'}"
    return f"{said[0].upper()}{said[1:]}: {question}"


def answered_words(question: str, *, choice: str, leads: int) -> str:
    """An answer that nobody has settled, as an item of the review says it."""
    what = f"Settle it and free {counted(leads, 'lead')}?" if leads else "Settle it?"
    return f"Answered, {AnswerChoice(choice).label.lower()}. {what} {question}"
