"""Closing several leads whose call-back window has ended (CD2): chosen one by one, never all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.forms.utils import ErrorList

from accounts.models import User
from recruitment.forms.code_field import CodeField
from recruitment.forms.fields import BlockField, field_of
from recruitment.models import Lead
from recruitment.rules.closing import CloseCode
from recruitment.rules.closing_phases import legal_codes
from recruitment.rules.stages import Stage
from recruitment.rules.texts import MAX_NOTE
from recruitment.services.one_by_one import Done, Seen
from recruitment.services.several import ONE_BY_ONE, close_several


class ReasonForSeveral(forms.Form):
    """The one reason that is given for several leads, and a note."""

    reason = CodeField("Main reason")
    note = BlockField(label="Note", max_length=MAX_NOTE, required=False, help_text="Stays on site.")

    def offer(self, codes: Iterable[CloseCode]) -> None:
        """Offer those of `codes` that can be said of several leads at once."""
        found = [(code.value, code.label) for code in codes if code not in ONE_BY_ONE]
        field_of(self, "reason", CodeField).choices = found
        self.fields["note"].widget.attrs["rows"] = 2

    def clean_reason(self) -> CloseCode:
        """A reason that can be given for several leads at once."""
        code = CloseCode(self.cleaned_data["reason"])
        if code in ONE_BY_ONE:
            raise forms.ValidationError("This reason is given on the lead's own page.")
        return code


class CloseSeveralForm(ReasonForSeveral):
    """Which leads, as the page showed them, and the one reason for all of them."""

    leads = forms.MultipleChoiceField(
        label="Leads",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one lead.",
            "invalid_choice": "One of the leads is no longer in the list; load the page again.",
        },
    )
    field_order = ("leads", "reason", "note")

    def __init__(self, data: Mapping[str, Any] | None = None, *, leads: Sequence[Lead]) -> None:
        super().__init__(data, auto_id="several-%s", error_class=ErrorList)
        self.by_key = {f"{lead.number}-{lead.version}": lead for lead in leads}
        boxes = [(key, lead.number) for key, lead in self.by_key.items()]
        field_of(self, "leads", forms.MultipleChoiceField).choices = boxes
        self.offer(legal_codes(Stage.NO_RESPONSE))

    @property
    def chosen(self) -> list[Lead]:
        """The leads that were ticked."""
        return [self.by_key[key] for key in self.cleaned_data["leads"]]

    def rows(self) -> list[tuple[Any, Lead]]:
        """Each box with its lead, for the page."""
        return list(zip(self["leads"], self.by_key.values(), strict=True))

    def run(self, *, by: User, at: datetime) -> list[Done]:
        """Close them one by one; those that were refused come back with their sentence."""
        done = close_several(
            leads=[Seen(lead, lead.version) for lead in self.chosen],
            code=self.cleaned_data["reason"],
            by=by,
            at=at,
            note=self.cleaned_data["note"],
        )
        return [row for row in done if row.why]
