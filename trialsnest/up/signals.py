"""Ctrl-C and SIGTERM as something the start-up and the watch ask about, at safe moments only."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType


class Stopped(Exception):
    """Someone asked for the end."""


class StopSignals:
    """Counts requests to stop. The second one, while stopping, calls `hurry`."""

    def __init__(self) -> None:
        self.count = 0
        self.stopping = False
        self.hurry: Callable[[], None] = lambda: None

    def listen(self) -> None:
        """Take SIGINT, SIGTERM and SIGHUP. Only from the main thread."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._heard)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.stopping:
            self.hurry()

    def pause(self, seconds: float) -> None:
        """Sleep, but raise Stopped at once when a stop was asked for (not while stopping)."""
        deadline = time.monotonic() + seconds
        while True:
            if self.count and not self.stopping:
                raise Stopped
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.05))


def kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
