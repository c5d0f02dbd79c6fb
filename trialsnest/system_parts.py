"""Parts that pip cannot bring: Pango for the PDF, Chromium for the browser tests.

Run by make before anything is installed, so it uses the standard library only. Root on Debian
gets them installed; anyone else is told in one sentence what to install.
"""

import argparse
import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PANGO = {  # package of Debian: (file of Linux, name elsewhere)
    "libpango-1.0-0": ("libpango-1.0.so.0", "pango-1.0"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "pangoft2-1.0"),
    "libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "harfbuzz-subset"),
}


@dataclass(frozen=True)
class Part:
    what: str
    missing: Callable[[], list[str]]  # the packages of Debian that are not here
    without: str  # what happens without it, as the end of a sentence


def missing_pango() -> list[str]:
    return [package for package, names in PANGO.items() if not _loads(*names)]


def missing_chromium() -> list[str]:
    here = shutil.which("chromium") or shutil.which("chromium-browser")
    return [] if here else ["chromium"]


PARTS = {
    "pango": Part("Pango", missing_pango, "no PDF can be made"),
    "chromium": Part("Chromium", missing_chromium, "ALL BROWSER TESTS ARE SKIPPED"),
}


def main(names: Sequence[str]) -> int:
    """Look for each part; install or say what is missing. 0 even then: the rest works without."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="+", choices=sorted(PARTS))
    for name in parser.parse_args(names).parts:
        part = PARTS[name]
        packages = part.missing()
        if packages and may_install():
            print(f"Installing {' '.join(packages)}.", flush=True)
            install(packages)
            packages = part.missing()
        if packages:
            print(
                f"{part.what} is missing: until `apt-get install {' '.join(packages)}` "
                f"(or its like) is run, {part.without}.",
                flush=True,
            )
    return 0


def may_install() -> bool:
    return (
        os.geteuid() == 0
        and Path("/etc/debian_version").exists()
        and shutil.which("apt-get") is not None
    )


def install(packages: Sequence[str]) -> None:
    """Install packages of Debian; what apt says is shown only when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages],
    ):
        answer = subprocess.run(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if answer.returncode != 0:
            print(answer.stdout[-2000:], flush=True)
            return


def _loads(linux: str, elsewhere: str) -> bool:
    name = linux if sys.platform == "linux" else ctypes.util.find_library(elsewhere)
    if name is None:
        return False
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
