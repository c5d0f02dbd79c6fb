"""`manage.py verify`: every check in one command, the same one that CI runs.

The short checks run two at a time; pytest runs last and in the open, so that its closing line
is the last one. All of them run even after a failure; the exit status is 1 if any failed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from trialsnest import local
from trialsnest.embedded.services import Services
from trialsnest.lib import env

PYTHON = sys.executable
MANAGE = (PYTHON, "manage.py")
# The settings of an installation behind HTTPS; `check --deploy` is about those.
HTTPS = {
    "TRIALSNEST_HTTPS": "1",
    "TRIALSNEST_PUBLIC_URL": "https://nest.example.org",
    "TRIALSNEST_ALLOWED_HOSTS": "nest.example.org",
}


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str]
    extra: Mapping[str, str] = field(default_factory=dict)


CHECKS = (
    Check("types", (PYTHON, "-m", "mypy")),
    Check("lint", (PYTHON, "-m", "ruff", "check")),
    Check("format", (PYTHON, "-m", "ruff", "format", "--check")),
    Check(
        "import contracts", (str(Path(PYTHON).parent / "lint-imports"), "--no-cache", "--no-logo")
    ),
    Check("templates", (PYTHON, "-m", "djlint", "templates", "--lint", "--quiet")),
    Check("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run")),
    Check("deployment", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), HTTPS),
)


def verify(arguments: Sequence[str]) -> int:
    """Run the checks and the tests; with --no-browser without those that need Chromium."""
    parser = argparse.ArgumentParser(prog="manage.py verify", description=__doc__)
    parser.add_argument("--no-browser", action="store_true", help="leave the browser tests out")
    without_browser = parser.parse_args(arguments).no_browser
    with tempfile.TemporaryDirectory(prefix="trialsnest-verify-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)  # the account PostgreSQL runs as passes through
        with Services(
            Path(folder),
            durable=False,
            postgres=not env.is_set("DATABASE_URL"),
            redis=not env.is_set("REDIS_URL"),
        ) as services:
            environment = {
                **os.environ,
                **local.server_values(services.addresses),
                **local.secret_values(services.folders.home, make=True),
                "TRIALSNEST_HOME": folder,
            }
            if services.postgres is not None:  # there is no role for the pages before `up`
                environment["DATABASE_URL"] = services.addresses.owner_url
            failed = run_checks(environment)
            tests_passed = run_tests(environment, without_browser=without_browser, failed=failed)
    return 0 if tests_passed and not failed else 1


def run_checks(environment: Mapping[str, str]) -> list[str]:
    """Run the short checks two at a time, and return the names of those that failed."""
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for check, passed, report in pool.map(lambda c: run_check(c, environment), CHECKS):
            print(report, flush=True)
            if not passed:
                failed.append(check.name)
    return failed


def run_check(check: Check, environment: Mapping[str, str]) -> tuple[Check, bool, str]:
    began = time.monotonic()
    answer = subprocess.run(
        check.command,
        cwd=local.PROJECT,
        env={**environment, **check.extra},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = answer.returncode == 0
    report = f"{'ok    ' if passed else 'FAILED'}  {check.name} ({time.monotonic() - began:.1f} s)"
    return check, passed, report if passed else f"{report}\n{answer.stdout.rstrip()}\n"


def run_tests(
    environment: Mapping[str, str], *, without_browser: bool, failed: Sequence[str]
) -> bool:
    if failed:
        print(f"FAILED before the tests: {', '.join(failed)}.", flush=True)
    chosen = ("-m", "not browser and not soak") if without_browser else ("-m", "not soak")
    command = [PYTHON, "-m", "pytest", *chosen, *at_once(os.cpu_count() or 1)]
    return subprocess.run(command, cwd=local.PROJECT, env=environment, check=False).returncode == 0


def at_once(cores: int) -> list[str]:
    """How pytest shares the tests out: a process a core, at most four, and no file split up."""
    return ["-n", str(min(cores, 4)), "--dist", "loadfile"] if cores > 1 else []
