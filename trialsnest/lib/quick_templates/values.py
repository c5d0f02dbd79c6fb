"""What the functions of templates look up, as Django would, where that is little work."""

import re
from collections.abc import Sequence
from html import escape
from inspect import signature
from types import FunctionType, MethodType
from typing import Any

from django.forms import BaseForm, BoundField
from django.forms.utils import RenderableMixin
from django.template import Context
from django.template.base import VariableDoesNotExist
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from trialsnest.lib.addresses import address

MISSING = object()
NO_VALUES: dict[str, Any] = {}
SPECIAL = re.compile("[&<>\"']").search
PLAIN = frozenset({str, SafeString, int, bool, type(None), list, tuple, dict})
"""Types whose values Django takes as they are where a condition asks for them."""
HAS_NAMES: dict[type, bool] = {}
"""Of each type met, whether a name after its dot is one of its attributes and nothing else."""
HAS_FIELDS: dict[type, bool] = {}
"""Of each type met, whether it is a form, whose fields come before its attributes."""
IS_AS_IT_IS: dict[type, bool] = {object: False}  # which MISSING is
"""Of each type met, whether a condition may take its values as they are: nothing calls them, and
nothing that they do themselves says whether they are true or alike."""
IS_CALLED: dict[FunctionType, bool] = {}
"""Of each method met, whether templates call it, and it takes nothing."""
SPEAKS = ("__call__", "__bool__", "__len__", "__eq__")


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
        if not _has_fields(kind):
            return MISSING
        if name in value.fields:
            return value[name]
    try:
        return getattr(value, name)
    except AttributeError:
        return MISSING


def _has_fields(kind: type) -> bool:
    known = HAS_FIELDS.get(kind)
    if known is None:
        is_form = issubclass(kind, BaseForm) and kind.__getitem__ is BaseForm.__getitem__
        holds = {name for base in kind.__mro__ for name in base.__dict__}
        known = HAS_FIELDS[kind] = is_form and "__call__" not in holds
    return known


def is_as_it_is(value: object) -> bool:
    """Whether a condition may take `value` as it is, though it is not PLAIN."""
    kind = type(value)
    known = IS_AS_IT_IS.get(kind)
    if known is None:
        own = {name for base in kind.__mro__[:-1] for name in base.__dict__}
        known = IS_AS_IT_IS[kind] = own.isdisjoint(SPEAKS)
    return known


def told(value: object) -> object:
    """What Django writes for a field, a list of errors, a form, or what a method without arguments
    gives; MISSING for anything else."""
    if type(value) is MethodType and _is_called(value.__func__):
        try:
            value = value()
        except Exception:
            return MISSING  # Django calls it again, and knows what of it to pass over
    kind = type(value)
    if isinstance(value, RenderableMixin):
        quick = _unsent(value) if isinstance(value, BaseForm) else None
        return escaped(str(value)) if quick is None else quick
    return escaped(value) if kind is str or kind is SafeString else MISSING


def addressed(name: object, *args: Any) -> object:
    """The address of a page, as `{% url %}` finds it; MISSING where it would do more to find it."""
    if type(name) is not str or ":" in name or not all(type(each) in {int, str} for each in args):
        return MISSING
    try:
        return address(name, *args)
    except NoReverseMatch:
        return MISSING


def _unsent(form: BaseForm) -> str | None:
    """A form that its renderer writes at once; None where Django is to write it."""
    write = getattr(form.renderer, "unsent", None)
    is_usual = type(form).get_context is BaseForm.get_context
    return write(form) if write is not None and is_usual else None


def escaped(value: Any) -> str:
    """As `conditional_escape`, at once for a text that holds no mark."""
    kind = type(value)
    if kind is str:
        return escape(value) if SPECIAL(value) else value  # type: ignore[no-any-return]  # a text
    return value if kind is SafeString else conditional_escape(value)


def _is_called(method: Any) -> bool:
    known = IS_CALLED.get(method)
    if known is None:
        marks = ("alters_data", "do_not_call_in_templates")
        is_free = type(method) is FunctionType and not any(hasattr(method, m) for m in marks)
        known = is_free and len(signature(method).parameters) == 1
        IS_CALLED[method] = known
    return known


def or_else(value: object, other: object, is_held: bool) -> object:
    """As the filter `default`; a name that the context has not got is empty there."""
    if value is MISSING and not is_held:
        return other
    return (value or other) if type(value) in PLAIN else MISSING


def repeated(sequence: Any, context: Context, *, is_reversed: bool) -> Sequence[Any]:
    """What a loop goes through, as ForNode finds it; () for nothing."""
    values = sequence.resolve(context, ignore_failures=True)
    found = [] if values is None else values if hasattr(values, "__len__") else list(values)
    if len(found) < 1:  # whatever is true of it
        return ()
    return list(reversed(found)) if is_reversed else found


def unpacked(item: Any, names: int) -> Any:
    """What several names of a loop take apart. Raises ValueError, in ForNode's words."""
    try:
        found = len(item)
    except TypeError:
        found = 1
    if found != names:
        raise ValueError(f"Need {names} values to unpack in for loop; got {found}. ")
    return item


def find(context: Context, name: str) -> object:
    """What the context holds by this name."""
    for values in reversed(context.dicts):
        if name in values:
            return values[name]
    return MISSING


HELPERS: dict[str, Any] = {
    "MISSING": MISSING,
    "NO_VALUES": NO_VALUES,
    "PLAIN": PLAIN,
    "SPECIAL": SPECIAL,
    "SafeString": SafeString,
    "addressed": addressed,
    "escape": escape,
    "escaped": escaped,
    "find": find,
    "held": held,
    "is_as_it_is": is_as_it_is,
    "or_else": or_else,
    "told": told,
    "unpacked": unpacked,
}
"""What the functions of templates call by name."""
