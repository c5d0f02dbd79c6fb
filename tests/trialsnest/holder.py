"""A process that holds embedded servers until it is told to end, for tests that kill it."""

import json
import signal
import sys
from pathlib import Path

from trialsnest.embedded.services import Services


def main(home: Path) -> None:
    """Print one line of JSON once the servers answer; stop them in order on SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Services(home) as services:
        children = [services.postgres.child.pid, services.valkey.child.pid]
        sys.stdout.write(json.dumps({"children": children}) + "\n")
        sys.stdout.flush()
        while True:
            signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
