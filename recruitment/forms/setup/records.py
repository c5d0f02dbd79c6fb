"""The records a study usually needs, one line for each kind there is (RC7)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from recruitment.forms.fields import LineField
from recruitment.rules.vocabulary import RecordsType
from recruitment.services.records_lists import MAX_WHY, NamedRecord

OFF, REQUIRED, OPTIONAL = "", "required", "optional"


class RecordsListForm(forms.Form):
    """Each kind of record: off the list, required or good to have, and why it is needed."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages={"required": "The page is incomplete; load it again."},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        items: Sequence[NamedRecord],
        version: int,
    ) -> None:
        super().__init__(data=data, initial={"seen": version})
        held = {item.type: item for item in items}
        for kind in RecordsType:
            item = held.get(kind)
            need = OFF if item is None else REQUIRED if item.is_required else OPTIONAL
            self.fields[f"need_{kind}"] = forms.ChoiceField(
                label=kind.label,
                required=False,
                initial=need,
                choices=[
                    (OFF, "Not on the list"),
                    (REQUIRED, "Required"),
                    (OPTIONAL, "Good to have"),
                ],
            )
            self.fields[f"why_{kind}"] = LineField(
                label="Why it is needed",
                max_length=MAX_WHY,
                required=False,
                initial=item.why if item else "",
            )

    def laid_out(self) -> Iterator[tuple[str, list[list[BoundField]]]]:
        """One line for each kind of record."""
        lines = [[self[f"need_{kind}"], self[f"why_{kind}"]] for kind in RecordsType]
        yield "", lines

    def items(self) -> list[NamedRecord]:
        """The list that was written."""
        data = self.cleaned_data
        return [
            NamedRecord(kind, data[f"need_{kind}"] == REQUIRED, data[f"why_{kind}"])
            for kind in RecordsType
            if data[f"need_{kind}"]
        ]

    def renew(self, version: int) -> None:
        """Let the form be sent again over a colleague's version; what was typed stays."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": str(version)}
