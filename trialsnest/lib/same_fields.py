"""Fields that are written alike for one lead after another are written once a process (ADR 13).

A lead's panel holds more than a hundred fields, and most of them say the same for every lead: their
words and choices are those of the form's class, and they begin empty, with a code or with a time.
What tells who a person is is never kept: text that a field begins with, choices of its own but
`Codes`, and any field of a form that says so by `keeps_fields = False`.
"""

from collections.abc import Callable, Hashable
from datetime import date, time
from functools import partial
from itertools import chain
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.choices import flatten_choices
from django.utils.safestring import SafeString

from trialsnest.lib.form_fields import Codes

MOST = 4096  # fields kept; beyond that it begins anew
Written = dict[Hashable, SafeString]

_written: Written = {}
_codes: dict[tuple[type, str], frozenset[str]] = {}


def unsent(form: forms.BaseForm) -> SafeString:
    """What the project's template writes of a form that was not sent."""
    fields = list(form)
    hidden = "".join(
        written_once(field, partial(_control, field), part="control")
        for field in fields
        if field.is_hidden
    )
    shown = "".join(
        written_once(field, field.as_field_group) for field in fields if not field.is_hidden
    )
    return SafeString(f"{hidden}\n{shown}".strip())


def _control(field: BoundField) -> SafeString:
    return SafeString(str(field))


def written_once(
    bound: BoundField, write: Callable[[], SafeString], *, part: str = "field"
) -> SafeString:
    """What `write` makes of a field, kept where it shows nothing but what its form's class says.

    `part` tells a whole field from its control alone.
    """
    if bound.form.is_bound or not getattr(bound.form, "keeps_fields", True):
        return write()
    shape = _shape(bound)
    if shape is None:
        return write()
    key = part, shape
    found = _written.get(key)
    if found is None:
        found = write()
        if len(_written) >= MOST:
            _written.clear()
        _written[key] = found
    return found


def kept() -> Written:
    """All that is kept now, by what shapes it."""
    return dict(_written)


def forget() -> None:
    """Keep nothing of before."""
    _written.clear()


def _shape(bound: BoundField) -> Hashable | None:
    """All that shapes the field; None where it may show what is a person's."""
    form, field, widget = bound.form, bound.field, bound.field.widget
    choices = getattr(widget, "choices", None)
    offered = None if choices is None else _offered(choices, form, bound.name)
    value = bound.value()
    if isinstance(value, list):
        value = tuple(value)
    if field.show_hidden_initial or isinstance(widget, forms.MultiWidget):
        return None
    if isinstance(field, forms.ChoiceField) or choices is not None:
        if offered is None or not _is_offered(value, offered):
            return None
    elif not (value in (None, "") or isinstance(value, bool | int | date | time)):
        return None
    words = (bound.label, bound.help_text, field.required, field.disabled)
    kinds = (type(form), type(widget), bound.template_name, form.use_required_attribute)
    names = (bound.html_name, form.auto_id)
    attrs = tuple(chain.from_iterable(widget.attrs.items()))
    pairs = choices.pairs if isinstance(choices, Codes) else None
    given = (*words, *attrs, *(value if isinstance(value, tuple) else (value,)))
    shape = (kinds, names, given, tuple(map(type, given)), len(attrs), pairs)
    return shape if _is_hashable(shape) else None


def _offered(choices: Any, form: Any, name: str) -> frozenset[str] | None:
    """The codes among which a field offers a choice, where its choices may be kept: `Codes`, and
    what is written out in the form's class, in no function asked anew."""
    if isinstance(choices, Codes):
        return choices.codes
    declared = form.base_fields.get(name)
    is_same = declared is not None and choices is getattr(declared.widget, "choices", None)
    if not is_same or type(choices) is not list:
        return None
    kind = type(form), name
    if kind not in _codes:
        _codes[kind] = frozenset(str(code) for code, _ in flatten_choices(choices))
    return _codes[kind]


def _is_offered(value: Any, offered: frozenset[str]) -> bool:
    """Whether the first value is one that the field offers: a draft may hold anything."""
    values = value if isinstance(value, tuple) else (value,)
    return all(each in (None, "") or str(each) in offered for each in values)


def _is_hashable(shape: Hashable) -> bool:
    try:
        hash(shape)
    except TypeError:
        return False
    return True
