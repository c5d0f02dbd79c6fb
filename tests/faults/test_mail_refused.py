"""The mail server refuses, hangs up, is gone: no news is lost, and nobody gets it twice."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from threading import Thread

import pytest
from django.conf import LazySettings

from accounts.models import User
from recruitment.models import Clock, Digest, Job, Lead, LeadEvent, Role, StudySite
from recruitment.rules.events import EventKind
from recruitment.services import jobs
from recruitment.services.digests import send_digests
from tests.factories.clocks import make_clock
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead, make_member

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TUESDAY = MONDAY + timedelta(days=1) - HOUR  # nine o'clock in New York


class MailServer:
    """A real socket that speaks just enough SMTP. `mood` is how it treats who connects:
    accept, close (at once), refuse (550 to the recipient), drop (after the text, unanswered)."""

    def __init__(self, port: int, mood: str) -> None:
        self.mood, self.received, self.connections = mood, [], 0
        self.listening = socket.create_server(("127.0.0.1", port), reuse_port=False)
        self.thread = Thread(target=self._serve, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(timeout=10)

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            with closing(link):
                if self.mood != "close":
                    self._talk(link)

    def _talk(self, link: socket.socket) -> None:
        lines = link.makefile("rb")
        link.sendall(b"220 here\r\n")
        for line in lines:
            word = line[:4].upper()
            if word == b"DATA":
                link.sendall(b"354 go on\r\n")
                text = b"".join(iter(lambda: lines.readline(), b".\r\n"))
                if self.mood == "drop":
                    return
                self.received.append(text.decode())
            elif word == b"RCPT" and self.mood == "refuse":
                link.sendall(b"550 no such mailbox\r\n")
                continue
            elif word == b"QUIT":
                link.sendall(b"221 bye\r\n")
                return
            link.sendall(b"250 fine\r\n")


@pytest.fixture
def port(settings: LazySettings) -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        number = int(free.getsockname()[1])
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", number
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    return number


@contextmanager
def serving(port: int, mood: str) -> Iterator[MailServer]:
    server = MailServer(port, mood)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def reader(port: int) -> User:
    """A coordinator with one breach that she was not told of."""
    study_site: StudySite = StudySiteFactory()
    user = make_member(Role.COORDINATOR, study_site)
    Digest.objects.create(user=user, told_through=MONDAY)
    lead = make_lead(study_site, owner=user)
    Clock.objects.filter(lead=lead).delete()
    _breach(lead)
    return user


def _breach(lead: Lead) -> None:
    at = MONDAY + HOUR
    make_clock(lead, due_at=at, flagged_for=at)
    LeadEvent.objects.create(
        lead=lead,
        seq=lead.version + 1,
        study_site=lead.study_site,
        kind=EventKind.CLOCK_BREACHED,
        code="prescreen_review",
        subject_id=0,
        due_at=at,
        occurred_at=at,
        recorded_at=at,
        action_id="00000000-0000-4000-8000-000000000000",
    )
    Lead.objects.filter(pk=lead.pk).update(version=lead.version + 1)


def run_due(at: object) -> None:
    for key in Job.objects.filter(state="waiting", due_at__lte=at).values_list("pk", flat=True):
        jobs.run_job(key, at=at)  # type: ignore[arg-type]


@pytest.mark.parametrize("mood", ["nobody there", "close", "refuse", "drop"])
def test_a_server_that_does_not_take_the_mail_gets_it_again_once_it_does(
    mood: str, port: int, reader: User
) -> None:
    send_digests(at=TUESDAY)
    if mood == "nobody there":
        run_due(TUESDAY)
    else:
        with serving(port, mood) as server:
            run_due(TUESDAY)
        assert server.connections == 1
        assert server.received == []
    job = Job.objects.get()
    assert job.state == "waiting"
    assert job.error  # the kind of failure, no words of it
    assert job.due_at > TUESDAY
    assert Digest.objects.get().told_through == MONDAY

    with serving(port, "accept") as server:
        run_due(TUESDAY)  # too soon: not tried
        assert server.connections == 0
        for minutes in range(1, 20):
            send_digests(at=TUESDAY + minutes * MINUTE)
            run_due(TUESDAY + minutes * MINUTE)

    (text,) = server.received
    assert f"To: {reader.email}" in text
    assert "1 new. Past a target, on your leads" in text
    assert Job.objects.get().state == "done"
    digest = Digest.objects.get()
    assert digest.told_through == TUESDAY - 2 * MINUTE
    assert digest.sent_at == TUESDAY + MINUTE


def test_a_server_that_is_gone_all_day_loses_nothing(port: int, reader: User) -> None:
    at = TUESDAY
    while at < TUESDAY + 8 * HOUR:
        send_digests(at=at)
        run_due(at)
        at += 5 * MINUTE
    assert Job.objects.count() == 1  # the same slot all day, given new tries by each tick
    assert Digest.objects.get().told_through == MONDAY

    with serving(port, "accept") as server:
        for minutes in range(0, 40, 5):
            send_digests(at=at + minutes * MINUTE)
            run_due(at + minutes * MINUTE)

    assert len(server.received) == 1


def test_two_sendings_of_one_slot_carry_the_same_message_id(port: int, reader: User) -> None:
    """What is left of at least once: a worker that is killed after the server's yes."""
    send_digests(at=TUESDAY)
    with serving(port, "accept") as server:
        run_due(TUESDAY)
        Digest.objects.update(told_through=MONDAY, sent_at=None)  # as if it had not committed
        Job.objects.update(state="waiting", done_at=None)
        run_due(TUESDAY + MINUTE)

    ids = {line for text in server.received for line in text.splitlines() if "Message-ID" in line}
    assert len(server.received) == 2
    assert len(ids) == 1
