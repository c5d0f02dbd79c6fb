"""A database of the benchmarks' own: built once, kept, and copied for each run.

With DATABASE_URL it stands on that server, beside the app's database and never in it; otherwise on
an embedded PostgreSQL of its own below TRIALSNEST_HOME/benchmarks.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from django.db import connection
from psycopg import sql

from trialsnest import local
from trialsnest.embedded import postgres
from trialsnest.embedded.services import Services
from trialsnest.lib import env

PREFIX = "trialsnest_bench_"
RUN = f"{PREFIX}run"
LARGE = {
    "shared_buffers": "2GB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
}
"""A server for a million leads as docs/running.md advises it; the rest as it is shipped."""


@contextmanager
def server(*, broker: bool = False) -> Iterator[str]:
    """The address of a server, as the role that may make databases; with a broker if asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsnest.settings")
    os.environ["TRIALSNEST_DB_ROLE"] = "owner"
    home = local.home() / "benchmarks"
    home.mkdir(parents=True, exist_ok=True)
    given = env.given("DATABASE_OWNER_URL") or env.given("DATABASE_URL")
    starts_broker = broker and not env.is_set("REDIS_URL")
    postgres.SETTINGS |= LARGE
    with Services(home, postgres=given is None, redis=starts_broker) as services:
        nothing = "redis://127.0.0.1:1"  # nothing is sent
        made = services.addresses.redis_url if starts_broker else nothing
        os.environ.setdefault("REDIS_URL", made)
        os.environ.update(local.secret_values(home, make=True))
        yield given or services.addresses.owner_url


def named(url: str, name: str) -> str:
    """The address of another database on the same server."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


@contextmanager
def copy_of_base(url: str, build: Callable[[], None], *, what: str) -> Iterator[None]:
    """Django on a fresh copy of the base, which `build` fills the first time. `what` names it.

    Other migrations make another base; bases of before are dropped.
    """
    with psycopg.connect(named(url, "postgres"), autocommit=True) as server:
        begin = _made(server, url, build, what)
        _create(server, RUN, template=begin)
        try:
            _use(named(url, RUN))
            yield
        finally:
            _leave()
            _drop(server, RUN)


@contextmanager
def base(url: str, build: Callable[[], None], *, what: str) -> Iterator[None]:
    """Django on the base itself, for what only reads; otherwise as `copy_of_base`."""
    with psycopg.connect(named(url, "postgres"), autocommit=True) as server:
        begin = _made(server, url, build, what)
    try:
        _use(named(url, begin))
        yield
    finally:
        _leave()


def postgres_words() -> str:
    """Which PostgreSQL the run is on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('shared_buffers')"
        )
        version, buffers = cursor.fetchone()
    return f"PostgreSQL {version.split()[0]} with shared_buffers {buffers}"


def _made(server: psycopg.Connection, url: str, build: Callable[[], None], what: str) -> str:
    """The name of the base, which `build` fills if there is none."""
    begin = f"{PREFIX}{what}_{_schema()}"
    _drop_others(server, keep=begin)
    if not _is_there(server, begin):
        _create(server, f"{begin}_part")
        _use(named(url, f"{begin}_part"))
        print(f"Building the database {what}, once:", flush=True)
        build()
        _leave()
        _rename(server, f"{begin}_part", begin)
    return begin


def _schema() -> str:
    """A short name for the migrations as they are."""
    folders = [
        local.PROJECT / app / "migrations" for app in ("accounts", "recruitment", "reporting")
    ]
    files = sorted(path for folder in folders for path in folder.glob("[0-9]*.py"))
    found = hashlib.sha256()
    for path in files:
        found.update(path.read_bytes())
    return found.hexdigest()[:8]


def _use(url: str) -> None:
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = url
    django.setup()
    connection.close()
    connection.settings_dict["NAME"] = urlsplit(url).path.lstrip("/")


def _leave() -> None:
    connection.close()


def _is_there(server: psycopg.Connection, name: str) -> bool:
    found = server.execute("SELECT FROM pg_database WHERE datname = %s", [name])
    return found.fetchone() is not None


def _create(server: psycopg.Connection, name: str, template: str = "template1") -> None:
    _drop(server, name)
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    server.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))


def _rename(server: psycopg.Connection, old: str, new: str) -> None:
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    server.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))


def _drop(server: psycopg.Connection, name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    server.execute(drop.format(sql.Identifier(name)))


def _drop_others(server: psycopg.Connection, *, keep: str) -> None:
    ours = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s",
        [keep[: keep.rindex("_") + 1], keep],  # with its mark: 100000 begins 1000000 too
    )
    for (name,) in ours.fetchall():
        _drop(server, name)
