"""PostgreSQL and Valkey together, for one TRIALSNEST_HOME."""

import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from trialsnest.embedded import CannotStart, process
from trialsnest.embedded.account import for_postgres
from trialsnest.embedded.folders import Folders
from trialsnest.embedded.postgres import APP, DATABASE, OWNER, PORT, Postgres
from trialsnest.embedded.valkey import SOCKET, Valkey

MARK = "TRIALSNEST_RUN"  # in the environment of every child, so that leftovers can be found


@dataclass(frozen=True)
class Addresses:
    """How to reach the servers of a home, whoever started them."""

    owner_url: str  # as the role that owns the tables
    app_url: str  # as the role the pages use; `prepare_database` makes it
    redis_url: str


def addresses(folders: Folders) -> Addresses:
    host = quote(str(folders.run), safe="")
    return Addresses(
        owner_url=f"postgresql://{OWNER}@{host}:{PORT}/{DATABASE}",
        app_url=f"postgresql://{APP}@{host}:{PORT}/{DATABASE}",
        redis_url=f"redis+socket://{folders.run / SOCKET}?virtual_host=0",
    )


class Services:
    """Start with `start()` or as a context manager, from the main thread; `stop()` may be repeated.

    `durable=False` is for tests: as fast as can be, and gone after a crash. `lock` is a lock on
    the home already held by the caller. Everything a start can find wrong raises CannotStart.
    """

    def __init__(
        self,
        home: Path,
        *,
        durable: bool = True,
        postgres: bool = True,
        redis: bool = True,
        lock: IO[str] | None = None,
        pause: process.Pause = time.sleep,
    ) -> None:
        self.folders = Folders(home)
        self.addresses = addresses(self.folders)
        self.mark = {MARK: self.folders.key}
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self._wanted = (postgres, redis)
        self._durable, self._pause, self._lock = durable, pause, lock
        self._locks: list[IO[str]] = []

    def start(self) -> Self:
        if self._lock is None:
            self._locks.append(self.folders.lock())
        try:
            self._start()
        except PermissionError as problem:
            self.stop()
            raise CannotStart(
                f"{problem.filename} belongs to another account: start as that account, or set "
                "another TRIALSNEST_HOME."
            ) from None
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self) -> None:
        with_postgres, with_redis = self._wanted
        account = for_postgres(self.folders.data("postgres")) if with_postgres else None
        self.folders.make_run(account)
        if with_postgres:
            data, lock = self.folders.make_data("postgres", account)
            if lock is not None:
                self._locks.append(lock)
            self.postgres = Postgres(
                data=data,
                run=self.folders.run,
                log=self.folders.log / "postgres.log",
                env=self.mark,
                account=account,
                durable=self._durable,
                pause=self._pause,
            )
            self.postgres.start()
        if with_redis:
            data, _ = self.folders.make_data("redis", None)
            self.valkey = Valkey(
                data=data,
                run=self.folders.run,
                log=self.folders.log / "valkey.log",
                env=self.mark,
                durable=self._durable,
                pause=self._pause,
            )
            self.valkey.start()

    def stop(self) -> None:
        """Valkey first, then PostgreSQL; then let go of the home."""
        if self.valkey is not None:
            self.valkey.stop()
        if self.postgres is not None:
            self.postgres.stop()
        if self.valkey is not None or self.postgres is not None:
            self.folders.remove_run()
        while self._locks:
            self._locks.pop().close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
