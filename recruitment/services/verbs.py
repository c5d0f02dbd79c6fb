"""What every verb refuses before it begins, whoever calls it (house.md, bad input).

    @verb
    def move_lead(*, lead: Lead, to: Stage, at: datetime, ...) -> None:

The types of the arguments say what is allowed: a code of its list, a time with a zone, words
without control characters. Forms refuse the same at their fields; jobs, imports and tests meet it
here, as a sentence and not as an error of the database.
"""

import functools
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar, Unpack

from django.db.models import TextChoices

from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.texts import MAX_NOTE, check_readable
from trialsnest.lib.shield import lifted

P = ParamSpec("P")
Answer = TypeVar("Answer")
TWO = 2  # what a mapping holds: keys and values
MOST_NAMED = 12  # codes that a sentence lists; longer lists stand in the form
LABELS = {"to": "Stage", "code": "Close reason", "how": "Channel", "action": "Next action"}
"""What a sentence calls an argument whose own name says too little."""
NAMED: dict[tuple[type, str], str] = {(Plan, "type"): "action"}
"""What a part is called in the forms where it has another name."""


def verb(service: Callable[P, Answer]) -> Callable[P, Answer]:
    """The service, which first refuses codes, times and words that cannot be (InvalidInput)."""

    @functools.wraps(service)
    def checked(*args: P.args, **kwargs: P.kwargs) -> Answer:
        for name, kind in hints_of(service).items():
            if name in kwargs:
                check(kwargs[name], kind, field=name)
        with lifted():  # a verb works with what is stored, whatever the page may show
            return service(*args, **kwargs)

    return checked


@functools.cache
def hints_of(service: Callable[..., Any]) -> dict[str, Any]:
    """The arguments of `service` with their types, those of a `TypedDict` one by one."""
    hints = typing.get_type_hints(service)
    hints.pop("return", None)
    for name, kind in list(hints.items()):
        if typing.get_origin(kind) is Unpack:
            del hints[name]
            hints |= typing.get_type_hints(typing.get_args(kind)[0])
    return hints


def check(value: object, kind: Any, *, field: str) -> None:
    """Raise InvalidInput naming `field` unless `value` is one that `kind` allows."""
    inner = typing.get_args(kind)
    if isinstance(value, dict) and len(inner) == TWO:
        for key, held in value.items():
            check(key, inner[0], field=field)
            check(held, inner[1], field=field)
    elif isinstance(value, list | tuple) and inner:
        for each in value:
            check(each, inner[0], field=field)
    elif is_dataclass(value) and not isinstance(value, type):
        hints = typing.get_type_hints(type(value))
        for part in fields(value):
            name = NAMED.get((type(value), part.name), part.name)
            check(getattr(value, part.name), hints[part.name], field=name)
    else:
        _check_plain(value, inner or (kind,), field)


def _check_plain(value: object, kinds: tuple[Any, ...], field: str) -> None:
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, TextChoices):
            _check_code(value, kind, field)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise InvalidInput("The time has no time zone.", field=field)
    if isinstance(value, str):
        check_readable(value, field=field)
        if field == "note" and len(value.strip()) > MAX_NOTE:
            raise InvalidInput(f"At most {MAX_NOTE:,} characters.", field=field)


def _check_code(value: object, codes: type[TextChoices], field: str) -> None:
    if value is None or isinstance(value, codes) or value in codes.values:
        return
    name = LABELS.get(field, field.replace("_", " ").capitalize())
    labels = ", ".join(str(label) for label in codes.labels)
    offered = f"one of: {labels}" if len(codes) <= MOST_NAMED else "one of the list"
    raise InvalidInput(f"{name}: choose {offered}.", field=field)
