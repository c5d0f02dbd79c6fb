"""How often one person may ask for something: so many times in the last seconds, per process."""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from threading import Lock


class Throttle:
    """At most `most` times in `seconds`, counted in memory: no statement, nothing to clean up.

    Every web process counts by itself, so that all of them together allow a little more. It keeps
    a program from reading out a register; it is no account of who did what.
    """

    def __init__(
        self, most: int, seconds: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most, self.seconds, self.clock = most, seconds, clock
        self._lock = Lock()
        self._asked: defaultdict[int, deque[float]] = defaultdict(lambda: deque(maxlen=most))

    def allows(self, key: int) -> bool:
        """Whether `key` may ask once more now; asking counts, being refused does not."""
        now = self.clock()
        with self._lock:
            asked = self._asked[key]
            if len(asked) == self.most and now - asked[0] < self.seconds:
                return False
            asked.append(now)
            return True
