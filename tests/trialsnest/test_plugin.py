"""A skip is said aloud, and in CI it fails; long tests stay out until they are asked for."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from tests.plugin import soak as soak_plugin
from tests.plugin.embedded import broker_of
from tests.plugin.needs import NEEDS_SHARED
from tests.plugin.soak import Soak

PROJECT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def _pytest(
    folder: Path, code: str, *words: str, ci: bool = False, chromium: bool = False
) -> tuple[int, str]:
    """Run pytest on `code` alone with our plugins; the exit status and what was printed."""
    (folder / "test_it.py").write_text(f"import pytest\n{code}\n")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    browser: x\n    large_data: x\n")
    if chromium:
        (folder / "chromium").write_text("#!/bin/sh\n")
        (folder / "chromium").chmod(0o755)
    plugins = ("tests.plugin.needs", "tests.plugin.soak", "no:django", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *(f"-p{plugin}" for plugin in plugins), *words]
    answer = subprocess.run(
        command,
        cwd=folder,
        env={
            "PYTHONPATH": str(PROJECT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PATH": str(folder),
            "CI": str(ci).lower(),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout + answer.stderr


def test_a_skip_without_a_need_is_said_aloud(tmp_path: Path) -> None:
    status, said = _pytest(tmp_path, "def test_it(): pytest.skip('no time')")

    assert status == 0
    assert "a skip that must say what it needs" in said
    assert "test_it.py::test_it: no time" in said


def test_any_skip_but_the_shared_data_s_fails_in_ci(tmp_path: Path) -> None:
    status, said = _pytest(tmp_path, "def test_it(): pytest.skip('needs a moon')", ci=True)
    allowed, _ = _pytest(tmp_path, f"def test_it(): pytest.skip({NEEDS_SHARED!r})", ci=True)

    assert status == 1
    assert "a skip that fails the run in CI" in said
    assert allowed == 0


def test_a_browser_test_without_chromium_is_counted_in_one_line(tmp_path: Path) -> None:
    code = "@pytest.mark.browser\n@pytest.mark.parametrize('n', [1, 2])\ndef test_it(n): pass"

    status, said = _pytest(tmp_path, code)
    in_ci, _ = _pytest(tmp_path, code, ci=True)
    with_it, _ = _pytest(tmp_path, code, ci=True, chromium=True)

    assert "NOT RUN: 2 tests, needs Chromium: install the package chromium." in said
    assert (status, in_ci, with_it) == (0, 1, 0)


def test_long_tests_run_only_when_asked_and_their_seed_can_be_given_again(tmp_path: Path) -> None:
    code = (
        "def test_short(): pass\n"
        "@pytest.mark.soak\n"
        "def test_long(soak):\n"
        "    soak.record('steps', soak.chance.randrange(10**6))"
    )
    report = tmp_path / "report.md"

    _, by_default = _pytest(tmp_path, code)
    asked = ("-m", "soak", "--soak-seed", "7", "--soak-report", str(report))
    status, said = _pytest(tmp_path, code, *asked)

    assert "1 passed, 1 deselected" in by_default
    assert status == 0, said
    row = re.search(r"\| `test_it.py::test_long` \| 7 \| ([\d,]+) steps", report.read_text())
    assert row is not None
    assert int(row[1].replace(",", "")) == Random(7).randrange(10**6)


def test_the_report_of_long_tests_replaces_only_its_own_part(tmp_path: Path) -> None:
    report = tmp_path / "reliability.md"
    report.write_text(f"# Before\n\n{soak_plugin.BEGIN}\nold\n{soak_plugin.END}\n\n# After\n")
    run = Soak("test_kills", 7, Random(7), counts=["40 kills"], seconds=30.2, outcome="passed")

    soak_plugin.write_report(report, [run], at=datetime(2026, 11, 23, tzinfo=UTC))

    text = report.read_text()
    assert text.startswith("# Before\n")
    assert text.endswith("\n# After\n")
    assert "old" not in text
    assert f"Last run: 23 Nov 2026, {os.cpu_count()} cores" in text
    assert "| `test_kills` | 7 | 40 kills | 30 s | passed |" in text


@pytest.mark.parametrize(
    ("url", "brokers"),
    [
        (
            "redis+socket:///run/it.sock?virtual_host=0",
            [
                "redis+socket:///run/it.sock?virtual_host=1",
                "redis+socket:///run/it.sock?virtual_host=2",
            ],
        ),
        ("redis://127.0.0.1:6379/0", ["redis://127.0.0.1:6379/1", "redis://127.0.0.1:6379/2"]),
        ("redis://cache:6379", ["redis://cache:6379/1", "redis://cache:6379/2"]),
    ],
)
def test_each_of_several_test_processes_has_a_broker_of_its_own(
    url: str, brokers: list[str]
) -> None:
    assert [broker_of(url, worker) for worker in ("gw0", "gw1")] == brokers
