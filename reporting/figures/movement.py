"""Movement since the last report, and the balance that it must close (12.1 sections 3-4; SR1-SR3).

This period counts what happened in it; late entries happened before the last cut-off and were
recorded after that report's as-of; to date counts everything up to the cut-off. So, unless an entry
was voided, to date = to date in the last report + late + this period.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from recruitment.rules.events import MilestoneCode
from recruitment.rules.stages import Bucket
from reporting.figures.cells import WITHHELD, Cell, exact, small
from reporting.figures.inputs import (
    NO_RESPONSE,
    Happening,
    Inputs,
    LeadFacts,
    Moment,
    Turn,
    TurnKind,
    Window,
)
from reporting.figures.shares import Sums, to_date
from reporting.figures.words import MOVEMENT


@dataclass(frozen=True, slots=True)
class Counted:
    """The exact counts of one row. `previous` is None in a first report."""

    this: int
    previous: int | None
    late: int
    to_date: int


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One row as published; see `Counted`."""

    code: str
    label: str
    this: Cell
    previous: Cell | None
    late: Cell
    to_date: Cell


@dataclass(frozen=True, slots=True)
class Balance:
    """Open at the last cut-off + late + new + reopened - closed - enrolled - merged = open now.

    `late` holds late entries and voided ones, and may be negative.
    """

    opening: int
    late: int
    new: int
    reopened: int
    closed: int
    enrolled: int
    merged: int
    open_now: int

    @property
    def worked_out(self) -> int:
        gone = self.closed + self.enrolled + self.merged
        return self.opening + self.late + self.new + self.reopened - gone


class Imbalance(ValueError):
    """The counts of a report contradict each other, so it must not be issued."""


def turns_that_change(lead: LeadFacts, *, as_of: datetime) -> list[Turn]:
    """The lead's turns known at `as_of` that change whether it is open, in the order of time."""
    if not lead.turns:  # as of most leads, and every row asks again
        return []
    known = [turn for turn in lead.turns if turn.recorded_at <= as_of]
    changing = []
    is_open = True
    for turn in sorted(known, key=lambda turn: turn.occurred_at):
        if is_open != (turn.kind == TurnKind.REOPENED):
            is_open = not is_open
            changing.append(turn)
    return changing


def is_open(lead: LeadFacts, *, at: datetime, as_of: datetime) -> bool:
    """Whether the lead was open just before `at`, as known at `as_of`."""
    if lead.received.occurred_at >= at or lead.received.recorded_at > as_of:
        return False
    last = _last_turn(lead, at, as_of)
    return last is None or last.kind == TurnKind.REOPENED


def closes(lead: LeadFacts, *, as_of: datetime) -> list[Turn]:
    """The lead's closes, without merges of duplicates."""
    turns = turns_that_change(lead, as_of=as_of)
    return [turn for turn in turns if turn.kind == TurnKind.CLOSED and not turn.is_merge]


def is_merged(lead: LeadFacts, *, at: datetime, as_of: datetime) -> bool:
    """Whether, just before `at`, the lead was a duplicate that counts with another one."""
    last = _last_turn(lead, at, as_of)
    return last is not None and last.is_merge


def is_spam(lead: LeadFacts, *, at: datetime, as_of: datetime) -> bool:
    """Whether, just before `at`, the lead stood closed as spam, a test or not a person."""
    last = _last_turn(lead, at, as_of)
    return last is not None and last.is_spam


def is_enrolled(lead: LeadFacts, *, at: datetime, as_of: datetime) -> bool:
    """Whether, just before `at`, the lead stood enrolled."""
    last = _last_turn(lead, at, as_of)
    return last is not None and last.kind == TurnKind.ENROLLED


def _last_turn(lead: LeadFacts, at: datetime, as_of: datetime) -> Turn | None:
    if not lead.turns:
        return None
    before = [turn for turn in turns_that_change(lead, as_of=as_of) if turn.occurred_at < at]
    return before[-1] if before else None


Reader = Callable[[LeadFacts, datetime, datetime], list[Moment]]
"""The moments of a lead that a row counts, given a cut-off and what was known when."""


def _milestone(code: str) -> Reader:
    def moments(lead: LeadFacts, at: datetime, as_of: datetime) -> list[Moment]:
        moment = lead.milestones.get(code)
        return [moment] if moment and not is_merged(lead, at=at, as_of=as_of) else []

    return moments


def _closed(lead: LeadFacts, _at: datetime, as_of: datetime) -> list[Moment]:
    return [Moment(turn.occurred_at, turn.recorded_at) for turn in closes(lead, as_of=as_of)]


def _enrolled(lead: LeadFacts, _at: datetime, as_of: datetime) -> list[Moment]:
    turns = turns_that_change(lead, as_of=as_of)
    return [Moment(t.occurred_at, t.recorded_at) for t in turns if t.kind == TurnKind.ENROLLED]


def _happened(what: Happening) -> Reader:
    return lambda lead, _at, _as_of: list(lead.happened.get(what, ()))


