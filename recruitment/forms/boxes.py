"""Leads that were ticked as the page showed them, each with the version that it had (D33)."""

from collections.abc import Callable
from typing import Any

from django import forms

PARTS = 2  # of a box: lead number and version


class BoxesField(forms.MultipleChoiceField):
    """Ticked leads. One that is gone since is refused by name, not here.

    `third` says which words may stand behind number and version; without it none may.
    """

    def __init__(self, *, third: Callable[[str], bool] | None = None, **kwargs: Any) -> None:
        super().__init__(
            label="Leads",
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "Choose at least one lead.",
                "invalid_choice": "The page is incomplete; load it again.",
            },
            **kwargs,
        )
        self.third = third

    def valid_value(self, value: object) -> bool:
        """Whether `value` is a box of this page at all."""
        parts = str(value).split(":")
        if self.third is not None and (len(parts) <= PARTS or not self.third(parts.pop())):
            return False
        return len(parts) == PARTS and parts[0].isalnum() and parts[1].isdecimal()
