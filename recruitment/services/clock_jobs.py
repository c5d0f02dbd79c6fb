"""The jobs that look at the time: which there are, in which order they run, and one way to run one.

Each is safe to run twice, late, or beside itself; none changes a stage, closes a lead, or contacts
anybody (LC12, A11). What they find is right on every page without them: due times are stored.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from recruitment.services.breaches import flag_breaches
from recruitment.services.day_counts import count_the_day
from recruitment.services.digests import send_digests
from recruitment.services.halting import hold_late_leads
from recruitment.services.missed_visits import plan_missed_visits
from recruitment.services.pauses_over import tell_pauses_over
from recruitment.services.proposals import propose_closing
from recruitment.services.staleness import flag_stale

log = logging.getLogger("trialsnest.jobs")

CLOCK_JOBS: Mapping[str, tuple[Callable[..., int], str]] = {
    "hold_late_leads": (hold_late_leads, "leads that came after a halt or its end"),
    "tell_pauses_over": (tell_pauses_over, "pauses over"),
    "plan_missed_visits": (plan_missed_visits, "missed visits to follow up"),
    "flag_breaches": (flag_breaches, "targets not kept"),
    "flag_stale_leads": (flag_stale, "leads flagged as stale"),
    "propose_closing": (propose_closing, "leads proposed to close"),
    "count_the_day": (count_the_day, "studies at sites counted for the day before"),
    "send_digests": (send_digests, "e-mails queued"),
}
"""By the name of the task, in order: the function and what its number counts."""


def run_clock_job(name: str, *, at: datetime) -> int:
    """Run one of CLOCK_JOBS as of `at` (UTC); how much it wrote. Raises InvalidInput for a time
    to come."""
    job, _ = CLOCK_JOBS[name]
    started = time.perf_counter()
    count = job(at=at)
    seconds = round(time.perf_counter() - started, 2)
    log.info("clock job done", extra={"kind": name, "count": count, "seconds": seconds})
    return count
