"""Reached within 14 days, by source: an outcome that is settled before it is first printed (Q3)."""

from collections.abc import Sequence

from reporting.figures.disclosure.columns import Column, differences, each, hidden, in_all, tell
from reporting.figures.disclosure.program import Program, Secret
from reporting.figures.disclosure.slices import Number, Place

Counts = dict[Place, Number]


def contact_program(
    columns: Sequence[Column], counts: Sequence[Counts], ends: float
) -> tuple[Program, Program, list[Secret]]:
    """What all columns say, what those before the last say, and the secrets of all.

    `counts` are the exact counts behind each column. Where they changed since, by an entry that was
    told late, the reader is taken to know by how much.
    """
    program = Program(ends)
    latest: Counts = {}
    for count in counts:
        latest |= count
    unknowns = {place: program.unknown(0, number.base) for place, number in latest.items()}
    is_known = columns[-1].total is None
    for start in sorted({place.start for place in latest}) if is_known else ():
        here = [place for place in latest if place.start == start]
        total = sum(latest[place].contacted for place in here)
        program.say({unknowns[place]: 1 for place in here}, total, total)
    secrets, printed = list[Secret](), None
    for at, column in enumerate(columns):
        is_past = at < len(columns) - 1
        bare = program if is_past else program.copy()
        seen = _as_counted(program, unknowns, latest, counts[at])
        tell(program, column, seen)
        secrets += hidden(column, seen, is_past=is_past)
        secrets += in_all(column, seen, is_past=is_past)
        if printed is not None and column.is_printed:
            secrets += _since(printed, column, unknowns, is_past=is_past)
        printed = column if column.is_printed else printed
    return program, bare, secrets


def _as_counted(
    program: Program, unknowns: dict[Place, int], latest: Counts, then: Counts
) -> dict[Place, int]:
    """The unknowns of a report: those of today, or others that differ from them as is known."""
    seen = dict[Place, int]()
    for place, number in then.items():
        change = number.contacted - latest[place].contacted
        if not change and number.base == latest[place].base:
            seen[place] = unknowns[place]
            continue
        seen[place] = program.unknown(0, number.base)
        program.say({seen[place]: 1, unknowns[place]: -1}, change, change)
    return seen


def _since(
    earlier: Column, later: Column, unknowns: dict[Place, int], *, is_past: bool
) -> list[Secret]:
    """Of each source: who is new in the cohort, who dropped out, and who is in both."""
    found = list[Secret]()
    for sources in each(later, unknowns):
        here = {place: at for place, at in unknowns.items() if place.source in sources}
        parts = (
            {at: 1 for place, at in here.items() if place in later and place not in earlier},
            {at: 1 for place, at in here.items() if place in earlier and place not in later},
            {at: 1 for place, at in here.items() if place in earlier and place in later},
        )
        found += differences(parts, k=later.k, of="", is_past=is_past)
    return found
