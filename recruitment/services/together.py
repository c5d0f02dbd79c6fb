"""Writes that nothing waits for, sent as one statement (performance.md G6).

Each is the SQL that Django itself would send. PostgreSQL runs them with one snapshot, so none of
them may read what another one writes.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.db import DatabaseError, connection, models
from django.db.models import sql
from django.db.models.constants import OnConflict

Written = tuple[str, Sequence[Any]]


def inserted(
    rows: Sequence[models.Model],
    *,
    ignoring: bool = False,
    unique: Iterable[str] = (),
    updating: Iterable[str] = (),
) -> Written:
    """The INSERT of new rows of one model; their keys do not come back.

    `ignoring` leaves out a row that is there already; with `unique` (fields) one that is there
    takes over the fields `updating`.
    """
    options = rows[0]._meta
    conflict = OnConflict.IGNORE if ignoring else None
    query = sql.InsertQuery(
        type(rows[0]),
        on_conflict=conflict if not unique else OnConflict.UPDATE,
        unique_fields=[options.get_field(name) for name in unique],
        update_fields=[options.get_field(name) for name in updating],
    )
    keyless = [f for f in options.concrete_fields if not isinstance(f, models.AutoField)]
    query.insert_values(keyless, list(rows))
    [(statement, params)] = query.get_compiler(connection=connection).as_sql()
    return statement, params


def updated(row: models.Model, names: Iterable[str]) -> Written:
    """The UPDATE of the fields `names` of a row that is there; a value may be an expression."""
    same = type(row)._base_manager.filter(pk=row.pk).query
    query = cast(sql.UpdateQuery, same.chain(sql.UpdateQuery))
    fields = [cast("models.Field[Any, Any]", row._meta.get_field(name)) for name in names]
    query.add_update_fields([(field, None, field.pre_save(row, False)) for field in fields])
    statement, params = query.get_compiler(connection=connection).as_sql()
    return statement, params


def write_together(writes: Iterable[Written], *, last: Written) -> None:
    """Send `writes` and the UPDATE `last` of one row as one statement.

    Raises DatabaseError where that row is gone.
    """
    before = list(writes)
    named = [f"w{number} AS ({statement})" for number, (statement, _) in enumerate(before)]
    head = f"WITH {', '.join(named)} " if named else ""
    params = [value for _, values in (*before, last) for value in values]
    with connection.cursor() as cursor:
        cursor.execute(head + last[0], params)
        if cursor.rowcount != 1:
            raise DatabaseError("The row that was to be updated is not there.")
