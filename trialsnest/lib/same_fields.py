"""Fields that are written alike for one lead after another are written once a process (ADR 13).

A lead's panel holds more than a hundred fields, and most of them say the same for every lead: their
words and choices are those of the form's class, and they begin empty, with a code or with a time.
What a field may hold of a person is never kept: text that it begins with, or choices of its own.
"""

from collections.abc import Callable, Hashable
from datetime import date, time
from itertools import chain
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from trialsnest.lib.form_fields import Codes

MOST = 4096  # fields kept; beyond that it begins anew
Written = dict[Hashable, SafeString]

_written: Written = {}


def unsent(form: forms.BaseForm) -> SafeString:
    """What the project's template writes of a form that was not sent."""
    fields = list(form)
    hidden = "".join(
        written_once(field, field.as_widget, part="control") for field in fields if field.is_hidden
    )
    shown = "".join(
        written_once(field, field.as_field_group) for field in fields if not field.is_hidden
    )
    return SafeString(f"{hidden}\n{shown}".strip())


def written_once(
    bound: BoundField, write: Callable[[], SafeString], *, part: str = "field"
) -> SafeString:
    """What `write` makes of a field, kept where it shows nothing but what its form's class says.

    `part` tells a whole field from its control alone.
    """
    if bound.form.is_bound:
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


def kept() -> list[SafeString]:
    """All that is kept now."""
    return list(_written.values())


def forget() -> None:
    """Keep nothing of before."""
    _written.clear()


def _shape(bound: BoundField) -> Hashable | None:
    """All that shapes the field; None where it may show what is a person's."""
    form, field, widget = bound.form, bound.field, bound.field.widget
    is_choice = isinstance(field, forms.ChoiceField)
    choices = getattr(widget, "choices", None)
    pairs = choices.pairs if isinstance(choices, Codes) else None
    if is_choice and pairs is None and not _are_of_class(choices, form, bound.name):
        return None
    value = bound.value()
    if isinstance(value, list):
        value = tuple(value)
    if not (is_choice or value in (None, "") or isinstance(value, bool | int | date | time)):
        return None
    words = (str(bound.label), str(bound.help_text), field.required, field.disabled)
    kinds = (type(form), type(widget), bound.template_name)
    attrs = tuple(chain.from_iterable(widget.attrs.items()))
    names = (bound.html_name, form.auto_id)
    shape = (kinds, names, type(value), value, words, attrs, pairs)
    return shape if _is_hashable(shape) else None


def _are_of_class(choices: Any, form: Any, name: str) -> bool:
    """Whether the choices are written out in the form's class, and in no function asked anew."""
    declared = form.base_fields.get(name)
    is_same = declared is not None and choices is getattr(declared.widget, "choices", None)
    return is_same and type(choices) is list


def _is_hashable(shape: Hashable) -> bool:
    try:
        hash(shape)
    except TypeError:
        return False
    return True
