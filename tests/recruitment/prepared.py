"""Holds every prepared statement that a test sends to what the ORM itself would send and find."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify

from trialsnest.lib.prepared import Prepared

LIST = re.compile(r"= ANY\(%\((\w+)\)s::(?:bigint|text)\[\]\)")
ONE = re.compile(r"%\((\w+)\)s::\w+")


@contextmanager
def compared_with_the_orm() -> Iterator[list[str]]:
    """Within the block each is also put together with its values; yields what was compared."""
    seen: list[str] = []
    rows, where = Prepared.__call__, Prepared.where

    def both_rows(self: Any, *shape: Any, **values: Any) -> Any:
        queryset, made = self.build(*shape, **values), self.made(shape, _kinds(values))
        if not any(_is_list(value) and not value for value in values.values()):
            assert written(made.sql, values) == _by_orm(queryset)
        found = rows(self, *shape, **values)
        by_orm = list(queryset)
        if not queryset.ordered:  # another plan may find the same rows in another order
            assert sorted(found, key=repr) == sorted(by_orm, key=repr)
        else:
            assert found == by_orm
        seen.append(self.__name__)
        return found

    def both_conditions(self: Any, *shape: Any, **values: Any) -> Any:
        text = where(self, *shape, **values)
        if not any(_is_list(value) and not value for value in values.values()):
            assert written(text, values) == _condition_by_orm(self.build(*shape, **values))
        seen.append(self.__name__)
        return text

    with (
        patch.object(Prepared, "__call__", both_rows),
        patch.object(Prepared, "where", both_conditions),
    ):
        yield seen


def written(sql: str, values: Mapping[str, Any]) -> str:
    """A prepared text with its values, as the ORM writes them out."""

    def listed(hole: re.Match[str]) -> str:
        return f"IN ({', '.join(_literal(value) for value in values[hole[1]])})"

    return ONE.sub(lambda hole: _literal(values[hole[1]]), LIST.sub(listed, sql)).replace("%%", "%")


def _by_orm(queryset: Any) -> str:
    try:
        return _filled(*queryset.query.get_compiler(connection=connection).as_sql())
    except EmptyResultSet:
        return ""


def _condition_by_orm(queryset: Any) -> str:
    query = queryset.query
    try:
        return _filled(*query.where.as_sql(query.get_compiler(connection=connection), connection))
    except EmptyResultSet:
        return "false"
    except FullResultSet:
        return "true"


def _filled(sql: str, params: Any) -> str:
    return mogrify(sql, params, connection)


def _literal(value: Any) -> str:
    return mogrify("%s", [value], connection)


def _kinds(values: Mapping[str, Any]) -> Any:
    from trialsnest.lib import prepared

    return prepared._kinds(values)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)
