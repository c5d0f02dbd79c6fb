"""How long a meeting has spent in each lane of its agenda, from the steps of who drives it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

AWAY = timedelta(minutes=30)  # more than that in front of one item, and nobody was in the room


@dataclass(frozen=True)
class Step:
    """When somebody went to something of a lane (UTC)."""

    at: datetime
    lane: str


def time_of_lanes(steps: Iterable[Step], *, until: datetime) -> Mapping[str, timedelta]:
    """The time spent in each lane up to `until` (UTC), each step half an hour at most.

    `steps` are in the order of their time.
    """
    spent: dict[str, timedelta] = {}
    for step, following in pairwise([*steps, Step(until, "")]):
        took = min(max(following.at - step.at, timedelta()), AWAY)
        spent[step.lane] = spent.get(step.lane, timedelta()) + took
    return spent
