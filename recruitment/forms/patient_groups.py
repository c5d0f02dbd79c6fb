"""What was changed after patient groups spoke (16, 12.1 section 13)."""

from datetime import datetime
from typing import Any

from django import forms

from accounts.models import User
from recruitment.forms.asks import FOR_SPONSORS, wide
from recruitment.forms.confirming import ConfirmsWords
from recruitment.forms.fields import LineField, day_field
from recruitment.models import PatientGroupChange, StudySite
from recruitment.rules.patient_groups import MAX_CHANGE, ChangeTarget, InputTopic
from recruitment.services.patient_groups import record_patient_change


class PatientChangeForm(ConfirmsWords):
    """One change: what was spoken of, what was changed, since when, and a sentence for sponsors."""

    topic = forms.ChoiceField(
        label="What a patient group spoke of",
        choices=[("", "Choose"), *InputTopic.choices],
        error_messages={"required": "Choose what was spoken of."},
    )
    target = forms.ChoiceField(
        label="What was changed",
        choices=[("", "Choose"), *ChangeTarget.choices],
        error_messages={"required": "Choose what was changed."},
    )
    on = day_field("Changed on")
    words = LineField(
        label="In one sentence",
        max_length=MAX_CHANGE,
        widget=wide(),
        help_text=FOR_SPONSORS,
        error_messages={"required": "Say what was changed."},
    )

    def __init__(self, *args: Any, study_site: StudySite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study_site = study_site
        self.fields["on"].error_messages["required"] = "Choose the day of the change."

    def run(self, *, by: User, at: datetime) -> PatientGroupChange:
        """Write it down. Raises InvalidInput."""
        data = self.cleaned_data
        return record_patient_change(
            study_site=self.study_site,
            topic=InputTopic(data["topic"]),
            target=ChangeTarget(data["target"]),
            words=data["words"],
            on=data["on"],
            by=by,
            at=at,
            confirmed=self.confirmed,
        )
