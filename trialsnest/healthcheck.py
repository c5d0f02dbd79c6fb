"""Whether a container does its work: `python -m trialsnest.healthcheck web|worker|beat`."""

import socket
import sys
import time

from trialsnest.lib import env
from trialsnest.up.ready import readiness

PORT = 8000
BEAT_SECONDS = 600  # beat writes its schedule every three minutes


def web() -> str:
    """Ready: the database answers and is of this version."""
    answer = readiness(PORT)
    return "" if answer == "200" else f"/readyz answered: {answer}"


def worker() -> str:
    """This container's worker answers a message that went through the broker."""
    from trialsnest.celery import app  # costs a second that the other checks need not pay

    name = f"celery@{socket.gethostname()}"
    answers = app.control.ping(destination=[name], timeout=5)
    return "" if answers else f"{name} does not answer"


def beat() -> str:
    """The schedule was written lately."""
    written = [file.stat().st_mtime for file in env.path("TRIALSNEST_HOME", "var").glob("beat-*")]
    age = time.time() - max(written, default=0)
    return "" if age < BEAT_SECONDS else "the schedule has not been written lately"


CHECKS = {"web": web, "worker": worker, "beat": beat}


def main(names: list[str]) -> int:
    """0 when the named part works; 1 with one line that says why not."""
    if len(names) != 1 or names[0] not in CHECKS:
        print(f"Say one of {', '.join(CHECKS)}.")
        return 2
    problem = CHECKS[names[0]]()
    if problem:
        print(problem)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
