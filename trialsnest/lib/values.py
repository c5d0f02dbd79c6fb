"""Plain values, which are never changed in place."""

from typing import Any, TypeVar

T = TypeVar("T")


def copy_with(value: T, **changes: Any) -> T:
    """A copy of a frozen dataclass with other values for some fields.

    As `dataclasses.replace`, in a fraction of the time: for what is done at every step of a fold.
    The class has no slots and works nothing out of its fields when it is made. Raises TypeError
    for a field that is not there.
    """
    fields = value.__dict__
    values = {**fields, **changes}
    if len(values) > len(fields):
        raise TypeError(
            f"{type(value).__name__} has no {', '.join(changes.keys() - fields.keys())}"
        )
    new = object.__new__(type(value))
    object.__setattr__(new, "__dict__", values)
    return new
