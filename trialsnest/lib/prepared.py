"""Statements that the ORM writes once a process, and that are sent again with other values.

To put a QuerySet together and to turn it into SQL costs several times what the database needs to
answer. A function that gives a QuerySet and carries `@prepared` is asked for it once for each
shape; from then on its text is kept, and so is the plan of the database (ADR 13). The ORM stays the
one place where the statement is written.
"""

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from copy import copy
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from trialsnest.lib.kept_plans import MANY, fetch

P = ParamSpec("P")
R = TypeVar("R")
Values = Mapping[str, Any]
SHAPES = 128  # texts kept of each function; the least used goes first
FIRST_KEY = 1_834_000_001  # stands for a number, and is none that a test or a person would choose
FIRST_MOMENT = datetime(1834, 5, 6, 7, 8, 9, tzinfo=UTC)
NEAR = range(1830, 1839)  # the years, and the millions, that these stand in
MARK = "\ue000"
HOLE = re.compile("%%|%s")
IN = re.compile(r"IN \(\Z")
NUMBER, KEYS, MOMENT, DAY, WORDS = "bigint", "bigint[]", "timestamptz", "date", "text"
TEXTS = "text[]"
LISTS = frozenset({KEYS, TEXTS})
Kinds = tuple[tuple[str, Any], ...]
"""Of each value by name, or what stands there itself where it shapes the statement."""


class Prepared(Generic[P, R]):
    """What `prepared` makes of a function: called as it is, it gives the rows themselves."""

    def __init__(self, build: Callable[P, QuerySet[Any, R]], *, keeps_plan: bool = True) -> None:
        self.build, self.keeps_plan = build, keeps_plan
        self.made = lru_cache(maxsize=SHAPES)(self._made)
        update_wrapper(self, build)
        ALL.append(self)

    def __call__(self, *shape: P.args, **values: P.kwargs) -> list[R]:
        """The rows. What is given by position shapes the statement and is hashable; what is given
        by name is a value: a number, a moment, a day, words, a list of keys, or one of words that
        is not empty; None, True and False shape.
        """
        return self.made(shape, _kinds(values)).rows(values, keeps_plan=self.keeps_plan)

    def where(self, *shape: P.args, **values: P.kwargs) -> str:
        """The condition of the QuerySet as SQL over the table's own name, with named parameters."""
        return self.made(shape, _kinds(values)).where

    def _made(self, shape: tuple[Any, ...], kinds: Kinds) -> "Statement":
        holes = {name: _stand_in(kind, at) for at, (name, kind) in enumerate(kinds)}
        written: Any = self.build
        return Statement(written(*shape, **holes), holes, dict(kinds))


ALL: list[Prepared[Any, Any]] = []


def forget(**kwargs: object) -> None:
    """Let every text be written anew: behind a migration a content type may have another key,
    and keys of content types stand in the texts of what somebody may see."""
    for statement in ALL:
        statement.made.cache_clear()


def prepared(build: Callable[P, QuerySet[Any, R]]) -> Prepared[P, R]:
    """The rows of the QuerySet that `build` gives, whose text is written once for each shape.

    `build` may look at what it is given by position, and must not at what it is given by name: in
    its place stands something else while the text is written. It reads nothing besides, neither
    the clock nor who asks.
    """
    return Prepared(build)


def prepared_text(build: Callable[P, QuerySet[Any, R]]) -> Prepared[P, R]:
    """The same, but for the plan: the database makes one for the values, each time anew. For a
    statement whose best plan is another for other values, where a profile shows it."""
    return Prepared(build, keeps_plan=False)


