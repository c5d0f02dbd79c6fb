"""A study's approved wording."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from recruitment.forms.fields import BlockField, LineField, day_field
from recruitment.forms.setup.base import Line, PartedForm
from recruitment.rules.wording import CALLBACK, LANGUAGES, MOST_WORDS
from recruitment.rules.work_codes import WordingUse
from recruitment.services.approvals import MOST_REFERENCE, MOST_VERSION, Approval


class WordingForm(PartedForm, forms.Form):
    """Words that may be said or sent as they stand. Without its approval on record none is kept."""

    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [
        ("", [("use", "language"), "text"]),
        ("Approval on record", [("approval_reference", "approved_version"), "approved_on"]),
    ]
    use = forms.ChoiceField(
        label="For",
        choices=[("", "Choose"), *WordingUse.choices],
        error_messages={"required": "Choose what it is for."},
    )
    language = forms.ChoiceField(
        label="Language",
        choices=[("", "Choose"), *LANGUAGES.items()],
        error_messages={"required": "Choose the language."},
    )
    text = BlockField(
        label="Wording",
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"{CALLBACK} stands for the site's number to call back. Name no study.",
        error_messages={"required": "Write the wording first."},
    )
    approval_reference = LineField(
        label="Reference",
        max_length=MOST_REFERENCE,
        help_text="As the ethics board or the sponsor numbered it.",
        error_messages={"required": "Write the reference of the approval."},
    )
    approved_version = LineField(
        label="Version",
        max_length=MOST_VERSION,
        error_messages={"required": "Write which version was approved."},
    )
    approved_on = day_field("Date")

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approved_on"].error_messages["required"] = "Give the day of the approval."
        if not is_new:  # another use or language is another wording
            del self.fields["use"], self.fields["language"]

    def approval(self) -> Approval:
        """The approval as it was typed."""
        data = self.cleaned_data
        return Approval(data["approval_reference"], data["approved_version"], data["approved_on"])
