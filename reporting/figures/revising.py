"""What a revision says of the report it takes the place of (SR3), and what it must not tell (SC4).

Which figures differ is worked out from both snapshots, never typed. Two reports of one period can
be taken from each other, so a breakdown that changed is withheld unless every change in it is of k
leads or more.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from reporting.figures.breakdowns import WITHHELD_LEVEL, Breakdown
from reporting.figures.cells import WITHHELD, Cell, exact
from reporting.figures.movement import MovementRow
from reporting.figures.rates import Rate
from reporting.figures.report import Report
from reporting.figures.revisions import Difference, Revised
from reporting.figures.scheduling import Scheduling
from reporting.figures.site_work import SiteWork
from reporting.figures.sources import SourceRow, SourceTable
from reporting.figures.stalled import Stalled
from reporting.figures.standing import FOLDED

T = TypeVar("T")
COLUMNS = (
    ("this", "this period"),
    ("previous", "period before"),
    ("late", "late entries"),
    ("to_date", "to date"),
)


def revised_report(now: Report, before: Report, said: Revised) -> Report:
    """The report `now` as the revision of `before`: what differs is named, nothing is isolated.

    `said` holds why and what changed in words; its differences are worked out here. Both reports
    are of the same period. The same inputs always give the same report.
    """
    kept = _kept_inside(now, before, now.k)
    if kept.closes.by_family != now.closes.by_family:
        released = before.closes.released
        kept = replace(kept, closes=replace(kept.closes, released=released))
    freed = {row.question: row.freed for row in before.asks.open}
    asks = tuple(
        row if row.freed == freed.get(row.question, row.freed) else replace(row, freed=WITHHELD)
        for row in now.asks.open
    )
    if now.strict:
        kept = replace(kept, movement=_kept_rows(now.movement, before.movement))
        if kept.scheduling and before.scheduling:
            visits = _kept_rows(kept.scheduling.visits, before.scheduling.visits)
            kept = replace(kept, scheduling=replace(kept.scheduling, visits=visits))
    return replace(
        kept,
        stalled=_kept_stale(kept.stalled, before.stalled),
        scheduling=_kept_room(kept.scheduling, before.scheduling),
        sources=_kept_sources(now.sources, before.sources, strict=now.strict),
        asks=replace(now.asks, open=asks),
        site_work=_kept_work(now, before),
        revised=replace(said, differences=tuple(differences(kept, before))),
    )


def _kept_rows(
    now: tuple[MovementRow, ...], before: tuple[MovementRow, ...]
) -> tuple[MovementRow, ...]:
    """The totals of a strict study: one that is printed otherwise than before is withheld (D2)."""
    was = {row.code: row.this for row in before}
    return tuple(
        row if row.this == was.get(row.code) else replace(row, this=WITHHELD) for row in now
    )


def _kept_stale(now: Stalled | None, before: Stalled | None) -> Stalled | None:
    """What went stale and recovered, unless that was printed otherwise."""
    if now is None or before is None or (now.new, now.recovered) == (before.new, before.recovered):
        return now
    return replace(now, new=WITHHELD, recovered=WITHHELD)


def _kept_room(now: Scheduling | None, before: Scheduling | None) -> Scheduling | None:
    """The free slots, unless they were printed otherwise."""
    if now is None or before is None or now.room == before.room:
        return now
    return replace(now, room=tuple(replace(room, free=WITHHELD) for room in now.room))


def _kept_inside(now: T, before: object, k: int) -> T:
    """The same with every breakdown in it, however deep, held against the one from before."""
    if not is_dataclass(now) or isinstance(now, type) or type(before) is not type(now):
        return now
    if isinstance(now, Breakdown) and isinstance(before, Breakdown):
        return cast(T, _kept(now, before, k))
    inner = {
        field.name: _kept_inside(getattr(now, field.name), getattr(before, field.name), k)
        for field in fields(now)
    }
    return replace(now, **inner)


def differences(now: Report, before: Report) -> Iterator[Difference]:
    """The headline figures that are printed otherwise, in the order of the report."""
    for row in now.movement:
        was = before.moved(row.code)
        for column, words in COLUMNS:
            new, old = _text(getattr(row, column)), _text(getattr(was, column))
            if new != old:
                yield Difference(row.label, words, old, new)
    if now.balance and before.balance and now.balance.open_now != before.balance.open_now:
        old, new = (exact(one.open_now).text for one in (before.balance, now.balance))
        yield Difference("Open now", "at the cut-off", old, new)


def _text(cell: Cell | None) -> str:
    return cell.text if cell else "none"


def _kept(now: Breakdown, before: Breakdown, k: int) -> Breakdown:
    """The table, or none where the one from before, taken from it, tells of fewer than k leads."""
    if now == before or _is_far(now, before, k):
        return now
    return Breakdown(WITHHELD_LEVEL, now.total, ())


def _is_far(now: Breakdown, before: Breakdown, k: int) -> bool:
    """Whether both are printed throughout, and no cell moved by 1..k-1."""
    new, old = ({row.code: row.cell.known for row in table.rows} for table in (now, before))
    if now.level == FOLDED and set(new) != set(old):
        return False
    if now.level != before.level or None in {*new.values(), *old.values()}:
        return False
    moved = [abs((new.get(code) or 0) - (old.get(code) or 0)) for code in {*new, *old}]
    return not any(0 < by < k for by in moved)


def _kept_work(now: Report, before: Report) -> SiteWork | None:
    """The shares of the site's work, without a number that moved by 1..k-1 or came from nowhere."""
    if now.site_work is None or before.site_work is None:
        return now.site_work
    pairs = zip(_rates(now.site_work), _rates(before.site_work), strict=True)
    return SiteWork(*(_kept_rate(new, old, now.k) for new, old in pairs))


def _rates(found: SiteWork) -> tuple[Rate, Rate]:
    return found.coverage, found.paused


def _kept_rate(now: Rate, before: Rate, k: int) -> Rate:
    new, old = now.reached.known, before.reached.known
    if now == before or new is None:
        return now
    if old is None:
        return Rate(WITHHELD, now.base)
    base = now.base - before.base
    is_near = any(0 < abs(by) < k for by in (new - old, base, base - (new - old)))
    return Rate(WITHHELD, now.base) if is_near else now


def _kept_sources(now: SourceTable, before: SourceTable, *, strict: bool) -> SourceTable:
    """The table, or its volumes alone where a row says something else than before (D37)."""
    if now == before:
        return now
    total = _volume(now.total) if strict else now.total
    return replace(now, rows=tuple(_volume(row) for row in now.rows), total=total)


def _volume(row: SourceRow) -> SourceRow:
    contact, reviewable, scheduled = (Rate(WITHHELD, rate.base) for rate in row.rates)
    return SourceRow(row.label, row.inquiries, contact, reviewable, scheduled)
