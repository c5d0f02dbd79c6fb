"""One PostgreSQL cluster as a child of this process."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psycopg

from trialsnest.embedded import CannotStart, process
from trialsnest.embedded.account import Account, reachable_binaries
from trialsnest.embedded.binaries import PostgresBinaries, find_postgres

OWNER = "trialsnest_owner"
APP = "trialsnest_app"
DATABASE = "trialsnest"
PORT = 5432  # only names the socket; said aloud so that a PGPORT of the caller does not count
START_SECONDS = 120  # replaying the log after a crash takes as long as it takes

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
    # A failing statement, and the DETAIL line of its error, quote names and phone numbers.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Postgres:
    """A cluster in `data` with its socket in `run`. `start` may be called again after a death."""

    name = "PostgreSQL"

    def __init__(
        self,
        *,
        data: Path,
        run: Path,
        log: Path,
        env: Mapping[str, str],
        account: Account | None,
        durable: bool,
        pause: process.Pause,
    ) -> None:
        self.data, self.run, self.log = data, run, log
        self.account, self.durable, self.pause = account, durable, pause
        self.env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", **env}
        self.child: subprocess.Popen[bytes] | None = None
        self.binaries = self._binaries()
        self.fresh = False  # whether this start made the cluster

    def _binaries(self) -> PostgresBinaries:
        made_by = self.data / "PG_VERSION"
        major = int(made_by.read_text()) if made_by.exists() else None
        found = find_postgres(major)
        if self.account is None:
            return found
        return PostgresBinaries(reachable_binaries(found.folder), found.major)

    def start(self) -> None:
        """Return once the database answers. Raises CannotStart with the log's last lines."""
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
            self.fresh = True
        self._clear_stale()
        process.cap_log(self.log)
        self._spawn()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.child is not None and self.child.poll() is not None:
                self._respawn_or_stop(deadline)
            elif time.monotonic() > deadline:
                raise CannotStart(
                    f"PostgreSQL did not answer in {START_SECONDS} s; see {self.log}."
                )
            self.pause(0.05)

    def _initdb(self) -> None:
        command = [
            str(self.binaries.folder / "initdb"),
            *("-D", str(self.data), "-U", OWNER, "--auth=trust", "--encoding=UTF8"),
            *locale_arguments(self.binaries.major),
            *(() if self.durable else ("--no-sync",)),
        ]
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            env=self.env,
            check=False,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if made.returncode != 0:
            raise CannotStart(f"PostgreSQL could not make its data folder: {made.stderr.strip()}")

    def _spawn(self) -> None:
        settings = SETTINGS | ({} if self.durable else THROW_AWAY)
        settings["unix_socket_directories"] = str(self.run)
        self.child = process.spawn(
            [
                self.binaries.folder / "postgres",
                *("-D", self.data),
                *(word for item in settings.items() for word in ("-c", "=".join(item))),
            ],
            log=self.log,
            env=self.env,
            cwd=Path("/"),
            dies_with=signal.SIGINT,
            account=self.account,
        )

    def _respawn_or_stop(self, deadline: float) -> None:
        # After a kill -9 the old backends notice within a moment that their parent is gone; until
        # then PostgreSQL rightly refuses to start over the memory they still share.
        last = process.tail(self.log, 3)
        if "shared memory block" not in last or time.monotonic() > deadline:
            raise CannotStart(f"PostgreSQL ended while starting:\n{process.tail(self.log)}")
        self.pause(0.2)
        self._spawn()

    def _answers(self) -> bool:
        """Whether it answers; makes our database the first time."""
        try:
            with psycopg.connect(
                host=str(self.run),
                port=PORT,
                user=OWNER,
                dbname="postgres",
                connect_timeout=2,
                autocommit=True,
            ) as connection:
                exists = connection.execute(
                    "select 1 from pg_database where datname = %s", (DATABASE,)
                ).fetchone()
                if not exists:
                    connection.execute(f"create database {DATABASE}")
        except psycopg.OperationalError:
            return False
        return True

    def _clear_stale(self) -> None:
        """Make the pid file of a killed server harmless.

        A dead pid PostgreSQL handles itself, and well: it looks whether old backends are still
        in the shared memory the file names. Only what it cannot judge is handled here.
        """
        pid_file = self.data / "postmaster.pid"
        with suppress(FileNotFoundError):
            lines = pid_file.read_text(errors="replace").splitlines()
            pid = int(lines[0]) if lines and lines[0].isdigit() else 0
            if not pid:
                pid_file.unlink()  # broken off while it was written
            elif self._is_ours(pid):
                _interrupt_and_wait(pid, self.pause)
            else:
                # The number may belong to a stranger by now. A postmaster never takes its own
                # parent for a rival, so with our number in it the rest of the file still counts.
                pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        for socket_file in self.run.glob(".s.PGSQL*"):
            socket_file.unlink()

    def _is_ours(self, pid: int) -> bool:
        words = process.arguments(pid)
        return bool(words) and words[0].endswith(b"postgres") and os.fsencode(self.data) in words

    def stop(self, patience: float = 60) -> None:
        """A fast shutdown: sessions are cut, data are written. Safe to call when it never ran."""
        if self.child is not None:
            process.end(self.child, signal.SIGINT, patience=patience)


def locale_arguments(major: int) -> tuple[str, ...]:
    """Sort and change case by code point and Unicode, the same on every machine."""
    if major >= 18:
        return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST")
    if major == 17:
        return ("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    return ("--locale=C.UTF-8", "--locale-provider=libc")


def _interrupt_and_wait(pid: int, pause: process.Pause, patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
        while process.arguments(pid):
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"An older PostgreSQL (process {pid}) does not end; end it first."
                )
            pause(0.1)
