"""Forms for the hand-off of a visit to study operations (CT3)."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField
from recruitment.forms.lead_form import LeadForm
from recruitment.services import ctms


class CtmsSendForm(LeadForm):
    """The sheet went to study operations."""

    key, title, url_name = "send", "Hand off to study operations", "lead_ctms_send"
    save_label, done = "Mark as sent", "Hand-off marked as sent."

    needs = LineField(
        label="Language and logistics needs",
        max_length=ctms.MAX_NEEDS,
        required=False,
        widget=forms.TextInput,
        help_text="They stand on the sheet. Say what has to be arranged, not why.",
    )

    def run(self, *, by: User, at: datetime) -> None:
        """Record that it was sent."""
        ctms.send_handoff(
            lead=self.lead, needs=self.cleaned_data["needs"], by=by, at=at, seen=self.seen_version
        )


class CtmsNumberForm(LeadForm):
    """Study operations gave a number."""

    key, title, url_name = "number", "Type back the CTMS number", "lead_ctms_acknowledge"
    save_label, done = "Save number", "The hand-off is acknowledged."

    number = LineField(
        label="CTMS or screening number",
        max_length=ctms.MAX_NUMBER,
        help_text="Stays on site; it never stands in a report.",
        error_messages={"required": "Type the number that study operations gave."},
    )

    def run(self, *, by: User, at: datetime) -> None:
        """Record the number."""
        ctms.acknowledge_handoff(
            lead=self.lead, number=self.cleaned_data["number"], by=by, at=at, seen=self.seen_version
        )


class CtmsCorrectForm(LeadForm):
    """The number was typed wrongly."""

    key, title, url_name = "renumber", "Correct the CTMS number", "lead_ctms_correct"
    save_label, done = "Correct number", "Number corrected."

    number = LineField(label="Right number", max_length=ctms.MAX_NUMBER)
    reason = LineField(label="Why it is corrected", max_length=ctms.MAX_REASON)

    def run(self, *, by: User, at: datetime) -> None:
        """Correct it; the old number is kept in the timeline."""
        ctms.correct_number(
            lead=self.lead,
            number=self.cleaned_data["number"],
            reason=self.cleaned_data["reason"],
            by=by,
            at=at,
            seen=self.seen_version,
        )
