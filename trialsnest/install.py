"""Make the virtual environment and install lock files into it; the second time do nothing.

Run by make with the system's Python, so it uses the standard library only:
`python3.11 -m trialsnest.install runtime embedded`.
"""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from trialsnest import system_parts

PROJECT = Path(__file__).resolve().parent.parent
PARTS = ("runtime", "embedded", "dev")
CONTAINS = {"dev": PARTS}  # dev.lock holds the other two


def main(parts: Sequence[str], *, project: Path = PROJECT) -> int:
    """Install the lock file of each part, with hashes, unless it is installed already."""
    unknown = set(parts) - set(PARTS)
    if unknown or not parts:
        sys.exit(f"Say which of {', '.join(PARTS)} to install.")
    folder = project / ".venv"
    folder.mkdir(exist_ok=True)
    # Two `make run` side by side may both be the first.
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = [part for part in parts if not is_installed(folder, project, part)]
        if missing:
            make_environment(folder)
        for part in missing:
            install(folder, project, part)
    return 0


def is_installed(folder: Path, project: Path, part: str) -> bool:
    stamp = _stamp(folder, part)
    return stamp.exists() and stamp.read_text() == _fingerprint(project, part)


def make_environment(folder: Path) -> None:
    """Make the virtual environment; Debian keeps the module for it in a package of its own."""
    if (folder / "bin" / "pip").exists():
        return
    if importlib.util.find_spec("ensurepip") is None and system_parts.may_install():
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        print(f"Installing {package}.", flush=True)
        system_parts.install([package])
        importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("Python's venv module is incomplete here: install the package python3-venv.")
    print("Making the virtual environment.", flush=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)


def install(folder: Path, project: Path, part: str) -> None:
    """pip install with hashes. Not compiled: Python does that when it first needs a module."""
    print(f"Installing requirements/{part}.lock.", flush=True)
    answer = subprocess.run(
        [
            *(folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile"),
            *("--disable-pip-version-check", "--require-hashes"),
            *("-r", project / "requirements" / f"{part}.lock"),
        ],
        env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"},
        check=False,
    )
    if answer.returncode != 0:
        sys.exit(f"requirements/{part}.lock could not be installed; pip's reason is above.")
    for contained in CONTAINS.get(part, (part,)):
        _stamp(folder, contained).write_text(_fingerprint(project, contained))


def _stamp(folder: Path, part: str) -> Path:
    return folder / f".installed-{part}"


def _fingerprint(project: Path, part: str) -> str:
    return hashlib.sha256((project / "requirements" / f"{part}.lock").read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
