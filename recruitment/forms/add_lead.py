"""Entering a lead by hand: who asked, how she may be reached, and about which study (D3, D31)."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings

from accounts.models import User
from recruitment.forms.fields import LineField, field_of
from recruitment.models import Lead, StudySite
from recruitment.queries.likeness import Likeness, leads_like
from recruitment.queries.queue_filters import sources_of
from recruitment.rules.identity import NAME_LIMIT, keyed_hash, normalize_email, normalize_phone
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.vocabulary import Channel, ContactBasis, PermissionState
from recruitment.services.intake import Enquirer, receive_lead

SAID = [("", "As the source says"), *PermissionState.choices]
ROW = {"class": "options--row"}


class AddLeadForm(forms.Form):
    """A lead by hand. `study_sites` are those on which the user may work."""

    study_site = forms.ChoiceField(label="Study and site")
    source = forms.ChoiceField(label="Source")
    first_name = LineField(label="First name", max_length=NAME_LIMIT, required=False)
    last_name = LineField(label="Last name", max_length=NAME_LIMIT, required=False)
    phone = LineField(label="Phone", max_length=60, required=False)
    email = LineField(label="E-mail", max_length=254, required=False)
    birth_year = forms.IntegerField(
        label="Birth year",
        required=False,
        error_messages={"invalid": "Write the year in four digits, such as 1968."},
    )
    basis = forms.ChoiceField(
        label="Why this person may be contacted",
        required=False,
        choices=[("", "As the source says"), *ContactBasis.choices],
    )
    may_phone = forms.ChoiceField(
        label="Calls", required=False, choices=SAID, widget=forms.RadioSelect(attrs=ROW)
    )
    may_text = forms.ChoiceField(
        label="Text messages", required=False, choices=SAID[1:], widget=forms.RadioSelect(attrs=ROW)
    )
    may_email = forms.ChoiceField(
        label="E-mails", required=False, choices=SAID, widget=forms.RadioSelect(attrs=ROW)
    )
    best_time = LineField(label="Best time", max_length=80, required=False)
    language = LineField(label="Language", max_length=40, required=False, initial="English")
    location_band = LineField(label="Lives", max_length=80, required=False)
    stated_interest = LineField(
        label="In the person's own words",
        max_length=300,
        required=False,
        help_text="Why the person asked. No health details that are not needed.",
    )
    is_mine = forms.BooleanField(label="I take this lead", required=False, initial=True)
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    confirmed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, study_sites: Sequence[StudySite]
    ) -> None:
        super().__init__(data)
        self.draft_said, self.draft_back = "", False
        self.study_sites = {str(row.pk): row for row in study_sites}
        self.sources = {str(row.pk): row for row in sources_of(study_sites)}
        self._choose("study_site", [(key, str(row)) for key, row in self.study_sites.items()])
        self._choose(
            "source",
            [
                (key, f"{row.name}, {row.study.code}")
                for key, row in self.sources.items()
                if row.state == "live"
            ],
        )
        self.initial["once"] = secrets.token_urlsafe(12)
        if len(self.study_sites) == 1:
            self.initial["study_site"] = next(iter(self.study_sites))
        self.initial.setdefault("may_text", PermissionState.UNKNOWN)

    def clean(self) -> dict[str, Any]:
        """Check what needs more than one field: reachable, and a source of the study."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        study_site = self.study_sites.get(data.get("study_site", ""))
        source = self.sources.get(data.get("source", ""))
        if study_site and source and source.study_id != study_site.study_id:
            self.add_error("source", "This source belongs to another study.")
        region = study_site.site.country if study_site else "US"
        data["phone_value"] = normalize_phone(data.get("phone", ""), region)
        data["email_value"] = normalize_email(data["email"]) if data.get("email") else None
        if data.get("phone") and data["phone_value"] is None:
            self.add_error("phone", "This is not a number that can be dialed. Add the area code.")
        if data.get("email") and data["email_value"] is None:
            self.add_error("email", "This is not an e-mail address.")
        if not (data.get("phone") or data.get("email")):
            self.add_error("phone", "Give a phone number or an e-mail address.")
        return data

    def clean_birth_year(self) -> int | None:
        """A year that somebody living may have been born in."""
        year: int | None = self.cleaned_data["birth_year"]
        if year is not None and not 1900 <= year <= 2100:
            raise forms.ValidationError("Write the year in four digits, such as 1968.")
        return year

    def alike(self, user: User, *, at: datetime) -> list[Likeness]:
        """Leads that may be of the same person, among those the user may see."""
        data = self.cleaned_data
        return leads_like(
            user,
            phones=[data["phone_value"]] if data["phone_value"] else [],
            emails=[data["email_value"]] if data["email_value"] else [],
            first_name=data["first_name"],
            last_name=data["last_name"],
            birth_year=data["birth_year"],
            at=at,
        )

    def save(self, *, by: User, at: datetime) -> Lead:
        """Receive the lead; a form sent twice as it was makes one. Raises Refusal."""
        data = self.cleaned_data
        return receive_lead(
            study_site=self.study_sites[data["study_site"]],
            source=self.sources[data["source"]],
            enquirer=self._enquirer(),
            received_at=at,
            by=by,
            at=at,
            basis=ContactBasis(data["basis"]) if data["basis"] else None,
            owner=by if data["is_mine"] else None,
            once_key=self._once_key(by),
            stated_interest=data["stated_interest"],
        )

    def refuse(self, refusal: Refusal) -> None:
        """Put the service's sentence at its field, or over the form."""
        field = refusal.field if isinstance(refusal, InvalidInput) else ""
        self.add_error(field if field in self.fields else None, str(refusal))

    def ask_again(self) -> None:
        """The next time it is sent, the user has seen who may be the same person."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "confirmed": "1"}

    def _once_key(self, by: User) -> str | None:
        """The page's own key with who was entered: the same page for somebody else is no repeat."""
        data = self.cleaned_data
        if not data["once"]:
            return None
        names = ("once", "study_site", "source", "first_name", "last_name")
        given = [data[name] for name in names] + [data["phone_value"], data["email_value"]]
        said = "\n".join(value or "" for value in given)
        return f"entry:{by.pk}:{keyed_hash(said, settings.HASH_KEY)}"

    def _enquirer(self) -> Enquirer:
        data = self.cleaned_data
        said = {
            Channel.PHONE: data["may_phone"],
            Channel.TEXT: data["may_text"],
            Channel.EMAIL: data["may_email"],
        }
        return Enquirer(
            first_name=data["first_name"],
            last_name=data["last_name"],
            phones=(data["phone_value"],) if data["phone_value"] else (),
            emails=(data["email_value"],) if data["email_value"] else (),
            permissions={c: PermissionState(word) for c, word in said.items() if word},
            birth_year=data["birth_year"],
            language=data["language"] or "English",
            location_band=data["location_band"],
            best_time=data["best_time"],
        )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = field_of(self, name, forms.ChoiceField)
        field.choices = [("", "Choose"), *choices]
