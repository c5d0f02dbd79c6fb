"""One Valkey or Redis server as a child of this process: the broker, on a socket."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from trialsnest.embedded import CannotStart, process
from trialsnest.embedded.binaries import find_redis

START_SECONDS = 120
SOCKET = "redis.sock"


class Valkey:
    """A server with its data in `data` and its socket in `run`. `start` may be called again."""

    name = "Valkey"

    def __init__(
        self,
        *,
        data: Path,
        run: Path,
        log: Path,
        env: Mapping[str, str],
        durable: bool,
        pause: process.Pause,
    ) -> None:
        self.data, self.socket, self.log = data, run / SOCKET, log
        self.pid_file = data / "server.pid"
        self.durable, self.pause = durable, pause
        self.env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", **env}
        self.child: subprocess.Popen[bytes] | None = None
        self.binary = find_redis()

    def start(self) -> None:
        """Return once it answers. Raises CannotStart with the log's last lines."""
        self._end_stale()
        process.cap_log(self.log)
        self._spawn()
        if self._wait():
            return
        # The broker only carries jobs; what must happen is a row in PostgreSQL. So a log that
        # cannot be read is set aside, not a reason to stay down.
        damaged = self.data / f"unreadable-{int(time.time())}"
        damaged.mkdir()
        for item in self.data.glob("appendonly*"):
            item.rename(damaged / item.name)
        sys.stderr.write(f"Valkey could not read its log; it is set aside in {damaged}.\n")
        self._spawn()
        if not self._wait():
            raise CannotStart(f"Valkey ended while starting:\n{process.tail(self.log)}")

    def _spawn(self) -> None:
        self.socket.unlink(missing_ok=True)
        self.child = process.spawn(
            [
                self.binary,
                *("--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"),
                *("--dir", self.data, "--pidfile", self.pid_file, "--daemonize", "no"),
                *("--appendonly", "yes" if self.durable else "no", "--save", ""),
                *("--maxmemory-policy", "noeviction"),
            ],
            log=self.log,
            env=self.env,
            cwd=self.data,
            dies_with=signal.SIGTERM,
        )
        # Written here too: the server writes it only after reading its data.
        self.pid_file.write_text(f"{self.child.pid}\n")

    def _wait(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.child is None or self.child.poll() is not None:
                return False
            if time.monotonic() > deadline:
                raise CannotStart(f"Valkey did not answer in {START_SECONDS} s; see {self.log}.")
            self.pause(0.02)
        return True

    def _answers(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(20).startswith(b"+PONG")
        return False

    def _end_stale(self) -> None:
        """End an older server of ours that is still about: two would write the same log."""
        try:
            pid = int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return
        deadline = time.monotonic() + 10
        while self._is_ours(pid):
            late = time.monotonic() > deadline
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
            self.pause(0.1)

    def _is_ours(self, pid: int) -> bool:
        # The server rewrites its command line to "PROGRAM unixsocket:PATH".
        path = os.fsencode(self.socket)
        return bool({path, b"unixsocket:" + path} & set(process.command_line(pid)))

    def stop(self, patience: float = 15) -> None:
        if self.child is not None:
            process.end(self.child, signal.SIGTERM, patience=patience)
        self.pid_file.unlink(missing_ok=True)
