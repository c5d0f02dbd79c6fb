"""Correcting who somebody is and how she is reached, with the reason (AU4, D24)."""

from datetime import datetime
from typing import Any

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField
from recruitment.forms.lead_form import LeadForm
from recruitment.models import ContactPoint
from recruitment.rules.area_codes import (
    ANCHORAGE,
    CENTRAL,
    EASTERN,
    GUAM,
    HONOLULU,
    MOUNTAIN,
    PACIFIC,
    PHOENIX,
    PUERTO_RICO,
)
from recruitment.rules.identity import NAME_LIMIT
from recruitment.rules.identity.phones import phone_words
from recruitment.rules.permissions import Point
from recruitment.rules.person_details import MAX_BAND, MAX_LANGUAGE
from recruitment.services.people import (
    MAX_REASON,
    NewPoint,
    add_contact_point,
    correct_person,
    end_contact_point,
    replace_contact_point,
)
from trialsnest.lib import shield
from trialsnest.lib.words import zone_words

ADD = "add"
BEHIND_SHIELD = "Show names again in your menu first; the shield hides what is corrected here."
WHY = {"required": "Say why this is corrected."}
ZONES = (EASTERN, CENTRAL, MOUNTAIN, PHOENIX, PACIFIC, ANCHORAGE, HONOLULU, PUERTO_RICO, GUAM)


class NamingForm(LeadForm):
    """A form about who somebody is: not while the shield hides that (D34)."""

    keeps_fields = False

    def clean(self) -> dict[str, Any] | None:
        """Refuse while the shield is up; nobody can correct what she cannot see."""
        if shield.is_up():
            raise forms.ValidationError(BEHIND_SHIELD)
        return super().clean()


class PersonForm(NamingForm):
    """Name, birth year, language, interpreter, location and zone; old and new are kept."""

    key, title, url_name = "person", "Correct personal details", "lead_person"
    save_label, done = "Save details", "Details corrected."

    first_name = LineField(label="First name", max_length=NAME_LIMIT, required=False)
    last_name = LineField(label="Last name", max_length=NAME_LIMIT, required=False)
    birth_year = forms.IntegerField(
        label="Birth year",
        required=False,
        error_messages={"invalid": "Write the year in four digits, such as 1968."},
    )
    language = LineField(
        label="Language",
        max_length=MAX_LANGUAGE,
        error_messages={"required": "Write the language."},
    )
    needs_interpreter = forms.BooleanField(label="Needs an interpreter", required=False)
    location_band = LineField(
        label="Lives",
        max_length=MAX_BAND,
        required=False,
        help_text="A region or a distance, never the address.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone the person stated",
        required=False,
        error_messages={"invalid_choice": "Choose a time zone of the list."},
    )
    reason = LineField(label="Why", max_length=MAX_REASON, error_messages=WHY)

    def prepare(self) -> None:
        """Begin with what is on file."""
        person = self.lead.person
        stated = person.time_zone_basis == "stated"
        zones = dict.fromkeys((self.zone, *ZONES, person.time_zone))
        named = [(zone, f"{zone_words(zone)} ({zone})") for zone in zones]
        self.choices("time_zone", [("", "Not stated"), *named])
        self.initial.update(
            first_name=person.first_name,
            last_name=person.last_name,
            birth_year=person.birth_year,
            language=person.language,
            needs_interpreter=person.needs_interpreter,
            location_band=person.location_band,
            time_zone=person.time_zone if stated else "",
        )

    def run(self, *, by: User, at: datetime) -> None:
        """Write what differs."""
        data = dict(self.cleaned_data)
        reason = data.pop("reason")
        data.pop("seen")
        correct_person(
            lead=self.lead, values=data, reason=reason, by=by, at=at, seen=self.seen_version
        )


class ContactPointForm(NamingForm):
    """Add a number or address, replace one by it, or end one that is not theirs."""

    key, title, url_name = "point", "Correct phone or e-mail", "lead_contact_point"
    save_label, done = "Save phone or e-mail", "Phone or e-mail corrected."

    point = forms.ChoiceField(
        label="What is corrected",
        error_messages={"invalid_choice": "Choose one of the list."},
    )
    kind = forms.ChoiceField(
        label="The new one is",
        choices=[("", "None: nobody uses the old one any more"), *ContactPoint.KINDS],
        required=False,
    )
    value = LineField(label="New number or address", max_length=254, required=False)
    whose = forms.ChoiceField(label="Whose it is", choices=ContactPoint.WHOSE, required=False)
    voicemail_ok = forms.BooleanField(label="Voicemail may be left", required=False)
    reason = LineField(label="Why", max_length=MAX_REASON, error_messages=WHY)

    def prepare(self) -> None:
        """Offer to add, and every number and address of now."""
        known = [
            (str(p.key), f"{self._words(p)}, {p.whose_words.lower()}")
            for p in self.reach.contact.points
        ]
        self.choices("point", [(ADD, "Nothing: add another one"), *known])

    def _words(self, point: Point) -> str:
        if point.kind == "phone":
            return phone_words(point.value, self.site.country)
        return shield.words(point.value)

    def run(self, *, by: User, at: datetime) -> None:
        """Add, replace or end."""
        data = self.cleaned_data
        new = NewPoint(data["kind"], data["value"], data["whose"] or "self", data["voicemail_ok"])
        reason, lead, seen = data["reason"], self.lead, self.seen_version
        if data["point"] == ADD:
            add_contact_point(lead=lead, point=new, reason=reason, by=by, at=at, seen=seen)
        elif data["kind"] or data["value"]:
            replace_contact_point(
                lead=lead,
                key=int(data["point"]),
                point=new,
                reason=reason,
                by=by,
                at=at,
                seen=seen,
            )
        else:
            end_contact_point(
                lead=lead, key=int(data["point"]), reason=reason, by=by, at=at, seen=seen
            )
