"""What the jobs share that write notices about many leads: batches, and rows nobody waits for.

A batch is one transaction of two statements. The first finds leads by an index over what is due
and locks them; whom somebody works on just now is skipped, and found by the next run. The second
writes everything. It is a statement of its own so that it sees what was committed before the
locks were had. A kill loses the batch it falls into, whole; the next run finds it again.

Where a first batch is full, a second lane works beside it over a connection of its own. They take
turns at finding, each from where the other has come to, and write at the same time.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from django.db import connection, transaction

from recruitment.models import StudySite
from recruitment.services.log import check_times
from recruitment.services.recalculation import sites_being_recalculated

BATCH = 5000  # leads a transaction; half a second of locks on a small machine
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)

Params = Mapping[str, Any]
Found = tuple[Any, ...]
"""What a search says of one row: its key, when it was due, and what else the writing needs."""
Write = Callable[[Sequence[Found], Params], int]


def sweep(
    find: str,
    writer: Callable[[], Write],
    *,
    at: datetime,
    places: Collection[int] | None,
    **params: Any,
) -> int:
    """Write about everything that `find` gives until `at` (UTC), batch by batch; how much it was.

    `find` selects (key, due time, more) in the order of due times, locks leads and skips locked
    ones; it takes `since`, `at`, `places` (keys of studies at sites; None: all) and `batch`.
    `writer` makes what writes the batches of one lane; that gets the rows and all parameters.
    Inside a transaction of the caller there is one lane, which sees what that has not committed.
    Raises InvalidInput for a time to come.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    known: dict[str, Any] = {
        **params,
        "at": at,
        "places": None if places is None else list(places),
        "batch": BATCH,
    }
    due = _Due(find, known)
    if connection.in_atomic_block:
        return due.lane(writer())
    with ThreadPoolExecutor(1, "sweep") as pool:  # it has no thread until one is asked for
        second: list[Future[int]] = []

        def help_out() -> None:
            if not second:
                second.append(pool.submit(due.lane_of_its_own, writer()))

        total = due.lane(writer(), on_full=help_out) + sum(lane.result() for lane in second)
        if second:  # whom somebody had locked meanwhile, and the traces of what was written
            due.since = BEGINNING
            total += due.lane(writer())
    return total


class _Due:
    """What is due, for the lanes of one run."""

    def __init__(self, find: str, known: Params) -> None:
        self.find, self.known = find, known
        self.since = BEGINNING
        self.looking = Lock()

    def lane(self, write: Write, *, on_full: Callable[[], None] = lambda: None) -> int:
        """Batch after batch until one is not full; how much was written."""
        total, is_full = 0, True
        while is_full:
            with transaction.atomic():
                found = self._next()
                is_full = len(found) == self.known["batch"]
                if is_full:
                    on_full()
                total += write(found, self.known) if found else 0
        return total

    def lane_of_its_own(self, write: Write) -> int:
        """The same in a thread, whose connection ends with it."""
        try:
            return self.lane(write)
        finally:
            connection.close()

    def _next(self) -> list[Found]:
        """Rows that no lane has found, locked for the transaction that asks.

        What was found is no longer due or locked; going on from there spares reading it again.
        """
        with self.looking:
            found = run(self.find, {**self.known, "since": self.since})
            if found:
                self.since = found[-1][1]
        return found


def not_yet() -> list[int]:
    """Keys of studies at sites whose due times are about to move: nothing there is late for sure.

    A run that began before a change of hours needs no second look: what was due by then stays due.
    """
    sites = sites_being_recalculated()
    return list(StudySite.objects.filter(site__in=sites).values_list("pk", flat=True))


def run(sql: str, params: Params) -> list[Any]:
    """The rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(params))
        rows: list[Any] = cursor.fetchall()
    return rows
