"""The form that passes a call on to whoever answers for the caller (OA9)."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import cached_property

from accounts.models import User
from recruitment.forms.fields import LineField, day_field, time_field
from recruitment.models import Site
from recruitment.rules.refusals import Refusal
from recruitment.services.messages import (
    MAX_CALLER,
    MAX_TEXT,
    pass_on_message,
    read_reach,
)
from trialsnest.lib.zones import instant_of


class PassOnForm(forms.Form):
    """Who called, how to reach her, what she said, and when she wants to be called."""

    site = forms.ChoiceField(label="Site", error_messages={"required": "Choose the site."})
    reach = LineField(
        label="Telephone number or e-mail address",
        max_length=254,
        error_messages={"required": "Give a telephone number or an e-mail address."},
    )
    caller = LineField(label="Caller's name", max_length=MAX_CALLER, required=False)
    text = LineField(
        label="Message",
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In a few words. No medical detail.",
    )
    call_day = day_field("Call back on", required=False)
    call_time = time_field(
        "At", required=False, help_text="On the site's clock. Only if the caller named a time."
    )
    once = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, sites: Sequence[Site]) -> None:
        once = secrets.token_urlsafe(12)
        super().__init__(data, auto_id="message-%s", initial={"once": once})
        self.draft_said, self.draft_back = "", False
        self.sites = {str(site.pk): site for site in sites}
        field = self.fields["site"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above)
        field.choices = [(key, site.name) for key, site in self.sites.items()]

    def clean(self) -> dict[str, Any]:
        """A day comes with its time, and the number can be read as one."""
        data = super().clean() or {}
        if bool(data.get("call_day")) != bool(data.get("call_time")):
            missing = "call_time" if data.get("call_day") else "call_day"
            if missing not in self.errors:
                self.add_error(missing, "Choose the day and the time.")
        site = self.sites.get(data.get("site", ""))
        if site and data.get("reach") and not read_reach(data["reach"], country=site.country)[0]:
            self.add_error("reach", "Give a telephone number or an e-mail address.")
        return data

    @cached_property
    def call_back_at(self) -> datetime | None:
        """When to call back (UTC), typed on the site's clock; None if no time was named."""
        data = self.cleaned_data
        if not data.get("call_day"):
            return None
        zone = self.sites[data["site"]].time_zone
        return instant_of(data["call_day"], data["call_time"], zone)

    def run(self, *, by: User, at: datetime) -> None:
        """Pass it on. Raises Refusal, and then nothing is written."""
        data = self.cleaned_data
        pass_on_message(
            site=self.sites[data["site"]],
            reach=data["reach"],
            caller=data["caller"],
            text=data["text"],
            call_back_at=self.call_back_at,
            by=by,
            at=at,
            once=data["once"] or secrets.token_urlsafe(12),
        )

    def refuse(self, refusal: Refusal) -> None:
        """Put the sentence at the field it is about."""
        field = getattr(refusal, "field", None)
        self.add_error(field if field in self.fields else None, str(refusal))
