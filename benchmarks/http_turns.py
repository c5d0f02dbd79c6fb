"""Every page in turns: a round of one client, a round of several, and the bare statements."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg

from benchmarks.http_clients import CLIENTS, Client, alone, ask, in_process, together
from benchmarks.http_found import Timed
from benchmarks.http_pages import Page, Worker, lead_pages, peer_pages, queue_pages, workers_for
from benchmarks.http_servers import Ports
from benchmarks.http_writes import CONTESTED, FIRST, PAIRS, Leads, posts
from benchmarks.queue_sql import Sent, Text, bare, plainly, sent

ROUNDS = 5
ALONE, TOGETHER = 40, 10  # requests a round of one client, and of each of several
BARE = 10  # times a round that a page's statements are sent without the product
WARM, WARM_CLIENTS = 4, 8  # every thread of both workers is asked before anything is timed
POSTS = ROUNDS * (ALONE + TOGETHER * CLIENTS) + WARM * WARM_CLIENTS
"""Leads that one kind of post uses up."""


def workers() -> tuple[Sequence[Worker], int]:
    """Coordinators with enough leads to work, and how many leads that is."""
    needed = 2 * POSTS + CONTESTED + 2 * (FIRST + PAIRS)
    return workers_for(needed), needed


def pages(ports: Ports, workers: Sequence[Worker], left: Leads) -> Mapping[str, Page]:
    """All that is asked for, by name."""
    queues = queue_pages(ports)
    _, size = ask(Client(), next(queues["queue coordinator"].calls))
    surname = workers[0].leads[0].person.last_name
    peers = peer_pages(ports, size, surname)
    return {**queues, **lead_pages(ports, workers), **posts(ports, left), **peers}


def measure(pages: Mapping[str, Page]) -> tuple[Mapping[str, Timed], Mapping[str, int]]:
    """How long each took, and how many statements each reader's queue page sends."""
    took: defaultdict[str, Timed] = defaultdict(Timed)
    for page in pages.values():
        if page.few:
            alone(page.calls, 1, Timed())
        else:
            together(page.calls, WARM, Timed(), clients=WARM_CLIENTS)
    with _plain(pages) as statements:
        for turn in range(ROUNDS):
            print(f"Round {turn + 1} of {ROUNDS}", flush=True)
            for name, page in pages.items():
                alone(page.calls, page.few or ALONE, took[name])
                if not page.few:
                    together(page.calls, TOGETHER, took[name])
            for reader, (plain, texts) in statements.items():
                took[f"bare {reader}"].alone += [bare(plain, texts) for _ in range(BARE)]
    return took, {reader: len(texts) for reader, (_, texts) in statements.items()}


Texts = Sequence[Text]


@contextmanager
def _plain(pages: Mapping[str, Page]) -> Iterator[Mapping[str, tuple[psycopg.Connection, Texts]]]:
    """By reader a connection of psycopg's own, and what her queue page sends, in this process."""
    found = {}
    with plainly() as plain:
        for name, page in pages.items():
            kind, _, reader = name.partition(" ")
            if kind == "queue":
                found[reader] = plain, _sent_for(page).texts
                bare(plain, found[reader][1])
        yield found


def _sent_for(page: Page) -> Sent:
    call = next(page.calls)
    browser = in_process(call.cookie)
    browser.get(call.path)  # what is read once a process is read
    with sent() as found:
        answer = browser.get(call.path)
    assert answer.status_code == 200, answer.content[:600]
    return found
