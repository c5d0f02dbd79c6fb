"""How an open lead stands at a later moment, if nothing happens to it and nothing is told of it.

Two things follow from the moment alone: whether the lead has turned stale, and which of its targets
have begun, are due or stand still (6.1, CK3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recruitment.rules.clock_codes import ClockStanding
from recruitment.rules.clocks import Ticking, standing_of
from recruitment.rules.stages import Bucket


@dataclass(frozen=True, slots=True)
class Running:
    """A target that has not ended; see `recruitment.rules.clocks.Clock`. All times are UTC."""

    started_at: datetime
    due_at: datetime | None
    paused_at: datetime | None
    paused_until: datetime | None
    warn_at: datetime | None = None
    outcome: None = None


@dataclass(frozen=True, slots=True)
class Later:
    """`bucket` is where the lead stands until `stale_at` (UTC), None: it does not turn stale."""

    bucket: str
    stale_at: datetime | None
    running: tuple[Running, ...]


def standing_at(later: Later, *, at: datetime) -> dict[str, Any]:
    """How the lead stands at `at` (UTC), a cut-off: those fields of `LeadFacts` that tell it."""
    is_stale = later.stale_at is not None and later.stale_at <= at
    running, paused = running_targets(later.running, at=at)
    bucket = Bucket.STALE.value if is_stale else later.bucket
    return {"bucket": bucket, "running": running, "paused": paused}


def running_targets(clocks: Iterable[Ticking], *, at: datetime) -> tuple[int, int]:
    """How many targets ran at `at` (UTC), and how many of them stood still (CK3, PZ4).

    What was due by then is overdue and stands still no more; what begins later does not run yet.
    """
    standings = [standing_of(clock, at) for clock in clocks if clock.outcome is None]
    running = [standing for standing in standings if standing != ClockStanding.NOT_STARTED]
    return len(running), running.count(ClockStanding.PAUSED)
