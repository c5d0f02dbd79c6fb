"""What who issues a report may add to it: sentences. The figures cannot be typed over (LR3)."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from recruitment.forms.ask_steps import offer_options, option_field
from recruitment.forms.confirming import ConfirmsWords
from recruitment.forms.fields import LineField, day_field, field_of
from recruitment.forms.ownership import PersonField, person_field
from recruitment.forms.setup.base import BIGGEST_KEY, INCOMPLETE
from recruitment.models import ReportDeputy, Site
from recruitment.rules.asks.checks import MAX_COMMENT, MAX_QUESTION
from recruitment.rules.asks.codes import AnswerChoice
from recruitment.services.deputies import name_deputy
from reporting.figures.revisions import REASONS
from reporting.services.revising import MAX_CHANGED
from trialsnest.lib.words import zone_words
from trialsnest.lib.zones import start_of

LONGEST = 400  # characters; the paper has room for this much above the figures


class IssueForm(ConfirmsWords):
    """The sentence of who issues it, and which snapshot her page showed."""

    note = LineField(
        label="A sentence from the site",
        required=False,
        max_length=LONGEST,
        help_text="Printed over the figures. No names, numbers of people or dates of birth.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def renew(self, seen: str) -> None:
        """Let the form be sent again over the snapshot as it is now; the sentence stays."""
        self.set_data(seen=seen)


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


class ReviseForm(ConfirmsWords):
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
    """The sponsor's answer to a question of a report: a choice, one of its options, words (AS2)."""

    choice = forms.ChoiceField(
        label="Your answer",
        choices=AnswerChoice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the answer."},
    )
    option = option_field()
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

    def __init__(self, *args: Any, options: str, **kwargs: Any) -> None:
        """`options` are those of the ask, one a line."""
        super().__init__(*args, **kwargs)
        offer_options(self, options)

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


class DeputyForm(forms.Form):
    """Who approves a site's reports in the place of its lead; days on the site's clock (D35)."""

    person = person_field("Deputy")
    first_on = day_field("First day")
    last_on = day_field("Last day", required=False)

    def __init__(self, *args: Any, site: Site, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site = site
        field_of(self, "person", PersonField).offer(people, with_unowned=False)
        self.fields["person"].help_text = "Somebody who works at the site and does not lead it."
        self.fields["first_on"].help_text = f"{zone_words(site.time_zone)}. Today: from now on."
        self.fields["last_on"].help_text = "Until 24:00 that day. Left empty: until you end it."

    def run(self, *, by: User, at: datetime) -> ReportDeputy:
        """Name her. Raises InvalidInput."""
        data, zone = self.cleaned_data, self.site.time_zone
        last = data["last_on"]
        return name_deputy(
            site=self.site,
            user=cast(User, field_of(self, "person", PersonField).chosen(data["person"])),
            starts_at=start_of(data["first_on"], zone),
            ends_at=start_of(last + timedelta(days=1), zone) if last else None,
            by=by,
            at=at,
        )
