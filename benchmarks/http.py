"""G2 to G6 over HTTP: the daily pages beside Django admin, bare statements and a constant page.

    .venv/bin/python -m benchmarks.http

Against the web server as `manage.py up` starts it, with two workers, on a copy of the data of
`queue_sql`; the peers stand on a server of their own with as many. Everything is measured in turns
in one run: one client for latency, four for requests a second, with 100,000 leads and ten times as
many. Signing in is not measured: sessions are put into the database.
"""

import logging
import sys

from benchmarks import moment
from benchmarks.database import copy_of_base, postgres_words, server
from benchmarks.http_found import Found
from benchmarks.http_rows import rows
from benchmarks.queue_sql import SIZES, builder
from benchmarks.running import arguments, report
from benchmarks.table import machine


def main() -> int:
    """Measure, print, and write the page if asked; 1 if a limit was missed."""
    options = arguments(__doc__, leads=SIZES)
    found: list[Found] = []
    with server(broker=True) as url:
        for leads in options.leads:
            with copy_of_base(url, builder(leads), what=f"queue_{leads}"):
                found.append(_measure(leads))
                where = machine(postgres_words())
    return report("http", list(rows(found)), where, write=options.write)


def _measure(leads: int) -> Found:
    """Everything about one size, on its copy."""
    from benchmarks import http_turns as turns  # models are there only now
    from benchmarks.http_servers import servers
    from benchmarks.http_writes import Leads, database_cost, race

    logging.disable(logging.INFO)  # else a line for each request made in this process
    moment.begin()
    with servers() as ports:
        workers, needed = turns.workers()
        left = Leads(workers)
        assert left.number >= needed, f"{left.number} leads to work; the run needs {needed}"
        pages = turns.pages(ports, workers, left)
        took, statements = turns.measure(pages)
        raced = race(ports, left)
    return Found(leads, took, statements, database_cost(left), raced)


if __name__ == "__main__":
    sys.exit(main())
