"""Where embedded servers keep their data and their sockets, and the lock that keeps them single."""

import fcntl
import hashlib
import os
import shutil
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from trialsnest.embedded import CannotStart
from trialsnest.embedded.account import SYSTEM_FOLDER, Account, can_be_reached

POINTER = "where.txt"


class Folders:
    """The folders of one TRIALSNEST_HOME."""

    def __init__(self, home: Path) -> None:
        try:
            home.mkdir(parents=True, exist_ok=True)
            self.home = home.resolve()
            self.log = self.home / "log"
            self.log.mkdir(mode=0o700, exist_ok=True)
        except OSError as problem:
            raise CannotStart(
                f"{home} cannot be used ({problem.strerror}): set TRIALSNEST_HOME to a folder "
                "that this account may write."
            ) from None
        owner = self.home.stat().st_uid
        self.key = hashlib.sha256(f"{self.home}|{owner}".encode()).hexdigest()[:10]
        # A socket's path may have about 100 characters, so sockets never live below home.
        self.run = Path("/tmp") / f"trialsnest-{owner}-{self.key}"  # noqa: S108 checked in make_run

    def lock(self, *, patience: float = 1.0) -> IO[str]:
        """Hold the home until the handle closes. The kernel lets go even after a kill -9.

        Raises CannotStart when another process still holds it after `patience` seconds: one
        that has just been killed needs a moment to be gone.
        """
        taken = f"TrialsNest is already running for {self.home}."
        return _lock(self.home / "lock", taken, patience)

    def is_running(self) -> bool:
        try:
            self.lock(patience=0).close()
        except CannotStart:
            return True
        return False

    def make_run(self, account: Account | None) -> None:
        """Make the folder of sockets, 0700 and ours. /tmp is everyone's, so nothing is assumed."""
        with suppress(FileExistsError):
            self.run.mkdir(mode=0o700)
        found = self.run.lstat()
        ours = {os.geteuid(), self.home.stat().st_uid} | ({account.uid} if account else set())
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
            raise CannotStart(f"{self.run} belongs to someone else: remove it and start again.")
        self.run.chmod(0o700)
        if account is not None:
            os.chown(self.run, account.uid, account.gid)

    def remove_run(self) -> None:
        shutil.rmtree(self.run, ignore_errors=True)

    def data(self, name: str) -> Path:
        """The folder of one server's data: below home, or where a pointer left there says."""
        folder = self.home / name
        pointer = folder / POINTER
        return Path(pointer.read_text().strip()) if pointer.exists() else folder

    def make_data(self, name: str, account: Account | None) -> tuple[Path, IO[str] | None]:
        """Make `data(name)` so that `account` can use it. Outside home it has a lock of its own."""
        folder = self.data(name)
        lock = None
        if account is not None and not can_be_reached(folder):
            outside = SYSTEM_FOLDER / self.key / name
            outside.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
            folder.mkdir(exist_ok=True)
            (folder / POINTER).write_text(f"{outside}\n")
            folder = outside
        if folder.parent != self.home:
            lock = _lock(folder.parent / "lock", f"Another copy of {self.home} uses {folder}.", 1.0)
        folder.mkdir(exist_ok=True, mode=0o700)
        if account is not None and folder.stat().st_uid != account.uid:
            os.chown(folder, account.uid, account.gid)
        return folder, lock


def _lock(path: Path, taken: str, patience: float) -> IO[str]:
    try:
        handle = path.open("a+")
    except OSError as problem:
        raise CannotStart(f"{path} cannot be opened: {problem.strerror}.") from None
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            handle.close()
            raise CannotStart(
                f"{taken} Stop it first, or set another TRIALSNEST_HOME (and PORT)."
            ) from None
        return handle
