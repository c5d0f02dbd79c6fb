"""A place for embedded servers that root's service account can reach, and a held pair of them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from trialsnest.embedded.account import SYSTEM_FOLDER
from trialsnest.embedded.folders import Folders
from trialsnest.embedded.services import Services

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty folder outside pytest's own, which is closed to every other account."""
    folder = Path(tempfile.mkdtemp(prefix="trialsnest-home-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    folders = Folders(folder)
    folders.remove_run()
    shutil.rmtree(SYSTEM_FOLDER / folders.key, ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A home with a data folder just made, to be copied: making one takes most of a second."""
    folder = Path(tempfile.mkdtemp(prefix="trialsnest-home-", dir="/tmp"))
    folder.chmod(0o755)
    with Services(folder, redis=False):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def made_home(home: Path, cluster: Path) -> Path:
    """A home that has been started before."""
    subprocess.run(["cp", "-a", cluster / "postgres", home], check=True)
    return home


@dataclass
class Held:
    process: subprocess.Popen[str]
    children: list[int]  # PostgreSQL, Valkey


@pytest.fixture
def hold() -> Iterator[Callable[[Path], Held]]:
    """Start a process that holds embedded servers of a home."""
    started: list[subprocess.Popen[str]] = []

    def start(home: Path) -> Held:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.trialsnest.holder", str(home)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        return Held(process, json.loads(line)["children"])

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def is_running(pid: int) -> bool:
    """Whether the process does something; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return status != "Z"


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
