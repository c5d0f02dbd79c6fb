"""What a site lead may add to a report: sentences. The figures cannot be typed over (LR3)."""

import copy
import hashlib
import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile

from recruitment.forms.fields import LineField
from recruitment.forms.setup.base import BIGGEST_KEY, INCOMPLETE
from recruitment.rules.asks.checks import MAX_COMMENT, MAX_QUESTION
from recruitment.rules.asks.codes import AnswerChoice
from reporting.figures.revisions import REASONS
from reporting.services.revising import MAX_CHANGED

LONGEST = 400  # characters; the paper has room for this much above the figures


class IssueForm(forms.Form):
    """The site lead's sentence, and which snapshot her page showed.

    The confirmation is there only once the sentence was refused for what it seems to hold (F6).
    """

    note = LineField(
        label="A sentence from the site",
        required=False,
        max_length=LONGEST,
        help_text="Printed over the figures. No names, numbers of people or dates of birth.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_no_hit = forms.BooleanField(
        label="It is none of that: print the sentence as it is",
        required=False,
        help_text="That you say so goes on record, with the kind and the place of what was found.",
    )
    confirms = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.data.get("confirms"):
            self._ask_no_confirmation()

    def _ask_no_confirmation(self) -> None:
        for name in ("is_no_hit", "confirms"):
            self.fields.pop(name, None)

    def renew(self, seen: str) -> None:
        """Let the form be sent again over the snapshot as it is now; the sentence stays."""
        self._set(seen=seen)

    def offer(self, token: str) -> None:
        """Ask whether what was found in this sentence is none; a changed one is looked at anew."""
        for name in ("is_no_hit", "confirms"):
            self.fields[name] = copy.deepcopy(self.base_fields[name])
        self._set(confirms=token, is_no_hit="")

    def _set(self, **values: str) -> None:
        self.data = {**{name: self.data.get(name) for name in self.data}, **values}

    @property
    def confirmed(self) -> str:
        """The token of what was confirmed to be no hit, once the form is valid; "" for none."""
        return str(self.cleaned_data["confirms"]) if self.cleaned_data.get("is_no_hit") else ""


MOST_BYTES = 10 * 1024 * 1024
PDF_BEGINS = b"%PDF-"
A_DIGEST = re.compile(r"[0-9a-f]{12}|[0-9a-f]{64}")


class VerifyForm(forms.Form):
    """A PDF or a hash; `digest` is there once the form is valid. The file is hashed, not opened."""

    file = forms.FileField(
        label="The PDF",
        required=False,
        allow_empty_file=True,
        max_length=200,
        help_text="At most 10 MB. It is compared and not kept.",
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"max_length": "The name of the file is too long. Rename it."},
    )
    hash = LineField(
        label="Or its hash",
        required=False,
        max_length=200,
        help_text="The 12 letters at the foot of each page, or the SHA-256 of the file.",
    )

    def clean_file(self) -> str:
        """The SHA-256 of the file, "" without one. Refuses what is too large or no PDF."""
        file = cast("UploadedFile[bytes] | None", self.cleaned_data["file"])
        if not file:
            return ""
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError("The file is too large: a report has less than 10 MB.")
        whole, first = hashlib.sha256(), b""
        for chunk in file.chunks():
            first = first or bytes(chunk[: len(PDF_BEGINS)])
            whole.update(chunk)
        if first != PDF_BEGINS:
            raise forms.ValidationError("This file is no PDF. Choose the PDF of a report.")
        return whole.hexdigest()

    def clean_hash(self) -> str:
        """The hash in lower case without blanks, "" without one."""
        digest = "".join(str(self.cleaned_data["hash"]).lower().split())
        if digest and not A_DIGEST.fullmatch(digest):
            raise forms.ValidationError("A hash is 12 or 64 digits and letters from a to f.")
        return digest

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        found = super().clean() or {}
        given = [found.get(name) for name in ("file", "hash") if found.get(name)]
        if len(given) != 1 and not self.errors:
            raise forms.ValidationError("Choose a PDF or type a hash, one of the two.")
        return found

    @property
    def digest(self) -> str:
        """What to look for."""
        return str(self.cleaned_data["file"] or self.cleaned_data["hash"])


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


class PortalAnswerForm(forms.Form):
    """The sponsor's answer to a question of a report: a choice, and words (AS2)."""

    choice = forms.ChoiceField(
        label="Your answer",
        choices=AnswerChoice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the answer."},
    )
    comment = LineField(
        label="In words",
        max_length=MAX_COMMENT,
        required=False,
        help_text="Printed in the next report. No names and no details of a person.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=BIGGEST_KEY,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), INCOMPLETE),
    )

    def renew(self, seen: int) -> None:
        """Let the form be sent again over the question as it is now; what was typed stays."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": str(seen)}


class PortalQuestionForm(forms.Form):
    """A question of a reader about one printed number of a report (AS3)."""

    about = forms.ChoiceField(
        label="Which number",
        error_messages={
            "required": "Choose the number.",
            "invalid_choice": "The report does not print this number. Choose another.",
        },
    )
    question = LineField(
        label="Your question",
        max_length=MAX_QUESTION,
        help_text="No names and no details of a person.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the question."},
    )

    def __init__(self, *args: Any, printed: Mapping[str, str], **kwargs: Any) -> None:
        """`printed` are the numbers of the report, by code."""
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["about"])
        field.choices = [("", "Choose"), *printed.items()]
