"""What a test may miss, and what happens then: it is said aloud, and in CI it fails.

A skip is honest only when its reason starts with "needs ". With CI=true one skip is allowed:
the shared data folder that stands beside the project, which a bare clone does not have.
"""

import os
import shutil
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
NEEDS_SHARED = "needs ../shared, the data folder beside the project"
NEEDS_CHROMIUM = "needs Chromium: install the package chromium"


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true"}


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Watch(config), "trialsnest-skips")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("large_data") and not SHARED.is_dir():
        pytest.skip(NEEDS_SHARED)
    if item.get_closest_marker("browser") and chromium() is None:
        pytest.skip(NEEDS_CHROMIUM)


class Watch:
    """Collects skips as they are reported and judges them at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.skips: list[tuple[str, str]] = []  # (test, reason)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._note(report.nodeid, report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._note(report.nodeid, report.longrepr)

    def _note(self, test: str, where: object) -> None:
        reason = where[2] if isinstance(where, tuple) else str(where)
        self.skips.append((test, str(reason).removeprefix("Skipped: ")))

    def unexcused(self) -> list[tuple[str, str]]:
        """In CI every skip but the shared folder's; elsewhere those that give no need."""
        if in_ci():
            return [skip for skip in self.skips if skip[1] != NEEDS_SHARED]
        return [skip for skip in self.skips if not skip[1].startswith("needs ")]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if in_ci() and self.unexcused() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        reasons = [reason for _, reason in self.skips]
        for reason in sorted({r for r in reasons if r.startswith("needs ")}):
            terminalreporter.line(
                f"NOT RUN: {reasons.count(reason)} tests, {reason}.", yellow=True, bold=True
            )
        unexcused = self.unexcused()
        if unexcused:
            verdict = "fails the run in CI" if in_ci() else "must say what it needs"
            terminalreporter.section(f"a skip that {verdict}", sep="!", red=True, bold=True)
            for test, reason in unexcused:
                terminalreporter.line(f"{test}: {reason}", red=True)
