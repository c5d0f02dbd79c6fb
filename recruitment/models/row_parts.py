"""Rows of several small tables in one statement, each as the JSON that PostgreSQL makes of it.

A page about one lead needs a few rows of many tables. One statement for each of them costs more in
going back and forth than all the reading together.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models

from recruitment.models.undoing import Undoable
from trialsnest.lib.kept_plans import fetch

Columns = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """The rows of one table `r` for which `where` (SQL) holds, with columns of what they point at.

    `related` names foreign keys and what is read of each; inside `where` each stands under its own
    name. Rows of an undone action are left out.
    """

    model: type[models.Model]
    where: str
    related: Mapping[str, Columns]

    @property
    def sql(self) -> str:
        """The rows as JSON, what they point at under the name of the foreign key."""
        joins, values = [], []
        for name, columns in self.related.items():
            table = self._target(name)._meta.db_table
            joins.append(f'LEFT JOIN {table} "{name}" ON "{name}".id = r.{name}_id')
            pairs = ", ".join(f"'{column}', \"{name}\".{column}" for column in columns)
            values.append(f"'{name}', jsonb_build_object({pairs})")
        row = f"to_jsonb(r) || jsonb_build_object({', '.join(values)})"
        stands = " AND r.undone_at IS NULL" if issubclass(self.model, Undoable) else ""
        table = self.model._meta.db_table
        return f"{row} FROM {table} r {' '.join(joins)} WHERE {self.where}{stands}"

    def made(self, row: Mapping[str, Any]) -> Any:
        """The row as an instance, with those that it points at."""
        found = _instance(self.model._meta.concrete_fields, row, self.model)
        for name, columns in self.related.items():
            is_there = row[name]["id"] is not None
            target = self._target(name)
            fields = [f for f in target._meta.concrete_fields if f.attname in columns]
            setattr(found, name, _instance(fields, row[name], target) if is_there else None)
        return found

    def _target(self, name: str) -> type[models.Model]:
        target = self.model._meta.get_field(name).related_model
        assert isinstance(target, type)  # noqa: S101  (a foreign key of this schema)
        return target


def _instance(
    fields: Sequence["models.Field[Any, Any]"], row: Mapping[str, Any], model: type[models.Model]
) -> models.Model:
    plain = [field.to_python(row[field.attname]) for field in fields]
    made: models.Model = model.from_db("default", [field.attname for field in fields], plain)
    return made


class Parts:
    """Named parts that are read together."""

    def __init__(self, **parts: Part) -> None:
        self.parts = parts

    @cached_property
    def sql(self) -> str:
        """One statement for all of them."""
        each = (f"SELECT '{name}' AS part, {part.sql}" for name, part in self.parts.items())
        return " UNION ALL ".join(each)

    def read(self, **values: Any) -> dict[str, list[Any]]:
        """The rows of every part in the order of their keys. `values` stand in their SQL."""
        found: dict[str, list[Any]] = {name: [] for name in self.parts}
        for name, row in fetch(self.sql, values):
            values_of = json.loads(row) if isinstance(row, str) else row
            found[name].append(self.parts[name].made(values_of))
        for rows in found.values():
            rows.sort(key=lambda row: int(row.pk))
        return found


def part(model: type[models.Model], where: str, **related: Columns) -> Part:
    """A part; `related` is what is read of those that its rows point at."""
    return Part(model, where, related)
