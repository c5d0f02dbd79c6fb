"""The door of the test server itself, for a failure of it would show in some other test."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from tests.browser.door import Door, behind

pytestmark = pytest.mark.browser
Answer = Callable[[], Any]
said: list[str] = []


@pytest.fixture
def own_door() -> Door:
    said.clear()
    return Door()


def asked(door: Door, response: HttpResponse) -> Answer:
    """A request that `response` answers."""
    handler: Any = object()
    answer = behind(door, lambda *_: response)
    return lambda: answer(handler, {}, lambda status, _headers: said.append(status))


def test_nobody_comes_in_while_it_is_shut(own_door: Door) -> None:
    ask = asked(own_door, HttpResponse("here"))

    assert list(ask()) == [b""]
    assert said == ["503 Service Unavailable"]

    own_door.open()
    assert list(ask()) == [b"here"]


def test_it_shuts_behind_the_last_who_came_in(own_door: Door) -> None:
    own_door.open()
    answer = asked(own_door, HttpResponse("here"))()
    shutting = threading.Thread(target=own_door.shut)
    shutting.start()
    shutting.join(0.1)
    assert shutting.is_alive()

    list(asked(own_door, HttpResponse("too late"))())
    answer.close()
    shutting.join(30)

    assert said == ["503 Service Unavailable"]
    assert not shutting.is_alive()


def test_who_fails_inside_is_out(own_door: Door) -> None:
    def fail(*_: object) -> HttpResponse:
        raise LookupError

    own_door.open()
    handler: Any = object()
    with pytest.raises(LookupError):
        behind(own_door, fail)(handler, {}, None)

    own_door.shut()
