"""Adding up what several reports print; a sum with a hidden part is withheld (MS7, SC4).

A sum is made of printed numbers alone, so it tells nothing that they do not tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from reporting.figures.breakdowns import WITHHELD_LEVEL, Breakdown, Row, in_order
from reporting.figures.cells import Cell, added, exact
from reporting.figures.execution import ExecutionRow
from reporting.figures.movement import MovementRow
from reporting.figures.rates import Rate, rate
from reporting.figures.scheduling import Room, Scheduling
from reporting.figures.site_work import SiteWork
from reporting.figures.stalled import Stalled
from reporting.figures.standing import FOLDED

T = TypeVar("T")
Groups = Mapping[str, tuple[str, frozenset[str]]]
"""Coarse rows by code: their label, and the codes of the finer rows in each."""
GROUPED = "group"


def every(sections: Sequence[T | None]) -> list[T] | None:
    """The sections, if every report has its own; else None."""
    there = [section for section in sections if section is not None]
    return there if len(there) == len(sections) else None


def rates_together(rates: Sequence[Rate]) -> Rate:
    """One rate over all bases."""
    return rate(added([one.reached for one in rates]), sum(one.base for one in rates))


def moved_together(rows: Sequence[MovementRow]) -> MovementRow:
    """The same row of several reports. Without a period before in one there is none."""
    before = every([row.previous for row in rows])
    return MovementRow(
        rows[0].code,
        rows[0].label,
        this=added([row.this for row in rows]),
        previous=None if before is None else added(before),
        late=added([row.late for row in rows]),
        to_date=added([row.to_date for row in rows]),
    )


def tables_together(tables: Sequence[Breakdown], listed: Sequence[str] = ()) -> Breakdown:
    """The rows of all tables; withheld when they are broken down differently or tell no number.

    One that counts nobody has no rows that differ. Rows are in the order of `listed`, or of their
    numbers.
    """
    total = added([table.total for table in tables])
    levels = {table.level for table in tables if table.total.known != 0}
    if len(levels) > 1 or levels & {WITHHELD_LEVEL, FOLDED}:
        return Breakdown(WITHHELD_LEVEL, total, ())
    found: dict[str, Row] = {row.code: row for table in tables for row in table.rows}
    rows = [
        Row(code, row.label, added([printed(table, code) for table in tables]), row.detail)
        for code, row in found.items()
    ]
    if rows and not any(row.cell.known for row in rows):
        return Breakdown(WITHHELD_LEVEL, total, ())
    if listed:
        rows.sort(key=lambda row: listed.index(row.code))
    else:
        rows = in_order(rows)
    return Breakdown(next(iter(levels), tables[0].level), total, tuple(rows))


def printed(table: Breakdown, code: str) -> Cell:
    """What the table prints for the code; a row that it leaves out counts nothing."""
    return next((row.cell for row in table.rows if row.code == code), exact(0))


def folded(table: Breakdown, groups: Groups) -> Breakdown:
    """The table by its coarse rows; as it is where it has these already, or is withheld.

    Where small rows stand together it is withheld: no coarse row can be told from them.
    """
    if table.is_withheld or table.level == GROUPED:
        return table
    if table.level == FOLDED:
        return Breakdown(WITHHELD_LEVEL, table.total, ())
    rows = []
    for code, (label, members) in groups.items():
        parts = [row.cell for row in table.rows if row.code in members]
        rows.append(Row(code, label, added(parts) if parts else exact(0)))
    return replace(table, level=GROUPED, rows=tuple(rows))


def executed_together(sections: Sequence[Sequence[ExecutionRow]]) -> tuple[ExecutionRow, ...]:
    """How often each target was met; nothing where one of the reports does not tell."""
    if not all(sections):
        return ()
    return tuple(
        ExecutionRow(
            rows[0].code,
            rows[0].label,
            this=rates_together([row.this for row in rows]),
            cohort=rates_together([row.cohort for row in rows]),
        )
        for rows in zip(*sections, strict=True)
    )


def work_together(sections: Sequence[SiteWork]) -> SiteWork:
    """Ownership coverage and paused share of sites that all opted in."""
    return SiteWork(
        coverage=rates_together([one.coverage for one in sections]),
        paused=rates_together([one.paused for one in sections]),
    )


def scheduled_together(sections: Sequence[Scheduling]) -> Scheduling:
    """Visits of the periods; the slots ahead where every site has set some."""
    visits = zip(*(one.visits for one in sections), strict=True)
    rooms = [one.room for one in sections]
    return Scheduling(
        visits=tuple(moved_together(rows) for rows in visits),
        room=tuple(_room(spans) for spans in zip(*rooms, strict=True)) if all(rooms) else (),
    )


def _room(spans: Sequence[Room]) -> Room:
    slots = sum(span.slots for span in spans)
    return Room(spans[0].weeks, slots, added([span.free for span in spans]))


def stalled_together(sections: Sequence[Stalled]) -> Stalled:
    """Stale leads, and what went stale and recovered in the periods."""
    return Stalled(
        now=added([one.now for one in sections]),
        new=added([one.new for one in sections]),
        recovered=added([one.recovered for one in sections]),
        by_reason=tables_together([one.by_reason for one in sections]),
    )