ROWS: Mapping[str, Reader] = {
    "new_interest": lambda lead, _at, _as_of: [lead.received],
    "attempted_contact": _milestone(MilestoneCode.FIRST_ATTEMPT),
    "prescreen_completed": _milestone(MilestoneCode.PRESCREEN_COMPLETED),
    "reviewable": _milestone(MilestoneCode.REVIEWABLE),
    "visit_scheduled": _milestone(MilestoneCode.VISIT_SCHEDULED),
    "visit_attended": _milestone(MilestoneCode.VISIT_ATTENDED),
    "no_response": _milestone(NO_RESPONSE),
    "closed": _closed,
    "enrolled": _enrolled,
    **{str(what): _happened(what) for what in Happening},
}
"""How each row counts a lead, by its code: a key of `words.MOVEMENT` or a `Happening`."""


def _read(leads: Sequence[LeadFacts], code: str, at: datetime, as_of: datetime) -> list[Moment]:
    moments = [moment for lead in leads for moment in ROWS[code](lead, at, as_of)]
    return [moment for moment in moments if moment.recorded_at <= as_of]


def counted(inputs: Inputs, code: str) -> Counted:
    """The exact counts of the row `code`, a key of `words.MOVEMENT` or a `Happening`."""
    last, cut_off = inputs.last, inputs.header.cut_off
    leads, rest = inputs.summed
    now = _read(leads, code, cut_off, inputs.header.as_of)
    this = sum(moment.occurred_at in inputs.period for moment in now) + rest[code]
    until_now = sum(moment.occurred_at < cut_off for moment in now) + rest[to_date(code)]
    if last is None:
        return Counted(this, None, 0, until_now)
    late = sum(m.occurred_at < last.cut_off and m.recorded_at > last.as_of for m in now)
    window = Window(last.period_start, last.cut_off)
    then = _read(leads, code, last.cut_off, last.as_of)
    before = sum(moment.occurred_at in window for moment in then)
    return Counted(this, before + rest[_before(code)], late + rest[_late(code)], until_now)


def _before(code: str) -> str:
    return f"{code} before"


def _late(code: str) -> str:
    return f"{code} late"


def movement(inputs: Inputs) -> tuple[MovementRow, ...]:
    """The published rows. Strict mode hides 1..k-1, and every sum that would give them away."""
    return rows_of(inputs, MOVEMENT)


def rows_of(inputs: Inputs, labels: Mapping[str, str]) -> tuple[MovementRow, ...]:
    """The published rows of these codes, each with its label."""
    rows = []
    for code, label in labels.items():
        row = counted(inputs, code)
        previous = None if row.previous is None else headline(row.previous, inputs)
        late, to_date = exact(row.late), exact(row.to_date)
        if inputs.strict:
            late, to_date = WITHHELD, WITHHELD
        rows.append(MovementRow(code, label, headline(row.this, inputs), previous, late, to_date))
    return tuple(rows)


def headline(n: int, inputs: Inputs) -> Cell:
    """A total without an attribute: exact, unless strict (SC2, D2)."""
    return small(inputs.k) if inputs.strict and 0 < n < inputs.k else exact(n)


def _terms(inputs: Inputs) -> Sums:
    """The terms of the balance, as far as leads are added up one by one, and what others add."""
    leads, rest = inputs.summed
    period, as_of = inputs.period, inputs.header.as_of
    known_then = inputs.last.as_of if inputs.last else as_of
    turns = [t for lead in leads for t in turns_that_change(lead, as_of=as_of)]
    kinds = [(t.kind, t.is_merge) for t in turns if t.occurred_at in period]
    found = Sums(
        at_start=sum(is_open(lead, at=period.start, as_of=as_of) for lead in leads),
        opening=sum(is_open(lead, at=period.start, as_of=known_then) for lead in leads),
        new=sum(lead.received.occurred_at in period for lead in leads),
        reopened=kinds.count((TurnKind.REOPENED, False)),
        closed=kinds.count((TurnKind.CLOSED, False)),
        enrolled=kinds.count((TurnKind.ENROLLED, False)),
        merged=kinds.count((TurnKind.CLOSED, True)),
        open_now=sum(lead.bucket != Bucket.CLOSED for lead in leads),
    )
    return Sums({term: number + rest[_term(term)] for term, number in found.items()})


def _term(name: str) -> str:
    return f"balance {name}"


def balance(inputs: Inputs) -> Balance:
    """The balance of the period. Raises Imbalance when it does not close.

    Open now is counted from the buckets, everything else from the log, so that the two check each
    other.
    """
    terms = _terms(inputs)
    at_start, opening = terms.pop("at_start"), terms.pop("opening")
    if inputs.last and inputs.last.open_now is not None:
        opening = inputs.last.open_now
    found = Balance(opening=opening, late=at_start - opening, **terms)
    if found.worked_out != found.open_now:
        raise Imbalance(
            f"The balance makes {found.worked_out} open leads, the buckets hold {found.open_now}."
        )
    return found


def movement_sums(inputs: Inputs) -> Sums:
    """What the leads of `inputs` add to movement and balance, by the name of each number."""
    found = Sums({_term(term): number for term, number in _terms(inputs).items()})
    for code in ROWS:
        row = counted(inputs, code)
        found[code], found[to_date(code)] = row.this, row.to_date
        found[_before(code)], found[_late(code)] = row.previous or 0, row.late
    return found
