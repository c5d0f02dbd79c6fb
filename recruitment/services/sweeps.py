"""What the jobs share that write notices about many leads: batches, and rows nobody waits for.

A batch is one transaction of two statements. The first finds leads by an index over what is due
and locks them; whom somebody works on just now is skipped, and found by the next run. The second
writes everything. It is a statement of its own so that it sees what was committed before the
locks were had. A kill loses the batch it falls into, whole; the next run finds it again.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
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
    find: str, write: Write, *, at: datetime, places: Collection[int] | None, **params: Any
) -> int:
    """Write about everything that `find` gives until `at` (UTC), batch by batch; how much it was.

    `find` selects (key, due time, more) in the order of due times, locks leads and skips locked
    ones; it takes `since`, `at`, `places` (keys of studies at sites; None: all) and `batch`.
    `write` gets the rows and all parameters. Raises InvalidInput for a time to come.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    known: dict[str, Any] = {
        **params,
        "at": at,
        "places": None if places is None else list(places),
        "batch": BATCH,
    }
    total, since = 0, BEGINNING
    while True:
        with transaction.atomic():
            found = run(find, {**known, "since": since})
            total += write(found, known) if found else 0
        if len(found) < BATCH:
            return total
        # What was written is no longer due; going on from here spares reading its traces again.
        since = found[-1][1]


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
