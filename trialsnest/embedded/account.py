"""Which operating-system account PostgreSQL runs as, and folders that account can reach.

PostgreSQL refuses to run as root. Making an account or opening the parents of a private folder
would change the machine for everyone, so an existing account is borrowed, and what it cannot
reach is kept in a folder of the operating system instead.
"""

import hashlib
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from trialsnest.embedded import CannotStart

SYSTEM_FOLDER = Path("/var/lib/trialsnest-embedded")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int


def for_postgres(data: Path) -> Account | None:
    """None: run as whoever we are. As root, the owner of existing data, else postgres or nobody."""
    if os.geteuid() != 0:
        return None
    if (data / "PG_VERSION").exists() and data.stat().st_uid != 0:
        owner = data.stat()
        return Account(f"number {owner.st_uid}", owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotStart(
        "PostgreSQL does not run as root, and this machine has neither an account postgres nor "
        "nobody: run this as an ordinary user."
    )


def can_be_reached(path: Path) -> bool:
    """Whether every folder above `path` lets any account pass."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def reachable_binaries(folder: Path) -> Path:
    """`folder`, or a copy of the installation it belongs to where every account can read it."""
    if can_be_reached(folder / "postgres"):
        return folder
    stamp = (folder / "postgres").stat()
    version = f"{folder}|{stamp.st_size}|{stamp.st_mtime_ns}"
    copy = SYSTEM_FOLDER / f"binaries-{hashlib.sha256(version.encode()).hexdigest()[:10]}"
    installation = folder.parent
    package = installation.parent
    if not copy.exists():
        SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o755)
        # Copied beside and renamed, so that a copy broken off half-way is never used.
        partial = Path(tempfile.mkdtemp(dir=SYSTEM_FOLDER, prefix="partial-"))
        partial.chmod(0o755)
        _copy(installation, partial / package.name / installation.name)
        # A wheel keeps the libraries it brings beside its package, and finds them from there.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            _copy(libraries, partial / libraries.name)
        try:
            partial.rename(copy)
        except OSError:  # a second start was faster; its copy is the same
            shutil.rmtree(partial)
    return copy / package.name / installation.name / folder.name


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():  # whatever the umask was when they were installed
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))
