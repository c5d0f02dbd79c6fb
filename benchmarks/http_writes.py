"""Logging a contact: over HTTP, in the database alone, and by sixteen at once on the same lead."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psycopg
from django.db import connection

from benchmarks import statements
from benchmarks.http_clients import Call, Client, at_once, in_process
from benchmarks.http_found import Cost, Race
from benchmarks.http_pages import Page, Worker
from benchmarks.http_servers import Ports
from benchmarks.moment import AT
from benchmarks.queue_sql import address
from recruitment.models import Lead, OutreachAttempt

AT_ONCE = 16
CONTESTED = 20  # leads on which all of them post
PAIRS = 60  # posts of which the statements are timed, each beside one bare statement
FIRST = 5  # more before them: what is prepared once, is


class Leads:
    """Leads to work, each handed out once; every post leaves its lead changed."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        found = [
            (worker.cookie, lead, following)
            for worker in workers
            for lead, following in zip(worker.leads, _behind(worker.leads), strict=True)
        ]
        self._rest, self.number = iter(found), len(found)

    def take(self) -> tuple[str, Lead, Lead]:
        """The worker's cookies, her lead, and the one that stands behind it."""
        return next(self._rest)


def _behind(leads: Sequence[Lead]) -> Sequence[Lead]:
    """Behind the last comes the first again."""
    return [*leads[1:], *leads[:1]]


def posts(ports: Ports, leads: Leads) -> Mapping[str, Page]:
    """One key of the outcome pad, answered with the next lead; and the same without JavaScript."""
    return {
        "outcome": Page(_outcomes(ports, leads, target="panel")),
        "outcome plain": Page(_outcomes(ports, leads, target="")),
    }


class _outcomes(Iterator[Call]):
    """Calls that any thread may ask for the next of."""

    def __init__(self, ports: Ports, leads: Leads, *, target: str) -> None:
        self.ports, self.leads, self.target = ports, leads, target

    def __next__(self) -> Call:
        cookie, lead, following = self.leads.take()
        return outcome(self.ports, cookie, lead, following, target=self.target)


def outcome(ports: Ports, cookie: str, lead: Lead, following: Lead, *, target: str) -> Call:
    """No answer, as one key of the pad sends it."""
    return Call(
        ports.product,
        f"/leads/{lead.number}/contact/?back=queue&tab=team&place=3&of=80",
        cookie,
        form=_form(lead) | {"next": following.number, "next_place": "4"},
        target=target,
        status=200 if target else 302,
        holds="Contact logged" if target else "",
    )


def _form(lead: Lead) -> dict[str, str]:
    return {"seen": str(lead.version), "outcome": "no_answer", "due": "proposed"}


def race(ports: Ports, leads: Leads) -> Race:
    """Sixteen clients post on the same lead at the same moment, on one lead after the other."""
    sent = kept = lost = refused = 0
    clients = [Client() for _ in range(AT_ONCE)]
    for _ in range(CONTESTED):
        cookie, lead, following = leads.take()
        call = outcome(ports, cookie, lead, following, target="panel")
        statuses: list[int] = []

        def post(client: Client, call: Call = call, into: list[int] = statuses) -> None:
            into.append(client.send(call)[0])

        at_once([lambda client=client, post=post: post(client) for client in clients])
        now = Lead.objects.get(pk=lead.pk)
        written = OutreachAttempt.objects.filter(lead=lead, at__gte=AT).count()
        sent, kept = sent + len(statuses), kept + statuses.count(200)
        refused += statuses.count(409)
        lost += max(0, statuses.count(200) - 1)
        lost += abs(statuses.count(200) - written) + abs(now.attempts - lead.attempts - written)
    for client in clients:
        client.close()
    return Race(sent, kept, refused, lost)


@dataclass
class _Sent:
    """Statements of one request: seconds of each, and which of them stand in its transaction."""

    took: list[float] = field(default_factory=list)
    inside: list[float] = field(default_factory=list)
    commits: int = 0  # timed with the others, and no statements of the budget

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self._add(time.perf_counter() - began)

    def _add(self, seconds: float) -> None:
        self.took.append(seconds)
        if connection.in_atomic_block:
            self.inside.append(seconds)


def database_cost(leads: Leads) -> Cost:
    """What the database takes for a post, beside one statement that changes lead and log.

    In this process: the product's own view, its statements timed as they are awaited. Nothing is
    shown afterwards, so that what is timed is the post alone.
    """
    whole, write, bare, sent = [], [], [], _Sent()
    with psycopg.connect(address(), autocommit=True) as plain:
        for turn in range(FIRST + PAIRS):
            cookie, lead, _ = leads.take()
            sent = _posted(cookie, lead)
            _, other, _ = leads.take()
            params = {"lead": other.pk, "seen": other.version, "at": AT}
            began = time.perf_counter()
            done = plain.execute(statements.BARE_CONTACT, params, prepare=True)
            if turn >= FIRST:
                bare.append(time.perf_counter() - began)
                whole.append(sum(sent.took))
                write.append(sum(sent.inside))
            assert done.rowcount == 1
    medians = (median(values) for values in (whole, write, bare))
    return Cost(*medians, len(sent.took) - sent.commits)


def _posted(cookie: str, lead: Lead) -> _Sent:
    browser, sent = in_process(cookie), _Sent()
    with connection.execute_wrapper(sent), _commits(sent):
        answer = browser.post(f"/leads/{lead.number}/contact/", _form(lead))
    assert answer.status_code == 302, answer.content[:600]
    return sent


@contextmanager
def _commits(sent: _Sent) -> Iterator[None]:
    """Time COMMIT too, which no wrapper of statements sees."""
    commit = connection.commit

    def timed() -> None:
        began = time.perf_counter()
        commit()
        seconds = time.perf_counter() - began
        sent.took.append(seconds)
        sent.inside.append(seconds)
        sent.commits += 1

    connection.commit = timed  # type: ignore[method-assign]  # timed here
    try:
        yield
    finally:
        connection.commit = commit  # type: ignore[method-assign]  # as it was
