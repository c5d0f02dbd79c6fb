"""Decisions needed from the sponsor, with their age and how many leads an answer frees (AS3, D39).

A lead counts under its oldest open blocker, as in the table of blockers, so what an answer frees is
a part of rows that the report prints. It is printed where neither it nor the rest of those rows is
small; wherever the rows themselves are not printed exactly, it is withheld, zero like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recruitment.rules.asks.codes import ENDS_WAITING, AnswerChoice, AskKind, AskParty
from recruitment.rules.stages import Bucket
from reporting.figures.breakdowns import Breakdown
from reporting.figures.cells import WITHHELD, Cell, exact
from reporting.figures.inputs import AskFacts, Inputs
from reporting.figures.standing import blocked

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AskRow:
    """One ask as a sponsor reads it. `days` is its age at the cut-off, or when it was answered.

    `freed` is None where no lead waits for the answer. `options` are the choices that the sponsor
    has. `choice` and `answer` are "" without an answer, `option` where it names none of them.
    """

    kind: str
    party: str
    question: str
    why: str
    raised_at: datetime
    due_at: datetime
    days: int
    is_late: bool
    freed: Cell | None
    choice: str = ""
    answer: str = ""
    options: tuple[str, ...] = ()
    option: str = ""

    @property
    def reply(self) -> str:
        """The answer without its own words, with the option it names: `Agreed: 28 days`."""
        return f"{self.choice}: {self.option}" if self.option else self.choice


@dataclass(frozen=True, slots=True)
class AskTable:
    """Asks without an answer, the oldest first, and those answered since the last report."""

    open: tuple[AskRow, ...]
    answered: tuple[AskRow, ...]


def ask_table(inputs: Inputs, blockers: Breakdown) -> AskTable:
    """The asks of a period; `blockers` is the table of blockers as the report prints it."""
    cut_off = inputs.header.cut_off
    waiting = [ask for ask in inputs.asks if ask.ended_at is None and not _is_answered(ask)]
    told = [
        ask
        for ask in inputs.asks
        if _is_answered(ask) and ask.answered_at is not None and ask.answered_at in inputs.period
    ]
    freed = _freed(waiting, inputs, blockers)
    return AskTable(
        tuple(_row(ask, until=cut_off, freed=freed[ask.key]) for ask in waiting),
        tuple(_row(ask, until=ask.answered_at or cut_off, freed=None) for ask in told),
    )


def _is_answered(ask: AskFacts) -> bool:
    return bool(ask.choice) and AnswerChoice(ask.choice) in ENDS_WAITING


def _row(ask: AskFacts, *, until: datetime, freed: Cell | None) -> AskRow:
    return AskRow(
        kind=str(AskKind(ask.kind).label),
        party=str(AskParty(ask.party).label),
        question=ask.question,
        why=ask.why,
        raised_at=ask.raised_at,
        due_at=ask.due_at,
        days=(until - ask.raised_at) // DAY,
        is_late=ask.due_at < until,
        freed=freed,
        choice=str(AnswerChoice(ask.choice).label) if ask.choice else "",
        answer=ask.answer,
        options=ask.options,
        option=ask.option,
    )


def _freed(asks: Sequence[AskFacts], inputs: Inputs, blockers: Breakdown) -> dict[int, Cell | None]:
    """What to print for each ask. Two that share a category may not both be told in part."""
    categories = [ask.category for ask in asks]
    return {
        ask.key: _cell(
            _number(ask, inputs),
            of=blocked(blockers, ask.category).known,
            k=inputs.k,
            is_alone=categories.count(ask.category) == 1,
        )
        if ask.category
        else None
        for ask in asks
    }


def _number(ask: AskFacts, inputs: Inputs) -> int:
    """Open leads that wait for the ask and have its blocker as their oldest (D23)."""
    return sum(
        min(lead.blockers, key=lambda blocker: blocker.opened_at).category == ask.category
        for lead in inputs.counted
        if lead.bucket != Bucket.CLOSED and lead.blockers and ask.key in lead.asks
    )


def _cell(number: int, *, of: int | None, k: int, is_alone: bool) -> Cell:
    """The number, if neither it nor what is left of the printed row is small (SC1, SC3)."""
    if of is None:
        return WITHHELD
    if number in {0, of} or (is_alone and number >= k and of - number >= k):
        return exact(number)
    return WITHHELD
