"""The screen-share shield: while it is up, who a person is does not leave the server (D34).

A field marked with `shielded` reads as HIDDEN for as long as the shield is up, wherever a page,
a form or a query takes it from a row. What is stored stays as it is: services work with the shield
lifted (`services.verbs`), and a row saved under the shield keeps its own words. Values that never
were attributes of a row (annotations, JSON, lines of a file) pass through `words`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from django.db import models
from django.db.models.query_utils import DeferredAttribute

HIDDEN = "Hidden"
SESSION_KEY = "shield"
F = TypeVar("F", bound=models.Field)  # type: ignore[type-arg]  # any field, given back as it came


class HiddenWritten(RuntimeError):
    """The word that stands for something hidden was about to be stored in its place."""


class _Asked:
    """Asks once whether the shield is up, and only if somebody wants to know."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        self._ask = ask
        self._known: bool | None = None

    def __bool__(self) -> bool:
        if self._known is None:
            self._known = self._ask()
        return self._known


_up: ContextVar[_Asked | bool] = ContextVar("shield", default=False)


def is_up() -> bool:
    """Whether names, numbers, addresses and words about people are to be hidden now."""
    return bool(_up.get())


@contextmanager
def raised(ask: Callable[[], bool]) -> Iterator[None]:
    """Within the block the shield is up if `ask()` says so; it is asked at most once."""
    before = _up.set(_Asked(ask))
    try:
        yield
    finally:
        _up.reset(before)


@contextmanager
def lifted() -> Iterator[None]:
    """Within the block everything reads as it is stored: for what writes or decides."""
    before = _up.set(False)
    try:
        yield
    finally:
        _up.reset(before)


def words(text: str) -> str:
    """`text`, or HIDDEN in its place while the shield is up. Nothing stays nothing."""
    return HIDDEN if text and is_up() else text


def shielded(field: F) -> F:
    """Mark a field about a patient: while the shield is up it reads as hidden."""
    field.descriptor_class = _Shielded
    prepare = field.get_db_prep_save

    def stored(model_instance: models.Model, add: bool) -> Any:
        with lifted():
            return getattr(model_instance, field.attname)

    def prepared(value: Any, connection: Any) -> Any:
        if value == HIDDEN and is_up():
            raise HiddenWritten(f"{field.name} was read behind the shield; lift it to write")
        return prepare(value, connection)

    field.pre_save = stored  # type: ignore[method-assign]  # this field alone
    field.get_db_prep_save = prepared  # type: ignore[method-assign]  # this field alone
    return field


def is_shielded(field: models.Field) -> bool:  # type: ignore[type-arg]  # any field
    """Whether the field is hidden while the shield is up."""
    return field.descriptor_class is _Shielded


class _Shielded(DeferredAttribute):
    """Reads hidden while the shield is up. What was set stays underneath, and is what is saved."""

    field: models.Field  # type: ignore[type-arg]  # any field

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        found = instance.__dict__[name] if name in instance.__dict__ else self._read(instance)
        return _hidden(found) if found and is_up() else found

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value

    def _read(self, instance: models.Model) -> Any:
        return super().__get__(instance, type(instance))


def _hidden(found: object) -> object:
    """What stands for a value: a word for words, emptiness for anything else."""
    if isinstance(found, str):
        return HIDDEN
    return cast(object, type(found)()) if isinstance(found, dict | list) else None
