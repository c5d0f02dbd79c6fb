"""The firewall: report queries run as a role that may not read identifying columns (model.md)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, ProgrammingError, connection, transaction

from recruitment.services.database_roles import REPORT_ROLE

log = logging.getLogger("trialsnest.reports")
_told: list[bool] = []  # whether this process has said that there is no such role


@contextmanager
def as_report_reader() -> Iterator[bool]:
    """Read as the report role until the block ends; yields whether that role could be taken.

    Only inside a transaction, whose end would give the role back in any case. Where the database
    user may not make or take the role (a rented database, say) that is logged once and the
    reading goes on with the app's own rights. Two statements, and two for the savepoint around.
    The transaction's statements are planned for their values: studies differ too much in size.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("The report role is taken only inside a transaction.")
    with transaction.atomic():  # a failure inside gives the role back with the savepoint
        taken = _take(connection.savepoint_ids[-1])
        yield taken
        if taken:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")


def _take(savepoint: str) -> bool:
    """Whether it could be taken; if not, the transaction goes on from the savepoint."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL plan_cache_mode = auto; SET LOCAL ROLE {REPORT_ROLE}")
    except (DataError, ProgrammingError) as refusal:
        transaction.savepoint_rollback(savepoint)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL plan_cache_mode = auto")
        if not _told:
            _told.append(True)
            log.warning("reports are read without their own role", exc_info=refusal)
        return False
    return True
