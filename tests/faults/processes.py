"""Our own programs as real processes against the test's servers, for tests that break something."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import Request, build_opener

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User

PROJECT = Path(__file__).resolve().parents[2]
QUIET = ("--without-gossip", "--without-mingle", "--loglevel", "info")
GUNICORN = ("gunicorn", "-c", "python:trialsnest.gunicorn", "--workers", "1")
LONGEST = 180.0  # seconds that anything here may take


def wait_for(condition: Callable[[], bool], seconds: float = LONGEST, every: float = 0.02) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(every)


def database_url() -> str:
    """The address of the database of this test run."""
    settings = connection.settings_dict
    host = quote(str(settings["HOST"]), safe="")
    port = settings["PORT"] or 5432
    secret = f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    return f"postgresql://{settings['USER']}{secret}@{host}:{port}/{settings['NAME']}"


def session_of(user: User) -> tuple[str, str]:
    """The cookie of a session of this person: name and value. The database holds it for all.

    Signing in by hand would fail: passwords of tests are hashed as no real program does it.
    """
    client = Client()
    client.force_login(user, backend="accounts.backends.Backend")
    name = settings.SESSION_COOKIE_NAME
    return name, client.cookies[name].value


class Running:
    """One program in a process group of its own, its output in `log`."""

    def __init__(self, command: tuple[str, ...], log: Path, env: Mapping[str, str]) -> None:
        self.log = log
        with log.open("ab") as output:
            self.begins = output.tell()  # what a program before it said stands there too
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=PROJECT,
                env={**os.environ, **env},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_bytes()[self.begins :].decode(errors="replace")

    def children(self) -> list[int]:
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in found.read_text().split()]

    def kill(self) -> None:
        """SIGKILL the whole group, as a lost machine would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(LONGEST)

    def stop(self) -> None:
        """SIGTERM, and a kill for whoever does not listen."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def worker(folder: Path, env: Mapping[str, str], *, with_beat: bool = False) -> Iterator[Running]:
    """A Celery worker with one child, ready to work."""
    beat = ("-B", "-s", str(folder / "beat")) if with_beat else ()
    command = ("celery", "-A", "trialsnest.celery", "worker", "-P", "prefork", "-c", "1")
    running = Running((*command, *QUIET, *beat), folder / "worker.log", env)
    try:
        wait_for(lambda: " ready." in running.said or running.process.poll() is not None)
        assert running.process.poll() is None, running.said[-2000:]
        yield running
    finally:
        running.stop()


class Web(Running):
    """The web server on a port of its own, or on `port` where another one stood before."""

    def __init__(self, folder: Path, env: Mapping[str, str], *, port: int = 0) -> None:
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))
            self.port = free.getsockname()[1]
        super().__init__(
            (*GUNICORN, "--bind", f"127.0.0.1:{self.port}", "trialsnest.wsgi"),
            folder / "web.log",
            env,
        )
        self.cookie = ""

    def post(self, path: str, values: Mapping[str, str], *, page: str) -> tuple[int, bytes, float]:
        """The same for a form of `page`, sent as a browser sends it: with its token."""
        request = Request(f"http://127.0.0.1:{self.port}{page}", headers={"Cookie": self.cookie})
        with build_opener().open(request, timeout=LONGEST) as answer:
            cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
            token = answer.read().decode().partition('name="csrfmiddlewaretoken" value="')[2]
        sent = {**values, "csrfmiddlewaretoken": token.partition('"')[0]}
        headers = {"Cookie": f"{self.cookie}; {cookie}"}
        return self._ask(path, headers, urlencode(sent).encode())

    def get(self, path: str) -> tuple[int, bytes, float]:
        """Status, body and milliseconds of one request; redirections are followed."""
        return self._ask(path, {"Cookie": self.cookie})

    def _ask(
        self, path: str, headers: Mapping[str, str], sent: bytes | None = None
    ) -> tuple[int, bytes, float]:
        request = Request(f"http://127.0.0.1:{self.port}{path}", sent, dict(headers))
        started = time.perf_counter()
        with build_opener().open(request, timeout=LONGEST) as answer:
            body = answer.read()
            return answer.status, body, (time.perf_counter() - started) * 1000


@contextmanager
def web(folder: Path, env: Mapping[str, str], *, port: int = 0) -> Iterator[Web]:
    """The web server, answering."""
    running = Web(folder, env, port=port)

    def answers() -> bool:
        with suppress(OSError):
            return running.get("/healthz")[0] == 200
        return running.process.poll() is not None

    try:
        wait_for(answers, every=0.1)
        assert running.process.poll() is None, running.said[-2000:]
        yield running
    finally:
        running.stop()
