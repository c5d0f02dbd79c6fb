"""The door of the test server: shut between two tests, for no request may meet the flush."""

from collections.abc import Callable, Iterable, Iterator
from threading import Condition
from typing import Any

from django.core.handlers.wsgi import WSGIHandler

LONGEST = 60  # seconds that a request may take to come out
Handle = Callable[[WSGIHandler, dict[str, Any], Any], Iterable[bytes]]


class Door:
    """Lets requests in while it is open, and knows how many are inside."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._inside = 0
        self._is_open = False

    def enter(self) -> bool:
        """Whether one more request may go in; then `leave` is called once."""
        with self._changed:
            self._inside += self._is_open
            return self._is_open

    def leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def open(self) -> None:
        with self._changed:
            self._is_open = True

    def shut(self) -> None:
        """Let nobody in any more, and wait until everybody is out. Raises AssertionError."""
        with self._changed:
            self._is_open = False
            is_empty = self._changed.wait_for(lambda: not self._inside, LONGEST)
        assert is_empty, f"A request of the page was not answered within {LONGEST} s."


def behind(door: Door, handle: Handle) -> Handle:
    """`WSGIHandler.__call__` behind the door: who comes late gets 503, and reads no table."""

    def answer(handler: WSGIHandler, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if not door.enter():
            start("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        try:
            return _Answer(handle(handler, environ, start), door)
        except BaseException:
            door.leave()
            raise

    return answer


class _Answer:
    """An answer on its way out, which the server closes in any case."""

    def __init__(self, answer: Any, door: Door) -> None:
        self.answer, self.door = answer, door

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.answer)

    def close(self) -> None:
        try:
            self.answer.close()
        finally:
            self.door.leave()
