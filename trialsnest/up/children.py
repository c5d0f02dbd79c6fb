"""Children that are started, watched, started again after a death, and stopped in order."""

import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from trialsnest.embedded import CannotStart, process

DEATHS = 3  # within WINDOW: then something is wrong that another start does not cure
WINDOW = 60.0  # seconds


class Child(Protocol):
    """PostgreSQL, Valkey, or a program of ours."""

    name: str
    log: Path
    child: subprocess.Popen[bytes] | None

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Program:
    """One of our own programs: the web server, the worker or the clock."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str],
        cwd: Path,
        patience: float,
    ) -> None:
        self.name, self.command, self.log = name, command, log
        self.env, self.cwd, self.patience = env, cwd, patience
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        process.cap_log(self.log)
        self.child = process.spawn(
            self.command, log=self.log, env=self.env, cwd=self.cwd, dies_with=signal.SIGTERM
        )

    def stop(self) -> None:
        """SIGTERM: requests and jobs at work may end, for `patience` seconds; then its group."""
        if self.child is not None:
            process.end(self.child, signal.SIGTERM, patience=self.patience)


class Family:
    """All children, in the order of their start. They are stopped the other way round."""

    def __init__(self, pause: process.Pause) -> None:
        self.children: list[Child] = []
        self._deaths: dict[str, list[float]] = {}
        self._pause = pause

    def start(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def adopt(self, child: Child) -> None:
        """Watch a child that already runs."""
        self.children.append(child)

    def watch(self) -> None:
        """Start again whoever has died. Raises CannotStart after too many deaths of one child."""
        for child in self.children:
            if child.child is not None and child.child.poll() is not None:
                self._revive(child, child.child)

    def _revive(self, child: Child, dead: subprocess.Popen[bytes]) -> None:
        now = time.monotonic()
        deaths = [at for at in self._deaths.get(child.name, []) if now - at < WINDOW] + [now]
        self._deaths[child.name] = deaths
        say(f"{child.name} {how_it_ended(dead.returncode)}. The end of {child.log}:")
        for line in process.tail(child.log).splitlines():
            say(f"    {line}")
        if len(deaths) >= DEATHS:
            raise CannotStart(f"{child.name} died {DEATHS} times within a minute: stopping.")
        say(f"Starting {child.name} again.")
        child.stop()  # its own children may still be about
        self._pause(0.5 * 4 ** (len(deaths) - 1))
        child.start()

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()


def how_it_ended(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def say(line: str) -> None:
    """One line of progress, at once even into a pipe; nobody needs to read it."""
    with suppress(BrokenPipeError):
        print(line, flush=True)
