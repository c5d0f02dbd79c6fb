"""A view of the queue under a name."""

from collections.abc import Sequence
from typing import Any

from django import forms

from recruitment.forms.fields import LineField
from recruitment.models import Site
from recruitment.services.saved_views import MOST_NAME


class SavedViewForm(forms.Form):
    """Its name, and whether colleagues at a site have it, too."""

    name = LineField(
        label="Name",
        max_length=MOST_NAME,
        help_text="Your list of views shows it. Name no person.",
        error_messages={"required": "Give the view a name."},
    )
    site = forms.ChoiceField(
        label="Who has it",
        required=False,
        help_text="Everybody sees the leads that she may see, and no others.",
    )

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {str(site.pk): site for site in sites}
        shared = [(key, f"Everybody at {site.name}") for key, site in self.sites.items()]
        self.fields["site"] = forms.ChoiceField(
            label=self.fields["site"].label,
            help_text=self.fields["site"].help_text,
            required=False,
            choices=[("", "Only me"), *shared],
        )

    @property
    def site_chosen(self) -> Site | None:
        """The site it is shared with; None for nobody else."""
        return self.sites.get(self.cleaned_data["site"])
