"""G1, G4 and G5 of the queue's statements: for who sees little, a site, and everything.

    .venv/bin/python -m benchmarks.queue_sql

For each reader the counts and one page of 50 rows are read as the product reads them, and the same
statements are sent bare through psycopg, in turns; with 100,000 leads and with ten times as many.
What Django, the rows' words and the template cost is not in it.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, NamedTuple

import psycopg
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor

from benchmarks.database import base, postgres_words, server
from benchmarks.moment import AT
from benchmarks.running import arguments, report
from benchmarks.table import Row, machine

SIZES = (100_000, 1_000_000)
SAMPLES = 60
BARE, FLAT, DEEP = 1.3, 1.3, 1.5  # the limits of G1, G4 and G5
DEEP_PAGE = 41
SEES = {
    "coordinator": "A coordinator with 5 studies at sites",
    "site_lead": "A site lead with 50 studies at a site",
    "everything": "Who sees all 2,500 studies at sites",
}


@dataclass(frozen=True)
class Found:
    """Medians in milliseconds for one reader, and how many statements a page took."""

    leads: int
    ours: float
    bare: float
    counts: float
    deep: float  # the page that many pages further down, by its key; 0 where there is none
    statements: int


class Text(NamedTuple):
    """A statement with its values, and whether the database keeps its plan."""

    sql: str
    params: Any
    keeps_plan: bool


class Sent:
    """Statements as the product sends them, and how long the database took to answer."""

    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.seconds: list[float] = []

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds.append(time.perf_counter() - began)
            keeps_plan = isinstance(context["cursor"].cursor, ServerBindingCursor)
            self.texts.append(Text(sql, params, keeps_plan))


def main() -> int:
    """Measure, print, and write the page if asked; 1 if a limit was missed."""
    options = arguments(__doc__, leads=SIZES)
    found: dict[str, list[Found]] = {name: [] for name in SEES}
    with server() as url:
        for leads in options.leads:
            with base(url, builder(leads), what=f"queue_{leads}"):
                where = machine(postgres_words())
                for name, one in _measure(leads).items():
                    found[name].append(one)
    rows = [row for name, sizes in found.items() for row in _rows(SEES[name], sizes)]
    return report("queue_sql", rows, where, write=options.write)


def builder(leads: int) -> Callable[[], None]:
    """What makes the base of so many leads."""

    def build() -> None:
        from benchmarks.queue_leads import build as fill  # models are there only now

        fill(leads)

    return build


def _measure(leads: int) -> Mapping[str, Found]:
    from benchmarks.queue_readers import readers
    from recruitment.models import study_sites_for
    from recruitment.models.halts import with_halted
    from recruitment.queries.queue import Queue

    found = {}
    for name, user in readers().items():
        visible = study_sites_for(user, "view_leads").select_related("study", "site")
        queue = Queue(user, list(with_halted(visible)), AT)
        found[name] = _of_reader(queue, leads)
    return found


def _of_reader(queue: Any, leads: int) -> Found:
    from recruitment.queries.queue_ask import Ask, Tab

    ask = Ask(tab=Tab.TEAM)
    total = queue.counts(ask).tabs[Tab.TEAM]
    deep = _deep(queue, ask, total)
    queue.page(ask, total)  # what is read once a process or a request is read
    ours, alone, counts, far = [], [], [], []
    with plainly() as plain:
        for _ in range(SAMPLES):
            with sent() as first:
                queue.counts(ask)
            with sent() as second:
                queue.page(ask, total)
            counts.append(sum(first.seconds))
            ours.append(sum(first.seconds) + sum(second.seconds))
            alone.append(bare(plain, [*first.texts, *second.texts]))
            if deep is not None:
                with sent() as third:
                    queue.page(deep, total)
                far.append(sum(third.seconds) + counts[-1])
    statements = len(first.texts) + len(second.texts)
    medians = [median(values) * 1000 if values else 0.0 for values in (ours, alone, counts, far)]
    return Found(leads, *medians, statements)


def _deep(queue: Any, ask: Any, total: Any) -> Any:
    """What asks for a page far down by its key, as somebody who went there page by page.

    None where the list is known to be shorter; a `More` stands for a list too long to count.
    """
    from recruitment.queries.queue import PAGE
    from recruitment.queries.queue_order import Span

    before = (DEEP_PAGE - 1) * PAGE
    if isinstance(total, int) and total <= before:
        return None
    keys = queue.keys(ask, Span(before))
    return replace(ask, page=DEEP_PAGE, after=keys[-1].text) if len(keys) == before else None


@contextmanager
def sent() -> Iterator[Sent]:
    """The statements of a block."""
    found = Sent()
    with connection.execute_wrapper(found):
        yield found


def plainly() -> psycopg.Connection:
    """A connection of psycopg's own, which keeps plans as the product's do."""
    plain = psycopg.connect(address(), autocommit=True)
    plain.execute("SET plan_cache_mode = force_generic_plan")
    return plain


def bare(plain: psycopg.Connection, texts: Sequence[Text]) -> float:
    """Seconds until psycopg alone has the answers to these statements, sent as the product does."""
    took = 0.0
    with plain.cursor() as cursor, psycopg.ClientCursor(plain) as client:
        for text in texts:
            written = text.sql if text.keeps_plan else client.mogrify(text.sql, text.params)
            began = time.perf_counter()
            if text.keeps_plan:
                cursor.execute(written, text.params, prepare=True)
            else:
                client.execute(written)
            took += time.perf_counter() - began
    return took


def _rows(who: str, sizes: Sequence[Found]) -> Iterator[Row]:
    for one in sizes:
        ratio = one.ours / one.bare
        yield Row(
            f"{who}, {one.leads:,} leads: {one.statements} statements",
            f"{one.ours:,.1f} ms, of them {one.counts:,.1f} for the counts",
        )
        yield Row("the same statements through psycopg", f"{one.bare:,.1f} ms")
        yield Row("ours to those", f"{ratio:.2f} times", f"{BARE} times", ratio <= BARE)
        if one.deep:
            deep = one.deep / one.ours
            yield Row(
                f"page {DEEP_PAGE} by its key to page 1",
                f"{deep:.2f} times",
                f"{DEEP} times",
                deep <= DEEP,
            )
    if len(sizes) > 1:
        few, many = sizes[0], sizes[-1]
        for what, ratio in (
            ("counts and page", many.ours / few.ours),
            ("page alone", (many.ours - many.counts) / (few.ours - few.counts)),
        ):
            yield Row(
                f"{who}: {what}, {many.leads:,} to {few.leads:,} leads",
                f"{ratio:.2f} times",
                f"{FLAT} times",
                ratio <= FLAT,
            )


def address() -> str:
    """Where the database is that Django uses, for a connection without it."""
    found = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    return psycopg.conninfo.make_conninfo(
        **{name: found[name] for name in names if found.get(name)}
    )


if __name__ == "__main__":
    sys.exit(main())
