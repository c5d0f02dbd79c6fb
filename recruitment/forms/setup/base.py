"""What every form of the set-up shares: parts with a legend, and what the page had seen."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField

from accounts.forms import one_line

Line = str | tuple[str, ...]
"""One field, or several side by side."""


class PartedForm(forms.BaseForm):
    """A form whose fields stand in parts: a legend ("" for the first), and lines of fields."""

    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = ()

    def laid_out(self) -> list[tuple[str, list[list[BoundField]]]]:
        """The parts as bound fields; fields that the form left out are skipped."""
        found = []
        for legend, lines in self.parts:
            rows = [(line,) if isinstance(line, str) else line for line in lines]
            kept = [[self[name] for name in row if name in self.fields] for row in rows]
            if any(kept):
                found.append((legend, [row for row in kept if row]))
        return found


class SettingForm(PartedForm, forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A row of the set-up. `seen` is the newest change that the page knew, 0 for none."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    one_lines: ClassVar[Sequence[str]] = ("name", "title", "sponsor_label")

    def clean(self) -> dict[str, Any] | None:
        """Short texts stand on one line, whatever was pasted."""
        super().clean()
        for name in self.one_lines:
            if isinstance(self.cleaned_data.get(name), str):
                self.cleaned_data[name] = one_line(self.cleaned_data[name])
        return self.cleaned_data

    def values(self) -> Mapping[str, object]:
        """The columns and what they should hold, once the form is valid."""
        columns = {field.name for field in self.instance._meta.fields}
        return {name: value for name, value in self.cleaned_data.items() if name in columns}


class LinesField(forms.CharField):
    """A list of words, written one to a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """One word to a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # it is a list here
        """The lines that are not empty."""
        return [one_line(line) for line in str(value or "").splitlines() if line.strip()]
