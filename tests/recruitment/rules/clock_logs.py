"""Logs of one lead for tests of its clocks: facts with times read off a wall in New York."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from recruitment.rules import projection
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.clock_book import Clocks
from recruitment.rules.clock_facts import fold, step
from recruitment.rules.clocks import Clock
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.targets import TargetKey
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory, Party, SourceKind
from tests.time_cases import NEW_YORK, local, shown

PLAIN = BusinessCalendar(NEW_YORK)
TERMS = Terms(((None, PLAIN),))
K = EventKind


class Log:
    """Facts in the order in which they were told; times such as `2026-03-02 10:00`."""

    def __init__(self, at: str, *, kind: SourceKind = SourceKind.REFERRAL, told: str = "") -> None:
        self.facts: list[Fact] = []
        self.add(K.RECEIVED, at, told=told, code=kind)

    def add(self, kind: EventKind, at: str, *, told: str = "", **values: Any) -> "Log":
        """One more fact; `told` is when it was recorded, by default when it happened."""
        if "due_at" in values and isinstance(values["due_at"], str):
            values["due_at"] = local(values["due_at"])
        self.facts.append(
            Fact(
                kind=kind,
                occurred_at=local(at),
                recorded_at=local(told or at),
                seq=len(self.facts) + 1,
                **({"by_staff": kind != K.RECEIVED} | values),
            )
        )
        return self

    def block(
        self,
        at: str,
        review_by: str | None,
        category: BlockerCategory = BlockerCategory.CONTACT_PERMISSION,
        *,
        party: Party | None = None,
        subject: int = 1,
    ) -> "Log":
        """A blocker is opened."""
        return self.add(
            K.BLOCKER_OPENED,
            at,
            code=category,
            reason_code=party or BLOCKER_PARTIES[category][0],
            subject_id=subject,
            due_at=None if review_by is None else local(review_by),
        )

    def redate(self, at: str, review_by: str, *, subject: int = 1) -> "Log":
        """It is looked at again at another time."""
        return self.add(K.BLOCKER_REDATED, at, subject_id=subject, due_at=local(review_by))

    def resolve(self, at: str, *, told: str = "", subject: int = 1) -> "Log":
        """It is over."""
        return self.add(K.BLOCKER_RESOLVED, at, told=told, subject_id=subject)

    def answer(self, at: str, *, told: str = "") -> "Log":
        """An attempt without an answer: the first response."""
        return self.add(K.OUTREACH_LOGGED, at, told=told, code="no_answer")

    def clocks(self, terms: Terms = TERMS) -> Clocks:
        """All clocks after the whole log."""
        return fold(self.facts, terms)[1]

    def clock(
        self, target: TargetKey, subject: int = 0, run: int = 1, terms: Terms = TERMS
    ) -> Clock:
        """One of them."""
        return self.clocks(terms)[target, subject, run]


def step_by_step(facts: Iterable[Fact], terms: Terms) -> Clocks:
    """The clocks as the services keep them: each fact entered with its due times."""
    state, clocks = None, {}
    for fact in facts:
        before = state
        state = projection.begin(fact) if before is None else projection.apply(before, fact)
        clocks = step(clocks, fact, before=before, after=state, terms=terms)
    return clocks


def due_words(at: datetime | None) -> str:
    """`Mon 2026-03-02 10:00` in New York; empty for None."""
    return "" if at is None else shown(at)
