"""Scheduling: what became of visits, and how many more the site can take (12.1 section 9; G7).

Visits are totals without an attribute, counted and printed as in the table of movement. Free slots
tell how many times are taken, which is a part of the bucket of scheduled leads: they are printed
only where that bucket is, and where neither what is taken nor what is left of it is 1 to k-1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from recruitment.rules.stages import Bucket
from reporting.figures.breakdowns import Breakdown
from reporting.figures.cells import WITHHELD, Cell, exact
from reporting.figures.inputs import Happening, Inputs
from reporting.figures.movement import MovementRow, rows_of

VISITS: Mapping[str, str] = {
    Happening.VISIT_BOOKED: "Visits booked",
    Happening.VISIT_ATTENDED: "Visits attended",
    Happening.VISIT_MISSED: "Visits missed",
}
WEEKS = (2, 4)


@dataclass(frozen=True, slots=True)
class Room:
    """How many visits the site can hold in so many weeks, and how many of these slots are free."""

    weeks: int
    slots: int
    free: Cell


@dataclass(frozen=True, slots=True)
class Scheduling:
    """Visits of the period, every one counted, and the weeks ahead."""

    visits: tuple[MovementRow, ...]
    room: tuple[Room, ...]


def scheduling(inputs: Inputs, open_now: Breakdown) -> Scheduling:
    """The section; `open_now` is the table of open leads as the report prints it."""
    return Scheduling(rows_of(inputs, VISITS), _room(inputs, open_now))


def taken(inputs: Inputs, weeks: int) -> int:
    """Slots of the first `weeks` that are booked or kept for somebody."""
    return sum(
        any(week.start <= time < week.end for week in inputs.weeks[:weeks])
        for lead in inputs.counted
        for time in lead.taken
    )


def _room(inputs: Inputs, open_now: Breakdown) -> tuple[Room, ...]:
    if len(inputs.weeks) < max(WEEKS):
        return ()
    spans = [(weeks, taken(inputs, weeks)) for weeks in WEEKS]
    numbers = [0, *(number for _, number in spans)]
    steps = [after - before for before, after in pairwise(numbers)]
    scheduled = _scheduled(open_now)
    rest = [abs((scheduled or 0) - number) for number in numbers]
    told = scheduled is not None and not any(0 < n < inputs.k for n in (*numbers, *steps, *rest))
    found = []
    for weeks, number in spans:
        slots = sum(week.slots for week in inputs.weeks[:weeks])
        free = exact(max(slots - number, 0)) if told else WITHHELD
        found.append(Room(weeks, slots, free))
    return tuple(found)


def _scheduled(open_now: Breakdown) -> int | None:
    """The number of scheduled leads, where the table prints it."""
    row = next((row for row in open_now.rows if row.code == Bucket.SCHEDULED), None)
    return row.cell.known if row is not None else None
