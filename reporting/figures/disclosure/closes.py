"""Close reasons to date beside those of every earlier report (SC4, D37).

A family only grows, and each report prints how many closed in all. So a number that is printed now
can give away one that was hidden before: "<5", then 5, while one lead closed, was a 4. A number
that would is withheld, then others with it; when nothing helps, the breakdown is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from reporting.figures.breakdowns import Breakdown
from reporting.figures.cells import Cell, Shown
from reporting.figures.closing import CloseReasons, close_reasons
from reporting.figures.disclosure.program import (
    INFINITE,
    NothingFits,
    Program,
    Secret,
    TooLong,
    given_away,
)
from reporting.figures.disclosure.told import ZERO, Told, cells_of, limits
from reporting.figures.friction import Friction, friction
from reporting.figures.inputs import Inputs

T = TypeVar("T")
Now = dict[str, int]
"""The unknowns of one report, by row of its table."""


@dataclass(frozen=True, slots=True)
class ToDate:
    """A table of closes to date as one report printed it, with the floor `k` it was made with.

    `period` is what the report printed of the closes of its period, where that counts the same
    closes and the total to date is not printed; `spam` are those it counts that the table does not.
    """

    k: int
    table: Breakdown
    cut_off: datetime
    period: Cell | None = None
    spam: int = 0


def close_reasons_beside(
    inputs: Inputs, before: Sequence[Told], *, ends: float, period: Cell | None = None
) -> CloseReasons:
    """The finest table by family that gives nothing away; `before` in the order of cut-offs.

    `ends` is when to give up and withhold, by the monotonic clock. `period` is what a strict report
    prints of the closes of its period.
    """

    def now(found: CloseReasons) -> ToDate:
        cut_off = inputs.header.cut_off
        return ToDate(inputs.k, found.by_family, cut_off, period, found.spam)

    return _finest(
        lambda withhold: close_reasons(inputs, withhold=withhold),
        now,
        inputs,
        before,
        [
            ToDate(told.k, told.closes, told.cut_off, told.movement.get("closed"), told.spam)
            if inputs.strict
            else ToDate(told.k, told.closes, told.cut_off)
            for told in before
        ],
        ends,
    )


def friction_beside(
    inputs: Inputs,
    by_family: Breakdown,
    blockers: Breakdown,
    before: Sequence[Told],
    *,
    ends: float,
) -> Friction:
    """The same for the closes by criterion, a part of what the table by family prints."""
    return _finest(
        lambda withhold: friction(inputs, by_family, blockers, withhold=withhold),
        lambda found: ToDate(inputs.k, found.closes, inputs.header.cut_off),
        inputs,
        before,
        [
            ToDate(told.k, told.criteria, told.cut_off)
            for told in before
            if told.criteria is not None
        ],
        ends,
    )


def _finest(
    make: Callable[[frozenset[str] | None], T],
    told_by: Callable[[T], ToDate],
    inputs: Inputs,
    before: Sequence[Told],
    tables: Sequence[ToDate],
    ends: float,
) -> T:
    if any(told.cut_off > inputs.header.cut_off for told in before):
        return make(None)  # a revision of a report that others came after
    withheld = frozenset[str]()
    while True:
        found = make(withheld)
        now = told_by(found)
        if now.table.is_withheld or not tables:
            return found
        try:
            out = _out(tables, now, ends)
        except TooLong:
            return make(None)
        if not out:
            return found
        choice = _next(now.table, {secret.of for secret in out})
        if choice is None:
            return make(None)
        withheld |= {choice}


def _next(table: Breakdown, out: set[str]) -> str | None:
    """The number to withhold: rather of a row that is out, and rather a small one."""
    printed = [(row.code not in out, row.cell.known, row.code) for row in table.rows]
    return min((p for p in printed if p[1]), default=(True, None, None))[2]


def _out(before: Sequence[ToDate], now: ToDate, ends: float) -> list[Secret]:
    """What the table would give away that was not out already."""
    try:
        return _given_away(before, now, ends, void=0)
    except NothingFits:
        return _given_away(before, now, ends, void=_fewest_voided(before, now, ends))


def _given_away(before: Sequence[ToDate], now: ToDate, ends: float, *, void: int) -> list[Secret]:
    """`void` is how many entries were taken back at least, and so, a reader thinks, how many."""
    program, secrets, last = _read(before, now, ends, void)
    bare = program.copy()
    _tell(program, last, now)
    return given_away(program, bare, secrets)


def _fewest_voided(before: Sequence[ToDate], now: ToDate, ends: float) -> int:
    program, _, last = _read(before, now, ends, INFINITE)
    _tell(program, last, now)
    return program.least({0: 1})


def _read(
    before: Sequence[ToDate], now: ToDate, ends: float, void: int
) -> tuple[Program, list[Secret], Now]:
    """Everything but the cells of `now`, the secrets with them, and the unknowns of `now`.

    Unknown 0 is how many entries were taken back in all.
    """
    program, secrets = Program(ends), list[Secret]()
    voided = {program.unknown(0, void): -1}
    families = sorted({code for told in (*before, now) for code in cells_of(told.table)})
    earlier, printed = Now(), Now()
    ends_at = dict[datetime, tuple[Now, ToDate]]()
    for told in (*before, now):
        unknowns = {family: program.unknown() for family in (*families, "")}
        total = told.table.total.known
        if total is not None:
            program.say(dict.fromkeys(unknowns.values(), 1), total, total)
        for family, at in earlier.items():
            _only_grows(program, unknowns[family], at, voided if void else None)
        if not told.table.is_withheld:
            if told is not now:
                _tell(program, unknowns, told)
            secrets += _secrets(unknowns, printed, told, is_past=told is not now)
            printed = unknowns
        else:
            secrets += [
                Secret({at: 1}, 2, family, is_past=True, small_under=told.k)
                for family, at in unknowns.items()
            ]
        if told.period is not None and not void:
            last = max((at for at in ends_at if at < told.cut_off), default=None)
            secrets += _of_period(
                program, unknowns, told, ends_at[last] if last else None, is_past=told is not now
            )
        ends_at[told.cut_off] = unknowns, told
        earlier = unknowns
    if void:
        program.say(voided, -INFINITE, 0)
    return program, secrets, earlier


def _of_period(
    program: Program,
    unknowns: Now,
    told: ToDate,
    last: tuple[Now, ToDate] | None,
    *,
    is_past: bool,
) -> list[Secret]:
    """What a strict report prints of its period is a part of what came since the last one."""
    if told.period is None or last is None:
        return []
    low, high = limits(told.period, told.k, withheld=(0, INFINITE))
    came = program.unknown(low, high)
    grown = dict.fromkeys(unknowns.values(), 1) | dict.fromkeys(last[0].values(), -1)
    program.say(grown | {came: -1}, last[1].spam - told.spam)
    if told.period.shown != Shown.SMALL:
        return []
    return [Secret({came: 1}, told.k - 1, "", is_past)]


def _only_grows(program: Program, now: int, before: int, voided: dict[int, int] | None) -> None:
    if voided is None:
        program.say({now: 1, before: -1}, 0)
        return
    back = program.unknown()
    program.say({now: 1, before: -1, back: 1}, 0)
    voided[back] = 1


def _tell(program: Program, unknowns: Now, told: ToDate) -> None:
    """What a table that is not withheld prints."""
    cells = cells_of(told.table)
    for family, at in unknowns.items():
        withheld = (told.k, INFINITE)
        program.say({at: 1}, *limits(cells.get(family, ZERO), told.k, withheld=withheld))


def _secrets(unknowns: Now, printed: Now, told: ToDate, *, is_past: bool) -> list[Secret]:
    """Its hidden numbers, and what came since the table that was printed before it."""
    cells, k = cells_of(told.table), told.k
    hidden = [
        Secret({at: 1}, k - 1, family, is_past)
        for family, at in unknowns.items()
        if cells.get(family, ZERO).known is None
    ]
    came = [
        Secret({at: 1, printed[family]: -1}, 2, family, is_past, small_under=k)
        for family, at in unknowns.items()
        if family in printed
    ]
    return hidden + came
