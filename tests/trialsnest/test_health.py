"""What /readyz says of the broker: only one that takes commands is there."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from django.test import Client
from pytest_django import Settings

from trialsnest.embedded.services import Services

pytestmark = pytest.mark.django_db


@contextmanager
def _broker_that_says(answer: bytes) -> Iterator[str]:
    """A server on a free port that answers whatever it is told with `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            link, _ = server.accept()
            with link:
                while link.recv(4096):
                    link.sendall(answer)

        speaker = Thread(target=serve, daemon=True)
        speaker.start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        speaker.join(5)


def test_a_broker_that_takes_commands_is_there(
    client: Client, settings: Settings, home: Path
) -> None:
    with Services(home, postgres=False) as services:
        settings.CELERY_BROKER_URL = services.addresses.redis_url

        answer = client.get("/readyz")

    assert answer.json() == {
        "status": "ready",
        "database": True,
        "migrations": True,
        "broker": True,
    }


def test_a_broker_that_refuses_every_command_is_not_there(
    client: Client, settings: Settings
) -> None:
    with _broker_that_says(b"-DENIED Running in protected mode\r\n") as url:
        settings.CELERY_BROKER_URL = url

        answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["broker"] is False


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere?virtual_host=0"])
def test_pages_are_ready_without_a_broker(client: Client, settings: Settings, url: str) -> None:
    settings.CELERY_BROKER_URL = url

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["broker"]) == ("ready", False)
