"""What a site lead may add to a report: one sentence. The figures cannot be typed over (LR3)."""

import re

from django import forms

from reporting.figures.narrative import findings

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
