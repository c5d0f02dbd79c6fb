"""Telling the history on two processors: two halves of the desks, kept together or not at all."""

import multiprocessing
from collections.abc import Callable, Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from typing import TypeAlias

from django.db import connection, connections, transaction

from recruitment.demo.cases import Case
from recruitment.demo.history import tell
from recruitment.demo.reviewing import Meeting
from recruitment.rules.refusals import Refusal

SAY_EVERY = 80  # leads
Say: TypeAlias = Callable[[str], None]
Count: TypeAlias = Callable[[], None]
Half: TypeAlias = tuple[Sequence[Case], Sequence[Meeting]]


def tell_alone(
    cases: Sequence[Case], meetings: Sequence[Meeting], *, at: datetime, say: Say
) -> None:
    """Tell every case and review up to `at` (UTC) here, inside the caller's transaction."""
    received = 0

    def count() -> None:
        nonlocal received
        received += 1
        _progress(received, len(cases), say)

    tell(cases, meetings, at=at, count=count)


def tell_together(
    cases: Sequence[Case], meetings: Sequence[Meeting], *, at: datetime, say: Say
) -> None:
    """Tell the same history in two processes, each half in a transaction of its own.

    The other process commits only when this one is about to, and this one only when the other
    has. No case or review of one half knows a case of the other, and neither transaction sees the
    other's leads, so the outcome is that of `tell_alone`. Must run outside a transaction.
    """
    context = multiprocessing.get_context("fork")
    received = context.Value("i", 0)

    def count() -> None:
        with received.get_lock():
            received.value += 1
            _progress(received.value, len(cases), say)

    halves = [_half(cases, meetings, number) for number in (0, 1)]
    here, there = context.Pipe()
    connections.close_all()  # a connection must not be shared over the fork
    other = context.Process(target=_other_half, args=(here, there, halves[1], at, count))
    other.start()
    there.close()
    try:
        with transaction.atomic():
            _tell_half(*halves[0], at=at, count=count)
            here.recv()
            here.send("keep")
            here.recv()
    except EOFError:
        raise Refusal("Half of the demo could not be made; the reason is above.") from None
    finally:
        here.close()
        other.join()


def _half(cases: Sequence[Case], meetings: Sequence[Meeting], number: int) -> Half:
    return (
        [case for case in cases if case.desk.half == number],
        [meeting for meeting in meetings if meeting.half == number],
    )


def _other_half(
    here: Connection, there: Connection, half: Half, at: datetime, count: Count
) -> None:
    """The other process; ends without keeping anything when the first one is gone."""
    here.close()
    connections.close_all()
    first = multiprocessing.parent_process()

    def count_while_wanted() -> None:
        if first is None or not first.is_alive():
            raise Refusal("The load of the demo was stopped.")
        count()

    with transaction.atomic():
        _tell_half(*half, at=at, count=count_while_wanted)
        there.send("told")
        there.recv()
    there.send("kept")


def _tell_half(
    cases: Sequence[Case], meetings: Sequence[Meeting], *, at: datetime, count: Count
) -> None:
    with connection.cursor() as cursor:  # a lost demo is made again
        cursor.execute("SET LOCAL synchronous_commit = off")
    tell(cases, meetings, at=at, count=count)


def _progress(received: int, of: int, say: Say) -> None:
    if received % SAY_EVERY == 0:
        say(f"Demo: {received} of {of} leads")
