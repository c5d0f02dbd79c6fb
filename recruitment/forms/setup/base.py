"""What every form of the set-up shares: parts with a legend, and what the page had seen."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField

from accounts.forms import one_line
from recruitment.rules.identity import clean_line

MOST_LINES = 50
LONGEST_LINE = 200  # characters
BIGGEST_KEY = 2**63 - 1
INCOMPLETE = "The page is incomplete; load it again."

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

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=BIGGEST_KEY,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), INCOMPLETE),
    )
    one_lines: ClassVar[Sequence[str]] = ("name", "title", "sponsor_label")

    def clean(self) -> dict[str, Any] | None:
        """Short texts stand on one line, whatever was pasted."""
        super().clean()
        for name in self.one_lines:
            if isinstance(self.cleaned_data.get(name), str):
                self.cleaned_data[name] = one_line(self.cleaned_data[name])
        return self.cleaned_data

    def renew(self, seen: int) -> None:
        """Let the form be sent again over the row as it is now; what was typed stays."""
        data = self.data.copy()  # type: ignore[attr-defined]  # what was posted is a QueryDict
        data["seen"] = str(seen)
        self.data = data

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
        """The lines that are not empty, each cleaned. Refuses too many and too long ones."""
        cleaned = (clean_line(line) for line in str(value or "").splitlines())
        lines = [line for line in cleaned if line]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(f"At most {MOST_LINES} lines; these are {len(lines):,}.")
        if any(len(line) > LONGEST_LINE for line in lines):
            raise forms.ValidationError(f"At most {LONGEST_LINE} characters to a line.")
        return lines
