"""Results as a table in docs/performance.md, between the marks of the benchmark that made it."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.stopwatch import is_busy

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


@dataclass(frozen=True)
class Row:
    """One line: what was measured, the figure, and the limit with whether it held."""

    what: str
    figure: str
    limit: str = ""
    holds: bool = True


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown."""
    lines = ["| what | measured | limit | |", "|---|---|---|---|"]
    for row in rows:
        verdict = ("holds" if row.holds else "**missed**") if row.limit else ""
        lines.append(f"| {row.what} | {row.figure} | {row.limit} | {verdict} |")
    return "\n".join(lines)


def machine(made_with: str) -> str:
    """The kind of machine, in one sentence, with how busy it was and what was run on it."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    today = datetime.now(UTC)
    return (
        f"{today:%d %B %Y}, {os.cpu_count()} cores {platform.machine()}, "
        f"{pages * size / 2**30:.0f} GiB, Python {platform.python_version()}, {made_with}; "
        f"load average {os.getloadavg()[1]:.1f} while it ran"
        + (", so time limits are held by processor time." if is_busy() else ".")
    )


def write_part(name: str, text: str) -> None:
    """Replace what stands between the marks of `name` on the page."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    page = PAGE.read_text()
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    assert rest, f"{PAGE.name} has no part {begin}"
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}")
