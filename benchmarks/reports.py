"""Sponsor reports of 500 studies at sites: drafted, laid out and stored by two processes.

    make bench

Beside it, in the same run, WeasyPrint alone lays out the same 500 pages of HTML in two warm
processes. Each process takes one page at a time, as a worker does; what is timed begins when both
are warm. Drafting and laying out are the services that beat and worker call.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from queue import Empty
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest import mock

import django
from django.db import connection, transaction

from benchmarks.database import copy_of_base, postgres_words, server
from benchmarks.moment import AT
from benchmarks.running import arguments, lead_builder, report
from benchmarks.table import Row, machine
from trialsnest.lib.pdf import Sheet, identifier_of, pdf_bytes

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

WORKERS = 2
REPORTS = 500
LEADS = 100_000
ACTIVE = timedelta(weeks=16)  # how long every site has been active
LATER = timedelta(days=8)  # when the report after the last lead is due
OVER_ALONE, OTHER_SHARE, MOST_MEMORY, GROWTH = 1.15, 0.05, 250, 1.1
KIB = 1024


@dataclass
class Worked:
    """What one process did: seconds on the clock, and of them in WeasyPrint, and its memory (MiB).

    `memory` is the peak after each tenth of its reports.
    """

    took: float = 0.0
    laying_out: float = 0.0
    memory: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


Work = Callable[[int, Path, Worked], None]


def main() -> int:
    """Measure, print, and write the page if asked; 1 if a limit was missed."""
    options = arguments(__doc__, leads=LEADS)
    build = lead_builder(options.leads)
    with server() as url, copy_of_base(url, build, what=str(options.leads)):
        rows, where = _measure()
    return report("reports", rows, where, write=options.write)


def _measure() -> tuple[list[Row], str]:
    from recruitment.models import StudySite  # models are there only now
    from recruitment.services.database_roles import ensure_roles

    ensure_roles()
    StudySite.objects.update(activated_at=AT - ACTIVE)
    places = StudySite.objects.filter(leads__isnull=False).distinct().order_by("pk")
    keys = list(places.values_list("pk", flat=True)[:REPORTS])
    where = machine(postgres_words())
    connection.close()
    with tempfile.TemporaryDirectory() as folder:
        made = _in_two(_draft_and_store, keys, folder)
        alone = _in_two(_lay_out_alone, keys, folder)
    whole, bare = (max(one.took for one in found) for found in (made, alone))
    other = 1 - sum(one.laying_out for one in made) / sum(one.took for one in made)
    peak = max(one.memory[-1] for one in made)
    growth = max(one.memory[-1] / one.memory[0] for one in made)
    size = median(size for one in made for size in one.sizes)
    rows = [
        Row(f"{len(keys)} reports drafted and laid out by {WORKERS} processes", f"{whole:,.0f} s"),
        Row("WeasyPrint alone with the same pages, in as many processes", f"{bare:,.0f} s"),
        Row(
            "The whole to WeasyPrint alone",
            f"{whole / bare:.2f} times",
            f"{OVER_ALONE} times",
            whole / bare <= OVER_ALONE,
        ),
        Row(
            "Of the whole, everything but WeasyPrint",
            f"{100 * other:.1f}%",
            f"{100 * OTHER_SHARE:.0f}%",
            other <= OTHER_SHARE,
        ),
        Row(
            "Most memory of a process", f"{peak:.0f} MiB", f"{MOST_MEMORY} MiB", peak < MOST_MEMORY
        ),
        Row(
            "The same to what it was after a tenth",
            f"{growth:.2f} times",
            f"{GROWTH} times",
            growth <= GROWTH,
        ),
        Row("A PDF on A4, median", f"{size / KIB:.0f} KiB"),
    ]
    return rows, where


def _in_two(work: Work, keys: Sequence[int], folder: str) -> list[Worked]:
    """What each process did with its share, all at once; they begin when the last one is warm."""
    context = get_context("spawn")
    ready, done = context.Barrier(WORKERS), context.Queue()
    workers = [
        context.Process(target=_worker, args=(work, keys[at::WORKERS], folder, ready, done))
        for at in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    found = list[Worked]()
    while len(found) < WORKERS:
        with suppress(Empty):
            found.append(done.get(timeout=1))
        if any(worker.exitcode for worker in workers):
            for worker in workers:
                worker.terminate()
            raise RuntimeError("A process of the benchmark has failed; its words stand above.")
    for worker in workers:
        worker.join()
    return found


def _worker(
    work: Work, keys: Sequence[int], folder: str, ready: Barrier, done: "Queue[Worked]"
) -> None:
    django.setup()
    database = os.environ["DATABASE_URL"].rpartition("/")[2].partition("?")[0]
    assert connection.settings_dict["NAME"] == database, database
    with transaction.atomic():
        work(keys[0], Path(folder), Worked())
        transaction.set_rollback(True)
    ready.wait()
    found, began = Worked(), time.perf_counter()
    for at, key in enumerate(keys, 1):
        work(key, Path(folder), found)
        if at % max(1, len(keys) // 10) == 0:
            found.memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB)
    found.took = time.perf_counter() - began
    done.put(found)


def _draft_and_store(key: int, folder: Path, found: Worked) -> None:
    """One report from the log to the stored PDF; its page is left in the folder."""
    from recruitment.models import StudySite  # models are there only now
    from reporting.services import papers
    from reporting.services.drafts import draft_report
    from reporting.services.periods import report_time_of

    def timed(html: str, **options: Any) -> bytes:
        (folder / f"{key}.html").write_text(html)
        began = time.perf_counter()
        made: bytes = pdf_bytes(html, **options)
        found.laying_out += time.perf_counter() - began
        found.sizes.append(len(made))
        return made

    place = StudySite.objects.select_related("study", "site").get(pk=key)
    at = AT + LATER
    cut_off = report_time_of(place.study).last_boundary(at)
    draft = draft_report(study=place.study, site=place.site, cut_off=cut_off, as_of=at, at=at)
    with mock.patch.object(papers, "pdf_bytes", timed):
        papers.render_paper(report=draft, size="a4", at=at)


def _lay_out_alone(key: int, folder: Path, found: Worked) -> None:
    """WeasyPrint with one page, and nothing else."""
    html = (folder / f"{key}.html").read_text()
    found.sizes.append(
        len(pdf_bytes(html, identifier=identifier_of(html, "a4"), sheet=Sheet.REPORT))
    )


if __name__ == "__main__":
    sys.exit(main())
