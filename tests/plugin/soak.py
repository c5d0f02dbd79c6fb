"""Long runs: left out by default, run by `make soak`, and written down with their seeds."""

import os
import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

BEGIN, END = "<!-- soak: begin -->", "<!-- soak: end -->"


@dataclass
class Soak:
    """What one long test did. `chance` is seeded with `seed`, so a failure can be run again."""

    test: str
    seed: int
    chance: random.Random = field(repr=False)
    counts: list[str] = field(default_factory=list)
    seconds: float = 0.0
    outcome: str = "failed"

    def record(self, what: str, count: int) -> None:
        """Note a number for the report, as in `soak.record("kills", 50)`."""
        self.counts.append(f"{count:,} {what}")


RUNS = pytest.StashKey[list[Soak]]()
RUN = pytest.StashKey[Soak]()
BEGAN = pytest.StashKey[datetime]()
"""When the run began on the real clock, which the tests themselves do not see."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("soak")
    group.addoption("--soak-seed", type=int, help="run the long tests with this seed")
    group.addoption("--soak-report", type=Path, help="write the results into this file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: long counts, only with `-m soak` (make soak)")
    config.stash[RUNS] = []
    config.stash[BEGAN] = datetime.now(UTC)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    long = [item for item in items if item.get_closest_marker("soak")]
    if "soak" in config.option.markexpr:
        for item in long:
            item.add_marker(pytest.mark.timeout(0))
        return
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture
def soak(request: pytest.FixtureRequest) -> Iterator[Soak]:
    """A seeded source of chance, and where to note what was done."""
    seed = request.config.getoption("--soak-seed") or secrets.randbelow(2**31)
    run = Soak(request.node.nodeid.removeprefix("tests/"), seed, random.Random(seed))
    request.config.stash[RUNS].append(run)
    request.node.stash[RUN] = run
    began = time.monotonic()
    yield run
    run.seconds = time.monotonic() - began


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    run = item.stash.get(RUN, None)
    if run is not None and report.when == "call":
        run.outcome = report.outcome
        if report.failed:
            report.sections.append(("soak", f"run it again with --soak-seed {run.seed}"))
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    report: Path | None = session.config.getoption("--soak-report")
    runs = session.config.stash[RUNS]
    if report is not None and runs:
        write_report(report, runs, at=session.config.stash[BEGAN])


def write_report(report: Path, runs: list[Soak], *, at: datetime) -> None:
    """Replace the part of `report` between its two soak marks; the rest stays as it is."""
    rows = [
        f"| `{run.test}` | {run.seed} | {', '.join(run.counts) or '-'} | {run.seconds:.0f} s "
        f"| {run.outcome} |"
        for run in runs
    ]
    part = "\n".join(
        [
            BEGIN,
            f"Last run: {at:%d %b %Y}, {os.cpu_count()} cores, by `make soak`.",
            "",
            "| Test | Seed | What was done | Time | Result |",
            "|---|---|---|---|---|",
            *rows,
            END,
        ]
    )
    text = report.read_text() if report.exists() else f"# Reliability\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    report.write_text(before + part + (after or "\n"))
