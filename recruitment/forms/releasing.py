"""The form that releases leads of a study's lists (D28)."""

from datetime import datetime
from typing import Any

from django import forms

from accounts.models import User
from recruitment.forms.fields import field_of
from recruitment.models import Lead, StudySite
from recruitment.services.releasing import MOST, release_leads


class ReleaseForm(forms.Form):
    """How many of the oldest leads to release now."""

    count = forms.IntegerField(
        label="How many, the oldest first",
        min_value=1,
        max_value=MOST,
        error_messages={
            "required": "Say how many.",
            "invalid": "Write a whole number.",
            "min_value": f"Release 1 to {MOST} leads at once.",
            "max_value": f"Release 1 to {MOST} leads at once.",
        },
    )

    def __init__(self, *args: Any, study_site: StudySite, left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study_site = study_site
        field_of(self, "count", forms.IntegerField).initial = left or 1

    def run(self, *, by: User, at: datetime) -> list[Lead]:
        """Release them. Raises Refusal."""
        count = self.cleaned_data["count"]
        return release_leads(study_site=self.study_site, count=count, by=by, at=at)
