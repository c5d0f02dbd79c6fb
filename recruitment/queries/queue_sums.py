"""The queue's counts out of what the database counted by stage, owner and state."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from recruitment.queries.queue_ask import BucketCount, Counts, Tab
from recruitment.rules.stages import CLOSED, Bucket, Stage, bucket_of

CLOSED_GROUP = {
    "is_stale": False,
    "waits": False,
    "listed": 0,
    "overdue": 0,
    "today": 0,
    "held": 0,
    "apart": 0,
}
"""What is not counted of closed leads, because none of them has it."""


def summed(groups: Iterable[Mapping[str, Any]], *, now: datetime) -> Counts:
    """The groups that the database counted, by tab and bucket; `now` is UTC."""
    tiles = {
        tab: {bucket: BucketCount(bucket.value, bucket.label) for bucket in Bucket} for tab in Tab
    }
    tabs = dict.fromkeys(Tab, 0)
    held = stale = 0
    for found in groups:
        group = {**CLOSED_GROUP, **found}
        held += group["held"]
        stale += group["n"] if group["is_stale"] else 0
        stage, stale_at = Stage(group["stage"]), now if group["is_stale"] else None
        bucket = bucket_of(stage, stale_at=stale_at, at=now)
        whose = Tab(group["whose"] or Tab.TEAM)
        waiting = {Tab.WAITING} if group["waits"] and whose == Tab.MINE else set()
        for tab in {Tab.TEAM, whose} | waiting:
            is_tray = tab == Tab.UNOWNED and stage not in CLOSED
            apart = group["apart"] if is_tray else 0  # on lists, counted apart (D28)
            tabs[tab] += group["n"] - apart if is_tray else group["listed"]
            known = tiles[tab][bucket]
            tiles[tab][bucket] = replace(
                known,
                count=known.count + group["n"] - apart,
                overdue=known.overdue + group["overdue"],
                today=known.today + group["today"],
            )
    return Counts(tiles, tabs, held, stale)
