"""G7: what a sweep of a million open leads costs when one in a hundred of them is due.

    make bench

Measured in one run, in turns, on a copy of one database: our jobs with everything they write, the
bare statement that any program needs for the same leads, nothing due, and working out every open
lead anew. The ratios are the claims; times are the machine's.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction

from benchmarks import statements
from benchmarks.database import copy_of_base, postgres_words, server
from benchmarks.moment import AT
from benchmarks.running import MILLION, arguments, lead_builder, report
from benchmarks.stopwatch import Stopwatch
from benchmarks.table import Row, machine

ROUNDS = 5
SECOND, NOTHING_DUE, BARE, ANEW = 1.0, 0.05, 2.5, 10.0  # the limits of G7
MORE = 1.3  # rows read for ten times the leads: at most ten times this
TABLES = [
    f"recruitment_{name}" for name in ("lead", "clock", "leadevent", "milestone", "staledeadline")
]
KINDS = ("stale", "breach")


def main() -> int:
    """Measure, print, and write the page if asked; 1 if a limit was missed."""
    options = arguments(__doc__)
    build = lead_builder(options.leads)
    with server() as url, copy_of_base(url, build, what=str(options.leads)):
        rows, where = _measure(options.leads)
    return report("sweep", rows, where, write=options.write)


def _measure(leads: int) -> tuple[list[Row], str]:
    from recruitment.services.breaches import flag_breaches  # models are there only now
    from recruitment.services.staleness import flag_stale

    ours: dict[str, Callable[..., int]] = {"stale": flag_stale, "breach": flag_breaches}
    watch = Stopwatch()
    due = leads // 100
    for turn in range(ROUNDS):
        print(f"Round {turn + 1} of {ROUNDS}", flush=True)
        for place, kind in enumerate(KINDS):
            first = 4 * turn + 2 * place
            _make_due(kind, 100, first)
            with watch.timed(f"{kind} ours"):
                written = ours[kind](at=AT)
            assert written == due, f"{written} of {due} {kind}"
            with watch.timed(f"{kind} nothing"):
                written = ours[kind](at=AT)
            assert written == 0
            _make_due(kind, 100, first + 1)
            with watch.timed(f"{kind} bare"):
                written = _run(statements.BARE[kind])
            assert written == due, f"{written} of {due} {kind}, bare"
    rows = [row for kind in KINDS for row in _rows(kind, watch, leads)]
    rows += [row for kind in KINDS for row in _reading(kind, ours[kind], leads)]
    rows.append(_anew(watch))
    return rows, machine(postgres_words())


def _rows(kind: str, watch: Stopwatch, leads: int) -> list[Row]:
    ours, bare, nothing = (f"{kind} {part}" for part in ("ours", "bare", "nothing"))
    name = {"stale": "Stale leads", "breach": "Missed targets"}[kind]
    limited = leads == MILLION  # in time; the ratio holds for any number
    ratio = watch.seconds(ours) / watch.seconds(bare)
    return [
        Row(
            f"{name}: our job, {leads // 100:,} of {leads:,} due, with events",
            watch.words(ours),
            "1,000 ms" if limited else "",
            watch.within(ours, SECOND),
        ),
        Row(f"{name}: the bare statement, UPDATE … RETURNING into INSERT", watch.words(bare)),
        Row(
            f"{name}: our job to the bare statement, on the clock",
            f"{ratio:.2f} times",
            f"{BARE} times",
            ratio <= BARE,
        ),
        Row(
            f"{name}: our job with nothing due, right after",
            watch.words(nothing),
            "50 ms" if limited else "",
            watch.within(nothing, NOTHING_DUE),
        ),
    ]


def _reading(kind: str, ours: Callable[..., int], leads: int) -> Iterator[Row]:
    """What is read for 0.1 % and for 1 % due: by the search alone, and by the whole job."""
    name = {"stale": "Stale leads", "breach": "Missed targets"}[kind]
    found: dict[int, tuple[int, int, int]] = {}
    for share, first in ((1000, 990 if kind == "stale" else 991), (100, 80 + KINDS.index(kind))):
        due = _make_due(kind, share, first)
        # What autovacuum does meanwhile.
        _run("VACUUM recruitment_lead, recruitment_clock, recruitment_staledeadline")
        scanned, buffers = _explained(kind, due)
        assert scanned == due, f"{scanned} rows scanned for {due} due"
        before = _rows_read()
        assert ours(at=AT) == due
        found[share] = (due, buffers, _rows_read() - before)
    (few, few_buffers, few_read), (many, many_buffers, many_read) = found[1000], found[100]
    times = many / few
    for what, small, large in (
        ("pages touched by the search", few_buffers, many_buffers),
        ("rows read by the whole job", few_read, many_read),
    ):
        yield Row(
            f"{name}: {what}, {few:,} and {many:,} due",
            f"{small:,} and {large:,}: {large / small:.1f} times for {times:.0f} times the leads",
            f"{times * MORE:.0f} times",
            large / small <= times * MORE,
        )


def _anew(watch: Stopwatch) -> Row:
    """Last, because it leaves a second copy of every lead behind even when it is taken back."""
    with transaction.atomic(), watch.timed("anew"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE recruitment_lead DISABLE TRIGGER USER")  # bare, as it says
        cursor.execute(statements.ANEW, {"at": AT})
        transaction.set_rollback(True)
    anew, ours = watch.seconds("anew"), watch.seconds("stale ours")
    return Row(
        "Every open lead worked out anew in one UPDATE, without the site's hours, to our job",
        f"{anew:.1f} s: {anew / ours:.0f} times",
        f"at least {ANEW:.0f} times",
        anew >= ANEW * ours,
    )


def _make_due(kind: str, share: int, rest: int) -> int:
    """Let one lead in `share` be due at the moment of the sweep; how many are. Not timed."""
    count = _run(statements.DUE[kind], share=share, rest=rest)
    _run("ANALYZE recruitment_lead, recruitment_clock, recruitment_staledeadline")
    return count


def _explained(kind: str, due: int) -> tuple[int, int]:
    """Rows that the index scan of our search gave, and pages that the search touched."""
    from recruitment.services import breaches, staleness, sweeps

    find = {"stale": staleness.FIND, "breach": breaches.FIND}[kind]
    params = {
        "since": sweeps.BEGINNING,
        "at": AT,
        "places": None,
        "not_yet": [],
        "batch": due,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {find}", params)
        answer = cursor.fetchone()[0]
        transaction.set_rollback(True)
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    index = {"stale": "stale_deadline_at", "breach": "clock_to_flag"}[kind]
    (scan,) = [part for part in _parts(plan) if part.get("Index Name") == index]
    rows = scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)
    return int(rows), plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def _parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _parts(part)


def _rows_read() -> int:
    """Rows that statements have read so far from the tables of leads, by index or in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(statements.ROWS_READ, [TABLES])
        return int(cursor.fetchone()[0])


def _run(sql: str, **params: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"at": AT, **params})
        return int(cursor.rowcount)


if __name__ == "__main__":
    sys.exit(main())
