"""Clients that keep their connections: one for latency, several at once for requests a second."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from threading import Barrier, Thread
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client as InProcess

from accounts.models import User
from accounts.sessions import SessionStore
from benchmarks.http_found import Timed
from trialsnest.up.ready import HOST

CLIENTS = 4
STAYS = 20  # requests a connection is kept for: each is one worker's, and both are to be asked
IDLE = 2.0  # seconds; the server lets go of a connection after five
CSRF = "benchmark" * 3 + "12345"  # 32 characters, as Django makes them
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Call:
    """One request of somebody signed in, and how it must be answered."""

    port: int
    path: str
    cookie: str
    form: Mapping[str, str] = field(default_factory=dict)
    target: str = ""  # the element that htmx asks for
    status: int = 200
    holds: str = ""  # what must stand in the answer

    @property
    def headers(self) -> Mapping[str, str]:
        """As a browser sends them, as far as the server minds."""
        found = {"Cookie": self.cookie, "Accept": "text/html"}
        if self.target:
            found |= {"HX-Request": "true", "HX-Target": self.target}
        if self.form:
            found["Content-Type"] = "application/x-www-form-urlencoded"
        return found

    @property
    def body(self) -> str | None:
        """The form, with the token that belongs to the cookie."""
        return urlencode({"csrfmiddlewaretoken": CSRF, **self.form}) if self.form else None


class Client:
    """One browser."""

    def __init__(self) -> None:
        self.connection: HTTPConnection | None = None
        self.port = self.sent = 0
        self.used = 0.0

    def send(self, call: Call) -> tuple[int, bytes]:
        """The status and the body; a connection serves some requests and is made anew."""
        idle = time.monotonic() - self.used > IDLE
        if self.connection is None or self.sent >= STAYS or self.port != call.port or idle:
            self.close()
            self.connection = HTTPConnection(HOST, call.port, timeout=120)
            self.port, self.sent = call.port, 0
        self.sent += 1
        method = "POST" if call.form else "GET"
        self.connection.request(method, call.path, call.body, dict(call.headers))
        answer = self.connection.getresponse()
        body = answer.read()
        self.used = time.monotonic()
        return answer.status, body

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def ask(client: Client, call: Call) -> tuple[float, int]:
    """Seconds until the whole answer is there, and its bytes; it must be the one expected."""
    began = time.perf_counter()
    status, body = client.send(call)
    took = time.perf_counter() - began
    text = body.decode()
    assert status == call.status, f"{call.path}: {status} {text[:600]}"
    assert call.holds in text, f"{call.path}: no {call.holds} in {text[:600]}"
    return took, len(body)


def alone(calls: Iterator[Call], times: int, into: Timed) -> None:
    """So many requests one after the other."""
    client = Client()
    for _ in range(times):
        took, into.size = ask(client, next(calls))
        into.alone.append(took)
    client.close()


def together(calls: Iterator[Call], times: int, into: Timed, *, clients: int = CLIENTS) -> None:
    """So many requests of each of several clients at once."""

    def work() -> None:
        client = Client()
        for _ in range(times):
            ask(client, next(calls))
        client.close()

    began = time.perf_counter()
    at_once([work] * clients)
    into.rates.append(clients * times / (time.perf_counter() - began))


def at_once(works: Sequence[Callable[[], None]]) -> None:
    """Begin all at the same moment, wait for all, and raise what went wrong in one of them."""
    gate, wrong = Barrier(len(works)), []

    def run(work: Callable[[], None]) -> None:
        gate.wait()
        try:
            work()
        except Exception as problem:  # told in the main thread
            wrong.append(problem)

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


def sign_in(user: User, backend: str = "") -> str:
    """The cookies of a session made in the database: signing in is not what is measured.

    The product's own, or one of a server that knows this `backend` alone.
    """
    store = SessionStore()
    values = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: backend or settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    key = f"{len(backend):04}{user.pk:028}"
    made = Session.objects.create(
        session_key=key, session_data=store.encode(values), expire_date=FOREVER
    )
    return f"{settings.SESSION_COOKIE_NAME}={made.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"


def in_process(cookie: str) -> InProcess:
    """The same browser for this process, where the product's statements can be watched."""
    browser = InProcess(SERVER_NAME="localhost")
    for pair in cookie.split("; "):
        name, _, value = pair.partition("=")
        browser.cookies[name] = value
    return browser
