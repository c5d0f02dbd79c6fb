"""The web servers to measure: the product's as `manage.py up` starts it, and that of the peers."""

import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.management import call_command

from trialsnest import local
from trialsnest.embedded.folders import Folders
from trialsnest.embedded.postgres import APP, OWNER
from trialsnest.lib import env
from trialsnest.up.children import Program
from trialsnest.up.ready import HOST, readiness

APPS = {
    "product": ("trialsnest.settings", "benchmarks.http_app:application"),
    "peer": ("benchmarks.peer_settings", "trialsnest.wsgi:application"),
}
START_SECONDS = 120


@dataclass(frozen=True)
class Ports:
    """Where the two answer."""

    product: int
    peer: int


@contextmanager
def servers() -> Iterator[Ports]:
    """Both servers on the database of this run, two workers each, until the block ends."""
    _prepare()
    found = Ports(_free_port(), _free_port())
    running: list[Program] = []
    try:
        for name, port in (("product", found.product), ("peer", found.peer)):
            running.append(_program(name, port))
            running[-1].start()
        for program, port in zip(running, (found.product, found.peer), strict=True):
            _wait(program, port)
        yield found
    finally:
        for program in running:
            program.stop()


def _prepare() -> None:
    """What `prepare_database` does besides migrations."""
    call_command("createcachetable", verbosity=0)
    if _is_our_own():
        call_command("ensure_roles", verbosity=0)


def _is_our_own() -> bool:
    """Whether the server is the embedded one: roles of somebody's own server are left alone."""
    return f"//{OWNER}@" in os.environ["DATABASE_URL"]


def _program(name: str, port: int) -> Program:
    settings, application = APPS[name]
    return Program(
        f"benchmark {name}",
        [
            *(sys.executable, "-m", "gunicorn", "-c", "python:trialsnest.gunicorn"),
            *("--bind", f"{HOST}:{port}", application),
        ],
        log=Folders(local.home() / "benchmarks").log / f"{name}.log",
        env=_environment(settings, port),
        cwd=local.PROJECT,
        patience=10,
    )


def _environment(settings: str, port: int) -> Mapping[str, str]:
    """As `manage.py up` gives it to the web server: without the key to the tables' owner."""
    owners = {"DATABASE_OWNER_URL", "TRIALSNEST_DB_ROLE"}
    values = {name: value for name, value in os.environ.items() if name not in owners}
    if _is_our_own():
        values["DATABASE_URL"] = values["DATABASE_URL"].replace(f"//{OWNER}@", f"//{APP}@", 1)
    values["DJANGO_SETTINGS_MODULE"] = settings
    values["PORT"] = str(port)
    if not env.is_set("TRIALSNEST_PUBLIC_URL"):
        values["TRIALSNEST_PUBLIC_URL"] = f"http://{HOST}:{port}"
    values["PYTHONUNBUFFERED"] = "1"
    return values


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def _wait(program: Program, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while (answer := readiness(port)) != "200":
        assert program.child is not None
        ended = program.child.poll() is not None or time.monotonic() > deadline
        assert not ended, f"{program.name} is not ready ({answer}); see {program.log}"
        time.sleep(0.1)
