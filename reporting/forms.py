"""What a site lead may add to a report: sentences. The figures cannot be typed over (LR3)."""

import re

from django import forms

from recruitment.forms.fields import LineField
from reporting.figures.narrative import findings
from reporting.figures.revisions import REASONS
from reporting.services.revising import MAX_CHANGED

LONGEST = 400  # characters; the paper has room for this much above the figures


class IssueForm(forms.Form):
    """The site lead's sentence, and which snapshot her page showed."""

    note = forms.CharField(
        label="A sentence from the site",
        required=False,
        max_length=LONGEST,
        help_text="Printed over the figures. No names, numbers of people or dates of birth.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def renew(self, seen: str) -> None:
        """Let the form be sent again over the snapshot as it is now; the sentence stays."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": seen}

    def clean_note(self) -> str:
        """One line of text. Refuses what may tell who somebody is, without repeating it (F6)."""
        note = re.sub(r"\s+", " ", str(self.cleaned_data["note"])).strip()
        found = findings(note)
        if found:
            raise forms.ValidationError(
                [f"The sentence holds {what}. Write it without." for what in found]
            )
        return note


class ReviseForm(forms.Form):
    """Why an issued report is revised, and what changed, for the sponsor to read (SR3)."""

    reason = forms.ChoiceField(
        label="Why",
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why the report is revised."},
    )
    changed = LineField(
        label="What changed",
        max_length=MAX_CHANGED,
        help_text=(
            "One sentence for the sponsor. No names, numbers of people or dates of birth. Which"
            " figures differ is worked out and printed under it."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what changed, in one sentence."},
    )
