"""A form with words for sponsors, which lets a site lead say that what was found is none (F6)."""

import copy
from typing import Any

from django import forms


class ConfirmsWords(forms.Form):
    """Asks for a confirmation once its words were refused, and for none before.

    What was confirmed holds for those very words: changed ones are looked at anew. Whoever puts the
    fields in parts puts `is_no_hit` there too.
    """

    is_no_hit = forms.BooleanField(
        label="It is none of that: print the words as they are",
        required=False,
        help_text="That you say so goes on record, with the kind and the place of what was found.",
    )
    confirms = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask(is_asked=bool(self.data.get("confirms")))

    def offer(self, token: str) -> None:
        """Ask whether what was refused with `token` is none, beside what was asked before."""
        before = str(self.data.get("confirms") or "").split()
        self._ask(is_asked=True)
        self.set_data(confirms=" ".join(dict.fromkeys([*before, token])), is_no_hit="")

    def set_data(self, **values: str) -> None:
        """Let the form show these values instead of those that were sent."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, or a dict
        for name, value in values.items():
            self.data[name] = value  # type: ignore[index]  # its own copy

    def _ask(self, *, is_asked: bool) -> None:
        for name in ("is_no_hit", "confirms"):
            self.fields.pop(name, None)
            if is_asked:
                self.fields[name] = copy.deepcopy(self.base_fields[name])

    @property
    def confirmed(self) -> str:
        """What was confirmed to be no hit, for the service, once the form is valid; "" for none."""
        return str(self.cleaned_data["confirms"]) if self.cleaned_data.get("is_no_hit") else ""
