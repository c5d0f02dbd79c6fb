"""The queue's counts out of what the database counted by stage, owner and state, or by cell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from recruitment.queries.queue_ask import BucketCount, Counts, Tab
from recruitment.queries.queue_capped import Cell, Cells
from recruitment.queries.queue_counts import Groups
from recruitment.rules.stages import CLOSED, OPEN, Bucket, Stage, bucket_of
from trialsnest.lib.tally import Count, More, counted_to

OWN = (Tab.MINE, Tab.WAITING)


@dataclass(frozen=True)
class Sum:
    """What is added up for one tile before it is shown: numbers, and nothing else."""

    n: int = 0
    overdue: int = 0
    today: int = 0


def summed(groups: Iterable[Mapping[str, Any]], *, now: datetime) -> Counts:
    """The groups that the database counted, by tab and bucket; `now` is UTC."""
    sums = {tab: dict.fromkeys(Bucket, Sum()) for tab in Tab}
    tabs, windows = dict.fromkeys(Tab, 0), dict.fromkeys(Tab, 0)
    held = stale = ownerless = 0
    for group in groups:
        held += group["held"]
        stale += group["n"] if group["is_stale"] else 0
        stage, stale_at = Stage(group["stage"]), now if group["is_stale"] else None
        if group["whose"] == Tab.UNOWNED and stage not in CLOSED:
            ownerless += group["n"] - group["held"]
        bucket = bucket_of(stage, stale_at=stale_at, at=now)
        for tab in _tabs_of(group):
            is_tray = tab == Tab.UNOWNED and stage not in CLOSED
            n = group["n"] - (group["apart"] if is_tray else 0)  # on lists, counted apart (D28)
            tabs[tab] += n if is_tray else group["listed"]
            windows[tab] += n if bucket == Bucket.STALE and not group["is_stale"] else 0
            known = sums[tab][bucket]
            overdue, today = known.overdue + group["overdue"], known.today + group["today"]
            sums[tab][bucket] = Sum(known.n + n, overdue, today)
    overdue_of = {tab: sum(one.overdue for one in sums[tab].values()) for tab in Tab}
    today_of = {tab: sum(one.today for one in sums[tab].values()) for tab in Tab}
    tiles = {
        tab: {
            bucket: BucketCount(bucket.value, bucket.label, one.n, one.overdue, one.today)
            for bucket, one in found.items()
        }
        for tab, found in sums.items()
    }
    return Counts(tiles, tabs, overdue_of, today_of, windows, held, stale, ownerless)


def _tabs_of(group: Mapping[str, Any]) -> set[Tab]:
    """The tabs that the leads of a group stand in."""
    whose = Tab(group["whose"] or Tab.TEAM)
    waiting = {Tab.WAITING} if group["waits"] and whose == Tab.MINE else set()
    return {Tab.TEAM, whose} | waiting


def capped(exact: Counts, cells: Cells, *, cap: int, cut: Groups, now: datetime) -> Counts:
    """`exact` where it is: of the reader's own leads, and of the open or the closed ones.

    All others come from `cells`, and what is summed of them is exact, or a `More`. Tiles of Unowned
    are left out unless there are cells of them.
    """
    tiles = {**exact.tiles}
    if cut.is_closed_cut:
        tiles[Tab.TEAM] = _with_closed(tiles[Tab.TEAM], More(cap))
        tiles[Tab.UNOWNED] = _with_closed(tiles[Tab.UNOWNED], cells[Tab.UNOWNED, "closed"].n)
    if not cut.is_open_cut:
        return replace(exact, tiles=tiles)
    for tab in (Tab.TEAM, Tab.UNOWNED):
        closed = tiles.pop(tab)[Bucket.CLOSED]
        if (tab, "past") in cells:
            tiles[tab] = _tiles(cells, tab, closed, cap=cap, now=now)
    own = {tab: exact.windows[tab] for tab in OWN}
    return Counts(
        tiles=tiles,
        tabs={
            **exact.tabs,
            Tab.TEAM: cells[Tab.TEAM, "listed"].n,
            Tab.UNOWNED: cells[Tab.UNOWNED, "all"].n,
        },
        overdue={tab: exact.overdue[tab] for tab in OWN} | _named(cells, "late"),
        today=dict.fromkeys(tiles) | {tab: exact.today[tab] for tab in OWN} | _named(cells, "soon"),
        windows=own | _named(cells, "window"),
        held=cells[Tab.TEAM, "held"].n,
        stale=cells[Tab.TEAM, "past"].n,
        is_cut=True,
    )


def _named(cells: Cells, wanted: str) -> dict[Tab, Count]:
    return {tab: cell.n for (tab, name), cell in cells.items() if name == wanted}


def _tiles(
    cells: Cells, tab: Tab, closed: BucketCount, *, cap: int, now: datetime
) -> Mapping[Bucket, BucketCount]:
    tiles = {bucket: BucketCount(bucket.value, bucket.label) for bucket in Bucket}
    for stage in sorted(OPEN - {Stage.NO_RESPONSE}):
        bucket = bucket_of(stage, stale_at=None, at=now)
        tiles[bucket] = _tile(bucket, [cells[tab, stage.value]], cap)
    parts = [cells[tab, "past"], cells[tab, "window"]]
    tiles[Bucket.STALE] = _tile(Bucket.STALE, parts, cap)
    return tiles | {Bucket.CLOSED: closed}


def _tile(bucket: Bucket, parts: Sequence[Cell], cap: int) -> BucketCount:
    tile = BucketCount(bucket.value, bucket.label)
    known = [part.n for part in parts if isinstance(part.n, int)]
    count = counted_to(sum(known), cap) if len(known) == len(parts) else More(cap)
    if isinstance(count, More):
        return replace(tile, count=count)
    overdue, today = sum(part.overdue for part in parts), sum(part.today for part in parts)
    return replace(tile, count=count, overdue=overdue, today=today)


def _with_closed(tiles: Mapping[Bucket, BucketCount], count: Count) -> Mapping[Bucket, BucketCount]:
    return {**tiles, Bucket.CLOSED: replace(tiles[Bucket.CLOSED], count=count)}
