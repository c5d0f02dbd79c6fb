"""The fields of a form class as each form gets them: its own, and quickly.

Django copies the fields of the class to the bottom for every form, down to each choice; a lead's
panel has twenty forms with 160 fields. Here a field gets what a form may change (attributes of its
control, messages, validators, and its own choices in the place of those it came with); the choices
themselves are shared, because they are replaced and never changed in place.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, TypeVar

from django import forms
from django.forms.widgets import ChoiceWidget, Widget
from django.utils.choices import BaseChoiceIterator

Made = TypeVar("Made")
PLAIN_FIELDS = frozenset({forms.Field.__deepcopy__, forms.ChoiceField.__deepcopy__})
PLAIN_WIDGETS = frozenset({Widget.__deepcopy__, ChoiceWidget.__deepcopy__})


class Codes(BaseChoiceIterator):
    """Choices in the words of the software or of a study, and never of a person, so that a field
    that offers them may be kept (`trialsnest.lib.same_fields`). None of them is a group."""

    def __init__(self, choices: Iterable[tuple[str, str]]) -> None:
        self.pairs = tuple(choices)
        self.codes = frozenset(str(code) for code, _ in self.pairs)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


class Fields(dict[str, forms.Field]):
    """Fields of a form class, in the place of `base_fields`."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        """Fields that one form may change."""
        return {name: _field(field) for name, field in self.items()}


def share_choices(kind: type[forms.Form]) -> None:
    """Let forms of this class share the choices of its fields. May be asked again."""
    if type(kind.base_fields) is not Fields:
        kind.base_fields = Fields(kind.base_fields)


def _field(field: forms.Field) -> forms.Field:
    if type(field).__deepcopy__ not in PLAIN_FIELDS:
        return deepcopy(field)
    made = _same(field)
    made.widget = _widget(field.widget)
    made.error_messages = field.error_messages.copy()
    made.validators = field.validators[:]
    return made


def _widget(widget: Widget) -> Widget:
    if type(widget).__deepcopy__ not in PLAIN_WIDGETS:
        return deepcopy(widget)
    made = _same(widget)
    made.attrs = widget.attrs.copy()
    return made


def _same(found: Made) -> Made:
    """As `copy.copy` of a plain object."""
    made = object.__new__(type(found))
    made.__dict__.update(found.__dict__)
    return made
