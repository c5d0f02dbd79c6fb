"""The class of every field, said next to its definition (model.md, Roles in the database).

`identifying`: tells who somebody is. `sensitive`: about a person, or free text. `operational`:
codes, ids and times. `sponsor_text`: words meant for a sponsor, linted. The reporting role of the
database may read the last two and nothing else; a test fails on a field without a class.
"""

from typing import Literal, TypeVar, cast

from django.db import models

FieldClass = Literal["identifying", "sensitive", "operational", "sponsor_text"]
READABLE_BY_REPORTS: frozenset[FieldClass] = frozenset({"operational", "sponsor_text"})

F = TypeVar("F", bound=models.Field)  # type: ignore[type-arg]  # any field, given back as it came


def _classed(field: F, name: FieldClass) -> F:
    field.data_class = name  # type: ignore[attr-defined]  # our own mark on Django's class
    return field


def identifying(field: F) -> F:
    """Mark a field that tells who a person is."""
    return _classed(field, "identifying")


def sensitive(field: F) -> F:
    """Mark a field about a person, or free text that may hold such words."""
    return _classed(field, "sensitive")


def operational(field: F) -> F:
    """Mark a field of codes, ids, times or settings."""
    return _classed(field, "operational")


def sponsor_text(field: F) -> F:
    """Mark a field whose words are meant for a sponsor."""
    return _classed(field, "sponsor_text")


def class_of(field: models.Field) -> FieldClass | None:  # type: ignore[type-arg]  # any field
    """The field's class, or None if nobody gave it one. Automatic keys are operational."""
    if field.primary_key and isinstance(field, models.AutoField):
        return "operational"
    return cast(FieldClass | None, getattr(field, "data_class", None))
