"""`manage.py up` for real: ready, used, hurt, stopped, killed, and ready again."""

import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from tests.trialsnest.conftest import PROJECT, is_running
from trialsnest.embedded import process
from trialsnest.embedded.folders import Folders
from trialsnest.embedded.services import MARK, addresses
from trialsnest.up.ready import readiness

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
READY_SECONDS = 900  # a demo workspace is loaded, maybe beside other work


@dataclass
class Up:
    process: subprocess.Popen[str]
    port: int
    mark: str
    lines: "queue.Queue[str | None]"
    """What it said and nobody read yet; at its end None."""
    said: list[str]

    def until(self, words: str) -> str:
        """Read what it says up to the line that holds `words`; a silence has an end too."""
        deadline = time.monotonic() + READY_SECONDS
        while (line := self.lines.get(timeout=max(0, deadline - time.monotonic()))) is not None:
            self.said.append(line)
            if words in line:
                return line.rstrip()
        raise AssertionError(f"it ended without saying {words!r}: {''.join(self.said)}")

    def until_ready(self) -> None:
        deadline = time.monotonic() + 60
        while readiness(self.port) != "200":
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def processes(self) -> list[int]:
        return [pid for pid in process.marked(self.mark) if is_running(pid)]


@pytest.fixture
def start() -> Iterator[Callable[[Path], Up]]:
    """Start `manage.py up` with its own servers for a home, on a free port."""
    started: list[subprocess.Popen[str]] = []

    def run(home: Path) -> Up:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        given = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", MARK)
        child = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=PROJECT,
            env={
                **{name: value for name, value in os.environ.items() if name not in given},
                "TRIALSNEST_HOME": str(home),
                "PORT": str(port),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(child)
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_listen, args=(child, lines), daemon=True).start()
        return Up(child, port, f"{MARK}={Folders(home).key}", lines, [])

    yield run
    for child in started:
        child.terminate()
        child.wait(90)


def _listen(child: subprocess.Popen[str], lines: "queue.Queue[str | None]") -> None:
    assert child.stdout is not None
    with child.stdout:
        for line in child.stdout:
            lines.put(line)
    lines.put(None)


def _first(up: Up, word: bytes) -> int:
    """The oldest process of the workspace that has `word` on its command line.

    Not the one with the smallest number: the system counts to its end and begins anew.
    """
    return min((pid for pid in up.processes() if word in process.command_line(pid)), key=_began)


def _began(pid: int) -> int:
    """When a process began, in ticks since the machine did (proc(5), field 22)."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def _asks_for_one_style_sheet(port: int) -> None:
    """The page names one, and that one names no other."""
    page = _read(port, "/account/login/")
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page)
    assert len(sheets) == 1
    assert re.fullmatch(r"/static/css/app\.[0-9a-f]{12}\.css", sheets[0])
    text = _read(port, sheets[0])
    assert "@layer components {" in text
    assert "@import" not in text


def _read(port: int, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return str(answer.read().decode())


def test_up_is_ready_heals_stops_and_recovers_from_a_kill(
    home: Path, start: Callable[[Path], Up]
) -> None:
    up = start(home)
    assert up.until("TrialsNest is ready") == f"TrialsNest is ready: http://127.0.0.1:{up.port}/"
    up.until_ready()
    _asks_for_one_style_sheet(up.port)

    second = start(home)
    assert "already running" in second.until("already running")
    assert second.process.wait(30) == 1

    os.kill(_first(up, b"gunicorn"), signal.SIGKILL)
    up.until("Starting web again.")
    up.until_ready()

    os.killpg(up.process.pid, signal.SIGKILL)  # as `kill -9` of the whole group
    again = start(home)
    again.until("TrialsNest is ready")
    again.until_ready()
    with psycopg.connect(addresses(Folders(home)).owner_url) as connection:
        row = connection.execute("select count(*) > 0 from django_migrations").fetchone()
    assert row == (True,)

    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(90) == 0
    assert again.processes() == []
    assert not Folders(home).run.exists()
