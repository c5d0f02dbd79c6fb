"""A study's own reason under a fixed code (CL4)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorList

from recruitment.forms.fields import LineField
from recruitment.forms.setup.base import PartedForm
from recruitment.rules.closing import CloseCode
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.services.sub_reasons import MOST_LABEL


class SubReasonForm(PartedForm, forms.Form):
    """The code it stands under, which never changes, and its words."""

    parts: ClassVar[Any] = (("", ("under", "label")),)

    under = forms.ChoiceField(
        label="Stands under",
        choices=[
            ("", "Choose"),
            ("Close reasons", [(f"close:{c.value}", c.label) for c in CloseCode]),
            ("Blockers", [(f"blocker:{c.value}", c.label) for c in BlockerCategory]),
        ],
        error_messages={
            "required": "Choose the reason that it stands under.",
            "invalid_choice": "Choose the reason that it stands under.",
        },
    )
    label = LineField(
        label="In the study's words",
        max_length=MOST_LABEL,
        help_text="Sponsors may read it in counts: no names.",
        error_messages={"required": "Write the reason first."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, is_new: bool, **kw: Any) -> None:
        super().__init__(data, error_class=ErrorList, **kw)
        if not is_new:
            del self.fields["under"]

    @property
    def place(self) -> tuple[str, str]:
        """Under what, and the code there."""
        under, _, code = self.cleaned_data["under"].partition(":")
        return under, code
