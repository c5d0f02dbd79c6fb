"""Start everything, say when it is ready, watch it, and stop it in order."""

import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from trialsnest import local
from trialsnest.embedded import CannotStart, process
from trialsnest.embedded.folders import Folders
from trialsnest.embedded.services import MARK, Services
from trialsnest.lib import env
from trialsnest.up.children import Family, Program, say
from trialsnest.up.ready import HOST, readiness
from trialsnest.up.signals import Stopped, StopSignals, kill_group

READY_SECONDS = 120


def up() -> int:
    """Run until Ctrl-C, SIGTERM or SIGHUP (0), or until something cannot be kept running (1)."""
    signals = StopSignals()
    signals.listen()
    folders = Folders(local.home())
    with folders.lock() as lock:
        # Children of a start that was killed may still hold the port.
        process.end_leftovers(f"{MARK}={folders.key}")
        port = free_port()
        services = Services(
            folders.home,
            postgres=not env.is_set("DATABASE_URL"),
            redis=not env.is_set("REDIS_URL"),
            lock=lock,
            pause=signals.pause,
        )
        workspace = Workspace(services, port, signals)
        try:
            workspace.start()
            workspace.watch()
        except Stopped:
            status = 0
        except CannotStart as problem:
            say(str(problem))
            status = 1
        finally:
            signals.stopping = True
            say("Stopping.")
            workspace.stop()
            process.end_leftovers(f"{MARK}={folders.key}", patience=1)
    say("Stopped.")
    return status


def free_port() -> int:
    """PORT, when it can be listened on. Raises CannotStart with one sentence when it cannot."""
    port = env.number("PORT", 8000)
    if not 0 < port < 65536:
        raise CannotStart(f"PORT is {port}: choose one between 1 and 65535.")
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except OSError as problem:
        raise CannotStart(
            f"Port {port} of {HOST} cannot be used ({problem.strerror}): choose another, as in "
            "`make run PORT=8010`."
        ) from None
    return port


class Workspace:
    """The servers, the database made ready, and the three programs."""

    def __init__(self, services: Services, port: int, signals: StopSignals) -> None:
        self.services, self.port, self.signals = services, port, signals
        self.family = Family(signals.pause)
        self.folders = services.folders
        self.env: dict[str, str] = {}
        signals.hurry = self._hurry

    def start(self) -> None:
        """Return after the ready line and the sign-ins are printed."""
        say(f"TrialsNest, with its data in {self.folders.home}")
        self._start_services()
        self.env = self._environment()
        say("Preparing the database.")
        self._run("prepare_database", environment=local.as_owner(self.env))
        sign_ins = self._load_demo()
        if self.env["TRIALSNEST_STATIC"] == "manifest":
            self._run("collectstatic", "--noinput", "--verbosity=0")
        say("Starting the web server, the worker and the clock.")
        for program in self._programs():
            self.family.start(program)
        self._wait_until_ready()
        say(f"TrialsNest is ready: http://{HOST}:{self.port}/")
        say(sign_ins)

    def watch(self) -> None:
        """Keep everything running until Stopped or CannotStart is raised."""
        while True:
            self.family.watch()
            self.signals.pause(0.25)

    def stop(self) -> None:
        self.family.stop()
        self.services.stop()

    def _start_services(self) -> None:
        began = time.monotonic()
        self.services.start()
        for server in (self.services.postgres, self.services.valkey):
            if server is not None:
                self.family.adopt(server)
                say(f"{server.name} answers after {time.monotonic() - began:.1f} s.")

    def _load_demo(self) -> str:
        """Load the demo workspace the first time, and return its sign-ins."""
        say("Looking for the demo workspace.")
        # As the owner: what a killed load left is cleared away first, and only she may do that.
        self._run("load_demo", "--if-empty", environment=local.as_owner(self.env))
        return self._run("demo_sign_ins", keep_output=True)

    def _environment(self) -> dict[str, str]:
        for private in ("mail", "beat", "static"):
            (self.folders.home / private).mkdir(mode=0o700, exist_ok=True)
        values = dict(os.environ)
        values |= local.secret_values(self.folders.home, make=True)
        values |= local.server_values(self.services.addresses)
        values |= self.services.mark
        values["TRIALSNEST_HOME"] = str(self.folders.home)
        values["PORT"] = str(self.port)
        values.setdefault("TRIALSNEST_PUBLIC_URL", f"http://{HOST}:{self.port}")
        values.setdefault("DJANGO_SETTINGS_MODULE", "trialsnest.settings")
        values.setdefault("TRIALSNEST_STATIC_ROOT", str(self.folders.home / "static"))
        values.setdefault("TRIALSNEST_STATIC", "manifest")
        values["PYTHONUNBUFFERED"] = "1"
        return values

    def _programs(self) -> list[Program]:
        celery = ("celery", "-A", "trialsnest.celery")
        quiet = ("--without-gossip", "--without-mingle")
        return [
            self._program("worker", *celery, "worker", "-P", "prefork", "-c", "2", *quiet),
            self._program(
                "clock",
                *celery,
                "beat",
                "-s",
                str(self.folders.home / "beat" / "schedule"),
                "--pidfile=",
            ),
            self._program(
                "web",
                *("gunicorn", "-c", "python:trialsnest.gunicorn", "--bind", f"{HOST}:{self.port}"),
                "trialsnest.wsgi:application",
            ),
        ]

    def _program(self, name: str, *command: str) -> Program:
        # What serves pages and jobs never holds the key to the role that owns the tables.
        environment = {k: v for k, v in self.env.items() if k != "DATABASE_OWNER_URL"}
        return Program(
            name,
            [sys.executable, "-m", *command],
            log=self.folders.log / f"{name}.log",
            env=environment,
            cwd=local.PROJECT,
            patience=30,
        )

    def _run(
        self,
        *command: str,
        environment: Mapping[str, str] | None = None,
        keep_output: bool = False,
    ) -> str:
        """Run a command of manage.py, its output shown or returned; it ends when we are to stop."""
        running = process.spawn(
            [sys.executable, local.MANAGE, *command],
            log=None,
            env=environment or self.env,
            cwd=local.PROJECT,
            dies_with=signal.SIGTERM,
            keep_output=keep_output,
        )
        try:
            while running.poll() is None:
                self.signals.pause(0.05)
        finally:
            process.end(running, signal.SIGTERM, patience=5)
        output, _ = running.communicate()
        if running.returncode != 0:
            raise CannotStart(f"`manage.py {' '.join(command)}` failed; its reason is above.")
        return (output or b"").decode().rstrip()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        answer = "no answer"
        while (answer := readiness(self.port)) != "200":
            self.family.watch()
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"The web server was not ready within {READY_SECONDS} s (last: {answer}); "
                    f"see {Path(self.folders.log, 'web.log')}."
                )
            self.signals.pause(0.1)

    def _hurry(self) -> None:
        """A second Ctrl-C: the programs end at once. The servers still write their data."""
        for child in self.family.children:
            if isinstance(child, Program) and child.child is not None:
                kill_group(child.child.pid)
