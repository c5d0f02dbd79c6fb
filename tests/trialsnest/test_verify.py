"""One command runs every check, says how each went, and fails when any failed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trialsnest import verify
from trialsnest.verify import Check

PROJECT = Path(__file__).resolve().parents[2]


def _check(name: str, code: str) -> Check:
    return Check(name, (sys.executable, "-S", "-c", code))


def test_every_check_runs_and_the_failed_ones_show_what_they_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = (
        _check("types", "print('quiet')"),
        _check("lint", "print('line 7 is wrong'); raise SystemExit(1)"),
        _check("format", ""),
    )
    monkeypatch.setattr(verify, "CHECKS", checks)

    failed = verify.run_checks({})

    said = capsys.readouterr().out
    assert failed == ["lint"]
    assert "ok      types (" in said
    assert "FAILED  lint (" in said
    assert "line 7 is wrong" in said
    assert "quiet" not in said


@pytest.mark.parametrize(
    ("failed", "tests_pass", "status"),
    [([], True, 0), (["lint"], True, 1), ([], False, 1)],
)
def test_any_failure_is_the_status_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, failed: list[str], tests_pass: bool, status: int
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///given")
    monkeypatch.setenv("REDIS_URL", "redis://given")
    monkeypatch.setattr(verify, "run_checks", lambda environment: failed)
    monkeypatch.setattr(verify, "run_tests", lambda environment, **_: tests_pass)

    assert verify.verify(["--no-browser"]) == status


@pytest.mark.parametrize(
    ("without_browser", "chosen"), [(True, "not browser and not soak"), (False, "not soak")]
)
def test_the_tests_come_last_and_in_the_open_so_that_pytest_has_the_last_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    without_browser: bool,
    chosen: str,
) -> None:
    commands = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        assert "stdout" not in options
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)

    assert verify.run_tests({}, without_browser=without_browser, failed=["lint"])

    shared_out = verify.at_once(os.cpu_count() or 1)
    assert commands == [[sys.executable, "-m", "pytest", "-m", chosen, *shared_out]]
    assert capsys.readouterr().out == "FAILED before the tests: lint.\n"


@pytest.mark.parametrize(("cores", "processes"), [(2, "2"), (4, "4"), (64, "4")])
def test_the_tests_are_shared_out_over_the_cores_and_at_most_four(
    cores: int, processes: str
) -> None:
    assert verify.at_once(cores) == ["-n", processes, "--dist", "loadfile"]


def test_on_one_core_the_tests_run_in_one_process() -> None:
    assert verify.at_once(1) == []


def test_ci_and_make_run_this_command_and_nothing_else_of_substance() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    ci = (PROJECT / ".ci" / "run").read_text().splitlines()

    assert "manage.py verify\n" in makefile
    assert "manage.py verify --no-browser\n" in makefile
    assert [line for line in ci if line and not line.startswith("#")] == [
        "set -euo pipefail",
        'cd "$(dirname "$0")/.."',
        'CI="${CI:-true}" exec make test',
    ]
