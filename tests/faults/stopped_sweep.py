"""A sweep in batches of two leads that stops at one moment and waits there to be killed.

python -m tests.faults.stopped_sweep between|inside
"""

import sys
import time
from typing import Any

import django

LONG = 600.0  # seconds
WRITTEN = 4  # notices in two batches


def main(where: str) -> None:
    """Write two batches, then stop: before the third begins, or when its leads are locked."""
    django.setup()
    from recruitment.services import breaches, sweeps  # settings are read only now

    finds = 0
    real = sweeps.run

    def run(sql: str, params: sweeps.Params) -> list[Any]:
        nonlocal finds
        finds += 1
        if finds > 2 and where == "between":
            _stop()
        found = real(sql, params)
        if finds > 2:
            _stop()
        return found

    sweeps.BATCH, sweeps.run = 2, run
    breaches.flag_breaches(at=sweeps.BEGINNING.fromisoformat(sys.argv[2]))


def _stop() -> None:
    """Wait here for ever, once the batch of the lane beside this one is committed too."""
    from recruitment.models import LeadEvent  # models are there only now
    from recruitment.rules.events import EventKind

    while LeadEvent.objects.filter(kind=EventKind.CLOCK_BREACHED).count() < WRITTEN:
        time.sleep(0.05)
    sys.stdout.write("stopped\n")
    sys.stdout.flush()
    time.sleep(LONG)


if __name__ == "__main__":
    main(sys.argv[1])
