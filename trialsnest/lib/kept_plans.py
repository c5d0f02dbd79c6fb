"""Statements of which the database keeps the plan while their connection lasts (ADR 13)."""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import NotSupportedError, connection
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.numeric import Int8Dumper

_Base: Any = ServerBindingCursor  # whose stubs say nothing of what it is
MANY = 200  # keys in one list, above which a plan made for any list may be a bad one


def fetch(sql: str, values: Mapping[str, Any], *, is_long: bool = False) -> list[tuple[Any, ...]]:
    """The rows of a statement whose text is always the same, with named values, as tuples.

    The database keeps its plan, unless `is_long` says that a list among the values is so long that
    one plan for any list would be a bad one. A plan that no longer fits its tables, because a
    migration changed them meanwhile, goes with its connection: outside of a transaction the
    statement is sent once more over another, inside of one NotSupportedError is raised and the
    next request has another connection.
    """
    try:
        return _rows(sql, values, is_long)
    except NotSupportedError:
        if connection.in_atomic_block:
            connection.close_at = time.monotonic()
            raise
        connection.close()
        return _rows(sql, values, is_long)


def keep_plans(connection: Any, **kwargs: object) -> None:
    """Let a new connection keep the plan for any values, where it would plan anew for each.

    To plan costs a page more than to run what is planned; what needs a plan for its values is sent
    without one (`prepared_text`, and lists of more than MANY keys).
    """
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")


def _rows(sql: str, values: Mapping[str, Any], is_long: bool) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        if not is_long:
            cursor.cursor = _Cursor(connection.connection)
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


class _Cursor(_Base):  # type: ignore[misc]  # as above
    """Binds values on the server, so that the plan is kept, and reads moments by the driver's C.

    All numbers are sent as bigint: by itself the driver takes the least type that holds a number,
    and the database would keep a plan for each.
    """

    _query: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.adapters.register_loader("timestamptz", TimestamptzLoader)
        self.adapters.register_dumper(int, Int8Dumper)

    def execute(self, sql: str, values: Mapping[str, Any]) -> None:
        """Send it, and know its text also where only the name of a kept plan was sent."""
        super().execute(sql, values)
        if self._query is None:
            self._query = _Text(sql.encode())


class _Text(NamedTuple):
    """What Django asks the driver for when it counts and logs statements."""

    query: bytes