class Statement:
    """The text of a QuerySet, with what makes instances or tuples of its rows.

    `holes` stand in it for values of these `kinds`.
    """

    def __init__(self, queryset: QuerySet[Any, Any], holes: Values, kinds: Values) -> None:
        self.queryset, self.kinds = queryset, kinds
        self.compiler = queryset.query.get_compiler(connection=connection)
        self._converters: dict[int, Any] | None = None
        self._names = {_plain(hole): name for name, hole in holes.items()}

    @cached_property
    def sql(self) -> str:
        """The whole statement; "" where the ORM knows that it finds nothing."""
        try:
            return self._filled(*self.compiler.as_sql())
        except EmptyResultSet:
            return ""

    @cached_property
    def where(self) -> str:
        """Its condition alone."""
        try:
            return self._filled(*self.queryset.query.where.as_sql(self.compiler, connection))
        except EmptyResultSet:
            return "false"
        except FullResultSet:
            return "true"

    def converters(self, expressions: Iterable[Any]) -> dict[int, Any]:
        """In the place of `SQLCompiler.get_converters`, which is always asked for the same."""
        if self._converters is None:
            self._converters = self.compiler.get_converters(expressions)
        return self._converters

    def rows(self, values: Values, *, keeps_plan: bool = True) -> list[Any]:
        """What the QuerySet would give with these values, by a plan kept for any or made for them.

        Raises TransactionManagementError for one that locks its rows, outside of a transaction.
        """
        if not self.sql:
            return []
        if self.queryset.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked only inside a transaction.")
        sent = {name: _sent(values[name], kind) for name, kind in self.kinds.items()}
        is_long = not keeps_plan or any(
            len(values[name]) > MANY for name in self.kinds if self.kinds[name] in LISTS
        )
        found, ready = self.queryset.all(), _Ready(self, sent, is_long)
        found.query.get_compiler = ready.compiler  # type: ignore[method-assign]  # this query alone
        return list(found)

    def _filled(self, text: str, params: Iterable[Any]) -> str:
        """Constants written out, names in the place of values, lists as arrays."""
        sql, at, rest = "", 0, iter(params)
        for hole in HOLE.finditer(text):
            sql += text[at : hole.start()]
            at = hole.end()
            if hole[0] == "%%":
                sql += "%%"
                continue
            value = next(rest)
            name = self._names.get(value) if isinstance(value, Hashable) else None
            if name is None:
                _refuse_worked_out(value)
                sql += mogrify("%s", [value], connection).replace("%", "%%")
                continue
            if self.kinds[name] in LISTS:
                sql, is_list = IN.subn("= ANY(", sql)
                if not is_list:
                    raise ValueError(f"{name} is a list, and stands elsewhere than in IN (…)")
            sql += f"%({name})s::{self.kinds[name]}"
        return sql + text[at:]


class _Ready:
    """Gives a QuerySet a compiler that has compiled already."""

    def __init__(self, statement: Statement, values: Values, is_long: bool) -> None:
        self.sql, self.values, self.is_long = statement.sql, values, is_long
        self.made: Any = copy(statement.compiler)
        self.made.connection = connection
        self.made.get_converters = statement.converters
        self.made.execute_sql = self.execute_sql

    def compiler(self, *args: object, **kwargs: object) -> Any:
        """In the place of `Query.get_compiler`."""
        return self.made

    def execute_sql(self, *args: object, **kwargs: object) -> list[list[tuple[Any, ...]]]:
        """In the place of `SQLCompiler.execute_sql`: all rows, as one stretch."""
        return [fetch(self.sql, self.values, is_long=self.is_long)]


def _kinds(values: Values) -> Kinds:
    return tuple((name, _kind(value)) for name, value in values.items())


def _kind(value: object) -> Any:
    """The kind of a value, or the value itself where it shapes the statement."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return NUMBER
    if isinstance(value, datetime):
        return MOMENT
    if isinstance(value, str):
        return WORDS
    if isinstance(value, date):
        return DAY
    if isinstance(value, list | tuple | set | frozenset):
        return TEXTS if any(isinstance(each, str) for each in value) else KEYS
    raise TypeError(f"{value!r} is no value for a prepared statement")


def _stand_in(kind: Any, at: int) -> Any:
    """What stands for the value at place `at` while the text is written."""
    if kind == NUMBER:
        return FIRST_KEY + at
    if kind == KEYS:
        return [FIRST_KEY + at]
    if kind == MOMENT:
        return FIRST_MOMENT + timedelta(seconds=at)
    if kind == DAY:
        return FIRST_MOMENT.date() + timedelta(days=at)
    words = f"{MARK}{at}{MARK}"
    return [words] if kind == TEXTS else words if kind == WORDS else kind


def _refuse_worked_out(value: object) -> None:
    """Raise ValueError for what was worked out from a stand-in: it would stand there for ever."""
    is_moment = isinstance(value, date) and value.year in NEAR  # a moment is a day as well
    is_number = isinstance(value, int) and value // 10**6 in NEAR
    if is_moment or is_number or (isinstance(value, str) and MARK in value):
        raise ValueError("A value is worked out from a named one: hand in what comes of it instead")


def _sent(value: Any, kind: Any) -> Any:
    """A value as the driver takes it."""
    if kind == KEYS:
        return _array(value)
    return list(value) if kind == TEXTS else value


def _plain(hole: Any) -> Any:
    return hole[0] if isinstance(hole, list) else hole


def _array(keys: Collection[int]) -> str:
    """Keys as an array of the database, which is quicker than to hand them over one by one."""
    return "{" + ",".join(map(str, keys)) + "}"
