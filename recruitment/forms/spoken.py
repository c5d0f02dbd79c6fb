"""Fields that log the contact of which a booking or a close came, in the same request (OA4)."""

from django import forms

from recruitment.forms.fields import BlockField
from recruitment.forms.lead_form import LeadForm
from recruitment.rules.texts import MAX_NOTE
from recruitment.rules.vocabulary import Channel, ContactResult
from recruitment.services.spoken import Spoke

RESULTS = (ContactResult.REACHED, ContactResult.CALLED_US, ContactResult.REPLIED)


class SpokenForm(LeadForm):
    """A form that may say that its step came of a contact that is logged nowhere else.

    The outcome pad opens it with what was chosen and typed there.
    """

    contact = forms.ChoiceField(
        label="Log with it",
        required=False,
        choices=[("", "No contact"), *((row.value, row.label) for row in RESULTS)],
        help_text="The contact in which this was said, where it is not logged yet.",
    )
    contact_channel = forms.ChoiceField(
        label="Spoken by", required=False, choices=Channel.choices, initial=Channel.PHONE
    )
    contact_note = BlockField(label="Note of the contact", max_length=MAX_NOTE, required=False)

    def prepare(self) -> None:
        """Keep the note short on the screen."""
        super().prepare()
        self.fields["contact_note"].widget.attrs["rows"] = 2

    @property
    def spoke(self) -> Spoke | None:
        """The contact that was named; None for none."""
        data = self.cleaned_data
        if not data["contact"]:
            return None
        channel = Channel(data["contact_channel"] or Channel.PHONE)
        return Spoke(ContactResult(data["contact"]), channel, data["contact_note"])
