"""Start and stop child processes so that none outlives the process that started it."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

from trialsnest.embedded.account import Account

PR_SET_PDEATHSIG = 1
LOG_CAP = 5 * 1024 * 1024  # bytes; a longer log is set aside as .1 at the next start

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
Pause = Callable[[float], None]


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    env: Mapping[str, str],
    cwd: Path,
    dies_with: signal.Signals,
    account: Account | None = None,
    keep_output: bool = False,
) -> subprocess.Popen[bytes]:
    """Start `command` in its own process group, its output appended to `log`.

    With no log the output goes where ours goes, or with `keep_output` waits in `.stdout`.

    The kernel sends `dies_with` to it when the starting *thread* ends, so call this from the
    main thread. Its own group keeps a terminal's Ctrl-C for the starter, which stops in order.
    """
    with log.open("ab") if log is not None else nullcontext() as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if keep_output else output,
            stderr=output,
            env=dict(env),
            cwd=cwd,
            # Runs after the change of user, which would clear the death signal.
            preexec_fn=_die_with_parent(dies_with, os.getpid()),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def _die_with_parent(dies_with: signal.Signals, parent: int) -> Callable[[], None]:
    def before_exec() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(dies_with), 0, 0, 0)
            if os.getppid() != parent:  # it died between fork and prctl
                os._exit(1)
        os.setpgid(0, 0)

    return before_exec


def end(
    process: subprocess.Popen[bytes],
    how: signal.Signals,
    *,
    patience: float,
    pause: Pause = time.sleep,
) -> None:
    """Ask `process` to end with the signal `how`; after `patience` seconds kill its whole group."""
    if process.poll() is None:
        process.send_signal(how)
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        pause(0.02)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # also what the process left behind
    process.wait()


def command_line(pid: int) -> list[bytes]:
    """The words of a running process's command line; empty when there is none or it is a zombie."""
    try:
        return [word for word in re.split(rb"[\0 ]", _read(pid, "cmdline")) if word]
    except OSError:
        return []


def arguments(pid: int) -> list[bytes]:
    """Like `command_line`, but an argument that holds a space stays whole."""
    try:
        return [word for word in _read(pid, "cmdline").split(b"\0") if word]
    except OSError:
        return []


def end_leftovers(mark: str, *, patience: float = 5) -> int:
    """End every process whose environment holds `mark` ("NAME=value"), and say how many.

    Children of a start that was killed are found this way; no pid file can be stale or missing.
    """
    first = left = marked(mark)
    for how, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5)):
        deadline = time.monotonic() + seconds
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        while left and time.monotonic() < deadline:
            time.sleep(0.05)
            left = marked(mark)
    return len(first)


def marked(mark: str) -> list[int]:
    """The processes, other than this one, whose environment holds `mark`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            marked = mark.encode() in (entry / "environ").read_bytes().split(b"\0")
        except OSError:  # ended meanwhile, or another account's
            continue
        if marked and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def _read(pid: int, name: str) -> bytes:
    return Path(f"/proc/{pid}/{name}").read_bytes()


def cap_log(log: Path) -> None:
    """Set a log aside that has grown too long; only one older piece is kept."""
    if log.exists() and log.stat().st_size > LOG_CAP:
        log.replace(log.with_name(f"{log.name}.1"))


def tail(log: Path, lines: int = 15) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as content:
        content.seek(max(0, log.stat().st_size - 8192))
        return "\n".join(content.read().decode(errors="replace").splitlines()[-lines:])
