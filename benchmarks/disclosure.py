"""What a report may tell beside all earlier ones: the check, report by report.

    .venv/bin/python -m benchmarks.disclosure

Random quarters as the attacker's tests make them: one study at one site, its weekly reports or
rarer ones, strict ones too, and some revisions. Each report is made again, once knowing what was
published before it and once as if nothing had been; the difference is the check. Needs no database.
"""

import os
import sys
import time
from collections.abc import Sequence

import django

from benchmarks.queue_html import UNUSED
from benchmarks.running import arguments, report
from benchmarks.table import Row, machine

QUARTERS = 60
SECONDS = 2.0  # 95 of 100 reports
MOST = 30.0  # then what is not checked is withheld


def main() -> int:
    """Measure, print, and write the page if asked; 1 if a limit was missed."""
    options = arguments(__doc__)
    os.environ.update(UNUSED)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsnest.settings")
    django.setup()
    beside, alone, leads = _measure()
    what = f"{len(beside)} reports of {QUARTERS} quarters, {leads:,} leads"
    rows = [
        Row(
            f"{what}: p50 and p95, checked", _words(beside), "p95 2,000 ms", _p95(beside) <= SECONDS
        ),
        Row("The slowest of them", f"{max(beside) * 1000:,.0f} ms", "30 s", max(beside) <= MOST),
        Row("The same reports without earlier ones", _words(alone)),
    ]
    return report("disclosure", rows, machine(_solver_words()), write=options.write)


def _measure() -> tuple[list[float], list[float], int]:
    """Seconds of processor time by report, with and without earlier ones, and the leads."""
    from reporting.figures.report import told, weekly_report  # models are there only now
    from tests.reporting.attacker.quarters import quarter

    beside, alone, leads = list[float](), list[float](), 0
    for seed in range(QUARTERS):
        found = quarter(seed)
        leads += len(found.lives)
        before = [told(done) for done in found.reports]
        for number, inputs in enumerate(found.inputs):
            for seconds, earlier in ((beside, before[:number]), (alone, [])):
                began = time.process_time()
                weekly_report(inputs, earlier)
                seconds.append(time.process_time() - began)
    return beside, alone, leads


def _p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(0.95 * len(seconds))]


def _words(seconds: Sequence[float]) -> str:
    half = sorted(seconds)[len(seconds) // 2]
    return f"{half * 1000:,.0f} and {_p95(seconds) * 1000:,.0f} ms of processor time"


def _solver_words() -> str:
    from importlib.metadata import version

    return f"HiGHS {version('highspy')}"


if __name__ == "__main__":
    sys.exit(main())
