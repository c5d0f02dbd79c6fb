"""What the functions of templates look up, as Django would, where that is little work."""

from typing import Any

from django.forms import BoundField
from django.template import Context
from django.template.base import VariableDoesNotExist
from django.utils.safestring import SafeString

MISSING = object()
NO_VALUES: dict[str, Any] = {}
PLAIN = frozenset({str, SafeString, int, bool, type(None), list, tuple, dict})
"""Types whose values Django takes as they are where a condition asks for them."""
HAS_NAMES: dict[type, bool] = {}
"""Of each type met, whether a name after its dot is one of its attributes and nothing else."""


def ask(condition: Any, context: Context) -> object:
    """As IfNode asks."""
    try:
        return condition.eval(context)
    except VariableDoesNotExist:
        return None


def held(value: Any, name: str) -> object:
    """What a dict or a row holds by this name; MISSING where Django would do more to find it."""
    kind = type(value)
    if kind is dict:
        return value.get(name, MISSING)
    has_names = HAS_NAMES.get(kind)
    if has_names is None:
        holds = {name for base in kind.__mro__ for name in base.__dict__}
        is_list = "__getitem__" in holds and kind is not BoundField  # which holds numbers alone
        has_names = HAS_NAMES[kind] = not is_list and "__call__" not in holds
    if not has_names:
        return MISSING
    try:
        return getattr(value, name)
    except AttributeError:
        return MISSING


def or_else(value: object, other: object, is_held: bool) -> object:
    """As the filter `default`; a name that the context has not got is empty there."""
    if value is MISSING and not is_held:
        return other
    return (value or other) if type(value) in PLAIN else MISSING


def find(context: Context, name: str) -> object:
    """What the context holds by this name."""
    for values in reversed(context.dicts):
        if name in values:
            return values[name]
    return MISSING
