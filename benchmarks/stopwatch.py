"""Time on the clock, and the processor time of this process and of its database server.

On a machine that is shared the clock also counts the others; processor time hardly does.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Stopwatch:
    """Seconds by name: on the clock, and of processors (None where the server is elsewhere)."""

    clock: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Time a block."""
        backend = _backend()
        busy, began = _processor(backend), time.perf_counter()
        yield
        took, used = time.perf_counter() - began, _processor(backend)
        self.clock.setdefault(name, []).append(took)
        if busy is not None and used is not None:
            self.processor.setdefault(name, []).append(used - busy)

    def seconds(self, name: str) -> float:
        """The median on the clock."""
        return median(self.clock[name])

    def words(self, name: str) -> str:
        """The medians: `640 ms, 590 ms of processor time`."""
        said = f"{self.seconds(name) * 1000:,.0f} ms"
        if name in self.processor:
            said += f", {median(self.processor[name]) * 1000:,.0f} ms of processor time"
        return said

    def within(self, name: str, limit: float) -> bool:
        """Whether the median holds `limit` seconds; of processor time on a busy machine."""
        if self.seconds(name) <= limit:
            return True
        return is_busy() and name in self.processor and median(self.processor[name]) <= limit


def is_busy() -> bool:
    """Whether more programs wanted to run than there are processors."""
    return os.getloadavg()[1] > (os.cpu_count() or 1)


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _processor(backend: int) -> float | None:
    """Seconds used so far, with every connection of the server that was; None if it is elsewhere.

    A connection that has ended is counted where its server took its time over.
    """
    with suppress(OSError, IndexError):
        if not connection.settings_dict["HOST"].startswith("/"):
            return None
        server = int(_stat(backend)[1])
        ticks = sum(int(word) for word in _stat(server)[13:15])
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError):
                words = _stat(int(folder.name))
                if int(words[1]) == server:
                    ticks += int(words[11]) + int(words[12])
        return time.process_time() + ticks / TICKS
    return None


def _stat(process: int) -> list[str]:
    """What the system says of a process, from its state on."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
