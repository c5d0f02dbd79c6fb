"""Reviewable and scheduled, by source: outcomes that lead after lead still comes to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reporting.figures.disclosure.columns import Column, differences, each, hidden, in_all, tell
from reporting.figures.disclosure.program import Program, Secret
from reporting.figures.disclosure.slices import Number, Place

Unknowns = dict[Place, int]


@dataclass(frozen=True, slots=True)
class Stage:
    """One report: its exact counts, and both columns of its own table, reviewable first.

    One of an older table printed again has none. With `strict` a reader knows no total of a
    stretch.
    """

    counts: Mapping[Place, Number]
    own: tuple[Column, ...]
    strict: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those that tell something."""
        return tuple(column for column in self.own if column.is_printed)


@dataclass(frozen=True, slots=True)
class _Seen:
    column: Column
    unknowns: Unknowns


def step_program(stages: Sequence[Stage], ends: float) -> tuple[Program, Program, list[Secret]]:
    """What all reports say, what those before the last say, and the secrets of all."""
    program, secrets = Program(ends), list[Secret]()
    last = dict[int, _Seen]()
    earlier: tuple[Unknowns, Unknowns] | None = None
    for at, stage in enumerate(stages):
        is_past = at < len(stages) - 1
        unknowns = _unknowns(program, stage)
        if earlier is not None:
            for now, then, what in zip(unknowns, earlier, (_reviewable, _scheduled), strict=True):
                _grow(program, (now, stage), (then, stages[at - 1]), what)
        bare = program if is_past else program.copy()
        for column in stage.columns:
            seen = _Seen(column, unknowns[column.number - 1])
            tell(program, column, seen.unknowns)
            secrets += hidden(column, seen.unknowns, is_past=is_past)
            if column.number in last:
                secrets += _since(last[column.number], seen, is_past=is_past)
            last[column.number] = seen
        for number, step in enumerate(unknowns) if stage.own else ():
            own = stage.own[min(number, len(stage.own) - 1)]
            secrets += in_all(own, step, is_past=is_past)
        earlier = unknowns
    return program, bare, secrets


def _reviewable(number: Number) -> int:
    return number.reviewable


def _scheduled(number: Number) -> int:
    return number.scheduled


def _unknowns(program: Program, stage: Stage) -> tuple[Unknowns, Unknowns]:
    """Both steps of every place; their totals by stretch are known, and so is their order (G1)."""
    reviewable = {p: program.unknown(0, number.base) for p, number in stage.counts.items()}
    scheduled = {p: program.unknown(0, number.base) for p, number in stage.counts.items()}
    for unknowns, what in ((reviewable, _reviewable), (scheduled, _scheduled)):
        for start in sorted({place.start for place in unknowns}) if not stage.strict else ():
            here = [place for place in unknowns if place.start == start]
            total = sum(what(stage.counts[place]) for place in here)
            program.say({unknowns[place]: 1 for place in here}, total, total)
    for place, number in stage.counts.items():
        if number.scheduled <= number.reviewable:
            program.say({reviewable[place]: 1, scheduled[place]: -1}, 0)
    return reviewable, scheduled


def _grow(
    program: Program,
    now: tuple[Unknowns, Stage],
    then: tuple[Unknowns, Stage],
    what: Callable[[Number], int],
) -> None:
    """Nobody goes back, except where that is so."""
    for place, at in now[0].items():
        if place in then[0]:
            change = what(now[1].counts[place]) - what(then[1].counts[place])
            program.say({at: 1, then[0][place]: -1}, min(0, change))


def _since(earlier: _Seen, later: _Seen, *, is_past: bool) -> list[Secret]:
    """Of each source: who is new in the cohort, who dropped out, and who came further."""
    found = list[Secret]()
    old = {place: at for place, at in earlier.unknowns.items() if place in earlier.column}
    new = {place: at for place, at in later.unknowns.items() if place in later.column}
    for sources in each(later.column, {*old, *new}):
        both = [place for place in new if place in old and place.source in sources]
        parts = (
            {at: 1 for place, at in new.items() if place.source in sources and place not in old},
            {at: 1 for place, at in old.items() if place.source in sources and place not in new},
            {new[place]: 1 for place in both} | {old[place]: -1 for place in both},
        )
        found += differences(parts, k=later.column.k, of="", is_past=is_past)
    return found
