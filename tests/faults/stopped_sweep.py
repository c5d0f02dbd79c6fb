"""A sweep in batches of two leads that stops at one moment and waits there to be killed.

python -m tests.faults.stopped_sweep between|inside
"""

import sys
import time
from typing import Any

import django

LONG = 600.0  # seconds
ENOUGH = 4  # notices in two batches


def main(where: str) -> None:
    """Write two batches, then stop: before the next begins, or when its leads are locked.

    A lane that looks while the one beside it commits may find a row once more, and has nothing to
    say of it; so what counts is what was found, each row once.
    """
    django.setup()
    from recruitment.services import breaches, sweeps  # settings are read only now

    known: set[object] = set()
    real = sweeps.run

    def run(sql: str, params: sweeps.Params) -> list[Any]:
        before = len(known)
        if before >= ENOUGH and where == "between":
            _stop(before)
        found = real(sql, params)
        if before >= ENOUGH:
            _stop(before)
        known.update(key for key, *_ in found)
        return found

    sweeps.BATCH, sweeps.run = 2, run
    breaches.flag_breaches(at=sweeps.BEGINNING.fromisoformat(sys.argv[2]))


def _stop(written: int) -> None:
    """Wait here for ever, once all that was found before is written and committed."""
    from recruitment.models import LeadEvent  # models are there only now
    from recruitment.rules.events import EventKind

    while LeadEvent.objects.filter(kind=EventKind.CLOCK_BREACHED).count() < written:
        time.sleep(0.05)
    sys.stdout.write(f"stopped with {written} written\n")
    sys.stdout.flush()
    time.sleep(LONG)


if __name__ == "__main__":
    main(sys.argv[1])
