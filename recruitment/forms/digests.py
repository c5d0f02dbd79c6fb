"""When somebody hears by e-mail what is new in her work."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.rules.recovery_codes import DigestRhythm
from recruitment.services.digests import set_rhythm


class WorkMailForm(forms.Form):
    """One's own choice; nobody sets it for another."""

    rhythm = forms.ChoiceField(
        label="When",
        choices=DigestRhythm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose when."},
    )

    def run(self, *, user: User, at: datetime) -> None:
        """Save it."""
        set_rhythm(user=user, rhythm=DigestRhythm(self.cleaned_data["rhythm"]), at=at)
