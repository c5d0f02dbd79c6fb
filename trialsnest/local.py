"""An installation that brings its own servers and secrets, all below TRIALSNEST_HOME.

`manage.py up` gives this environment to its children. Every other command of manage.py borrows
it: the servers of a running `up`, or servers of its own for as long as the command takes.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from trialsnest.embedded.folders import Folders
from trialsnest.embedded.services import Addresses, Services, addresses
from trialsnest.lib import env

PROJECT = Path(__file__).resolve().parent.parent
MANAGE = PROJECT / "manage.py"

# What changes tables works as the role that owns them.
OWNER_COMMANDS = frozenset({"migrate", "makemigrations", "prepare_database", "createcachetable"})
# Spoken over a telephone and typed by hand: no letters that look alike.
LETTERS = "abcdefghjkmnpqrstvwxyz23456789"


def home() -> Path:
    return env.path("TRIALSNEST_HOME", PROJECT / "var")


def secret_values(folder: Path, *, make: bool) -> dict[str, str]:
    """Secrets by variable name: as set in the environment, else as kept in `folder`/secrets.

    With `make`, what is missing is made and kept (0600). The demo password is kept even when it
    was set, so that a later start prints the one that works.
    """
    kept = folder / "secrets"
    values = {}
    for name, value in (
        ("TRIALSNEST_SECRET_KEY", secrets.token_urlsafe(48)),
        ("TRIALSNEST_HASH_KEY", secrets.token_urlsafe(48)),
        ("TRIALSNEST_DEMO_PASSWORD", demo_password()),
    ):
        file = kept / name.removeprefix("TRIALSNEST_").lower()
        given = env.given(name)
        if given is not None and name != "TRIALSNEST_DEMO_PASSWORD":
            continue
        if make:
            kept.mkdir(mode=0o700, exist_ok=True)
            _keep(file, given or value, replace=given is not None)
        if file.exists():
            values[name] = file.read_text().strip()
    return values


def demo_password() -> str:
    """Twenty random letters in groups of five: 97 bits."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def _keep(file: Path, value: str, *, replace: bool) -> None:
    """Write a secret so that nobody ever sees half of it, and two starts agree on one."""
    if file.exists() and not replace:
        return
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as output:
        output.write(f"{value}\n")
    if replace:
        partial.replace(file)
        return
    try:
        os.link(partial, file)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def server_values(servers: Addresses) -> dict[str, str]:
    """The servers' addresses by variable name, for those that the environment does not give."""
    values = {}
    if not env.is_set("DATABASE_URL"):
        values["DATABASE_URL"] = servers.app_url
        values["DATABASE_OWNER_URL"] = servers.owner_url
    if not env.is_set("REDIS_URL"):
        values["REDIS_URL"] = servers.redis_url
    return values


@contextmanager
def borrowed(command: str) -> Iterator[None]:
    """Complete `os.environ` for one command of manage.py, with servers for as long as it takes.

    Does nothing about servers when DATABASE_URL and REDIS_URL are given.
    """
    if command in OWNER_COMMANDS:
        os.environ.setdefault("TRIALSNEST_DB_ROLE", "owner")
    if env.is_set("DATABASE_URL") and env.is_set("REDIS_URL"):
        os.environ.update(secret_values(home(), make=False))
        yield
        return
    folders = Folders(home())
    os.environ.update(secret_values(folders.home, make=True))
    if folders.is_running():
        os.environ.update(server_values(addresses(folders)))
        yield
        return
    with Services(
        folders.home,
        postgres=not env.is_set("DATABASE_URL"),
        redis=not env.is_set("REDIS_URL"),
    ) as services:
        os.environ.update(server_values(services.addresses))
        if services.postgres is not None and command not in OWNER_COMMANDS:
            prepare_if_new(services.addresses.owner_url)
        yield


def prepare_if_new(owner_url: str) -> None:
    """Make the tables and roles of a database that has never been prepared."""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("select to_regclass('django_migrations')").fetchone()
    if row is None or row[0] is None:
        sys.stderr.write("The database is new: preparing it first.\n")
        subprocess.run(
            [sys.executable, MANAGE, "prepare_database"],
            env=as_owner(os.environ),
            stdout=sys.stderr,
            check=True,
        )


def as_owner(environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "TRIALSNEST_DB_ROLE": "owner"}
