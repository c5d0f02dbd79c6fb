"""What the person allows: a word on one channel, an opt-out with its scope, and its lifting."""

from datetime import datetime
from functools import cached_property

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField, day_field
from recruitment.forms.lead_form import LeadForm
from recruitment.rules.permissions import Scope
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import Channel, ContactBasis, PermissionState
from recruitment.services.opt_out_scope import asks_scope
from recruitment.services.opt_outs import MAX_HOW, lift_opt_out, opt_out
from recruitment.services.permissions import MAX_GIVEN, MAX_WORDING, Word, record_permission
from trialsnest.lib.zones import local_time, start_of


class PermissionForm(LeadForm):
    """Whether the person may be contacted on one channel (DN1), and on what basis at all (13.3)."""

    key, title, url_name = "permission", "Record a permission", "lead_permission"
    save_label, done = "Record permission", "Permission recorded."

    channel = forms.ChoiceField(
        label="Channel",
        choices=Channel.choices,
        error_messages={"required": "Choose a channel.", "invalid_choice": "Choose a channel."},
    )
    state = forms.ChoiceField(
        label="The person said",
        choices=PermissionState.choices,
        widget=forms.RadioSelect(attrs={"class": "options--row"}),
        error_messages={"required": "Choose what the person said."},
    )
    how = LineField(
        label="How it was given",
        max_length=MAX_GIVEN,
        help_text="Such as: by phone, on the web form, in the letter of 2 March.",
        error_messages={"required": "Say how it was given."},
    )
    wording = LineField(label="Version of the wording", max_length=MAX_WORDING, required=False)
    on = day_field("On", required=False, help_text="Empty: today.")
    basis = forms.ChoiceField(
        label="Why this person may be contacted", required=False, choices=[("", "As it is")]
    )

    def prepare(self) -> None:
        """Offer a contact basis only where none stands."""
        if self.lead.basis == ContactBasis.MISSING:
            known = [(b.value, b.label) for b in ContactBasis if b != ContactBasis.MISSING]
            self.choices("basis", [("", "Still none"), *known])
        else:
            del self.fields["basis"]

    def run(self, *, by: User, at: datetime) -> None:
        """Record it; the latest word counts."""
        data = self.cleaned_data
        basis = data.get("basis")
        record_permission(
            lead=self.lead,
            word=Word(
                channel=Channel(data["channel"]),
                state=PermissionState(data["state"]),
                how=data["how"],
                wording=data["wording"],
                given_at=self._given_at(at),
            ),
            basis=ContactBasis(basis) if basis else None,
            by=by,
            at=at,
            seen=self.seen_version,
        )

    def _given_at(self, at: datetime) -> datetime | None:
        """The beginning of the day it was given; None for today."""
        on = self.cleaned_data["on"]
        if on is None or on == local_time(at, self.zone).date():
            return None
        if on > local_time(at, self.zone).date():
            raise InvalidInput("The day lies in the future.", field="on")
        return start_of(on, self.zone)


class OptOutForm(LeadForm):
    """The person wants no contact: what that ends, and how it was said (DN2, DN3, D25)."""

    key, title, url_name = "opt-out", "Record an opt-out", "lead_opt_out"
    save_label, done = "Record opt-out", "Opt-out recorded. It holds from now on."

    scope = forms.ChoiceField(
        label="It ends",
        choices=[(scope.value, scope.label) for scope in reversed(Scope)],
        widget=forms.RadioSelect,
        help_text="If nothing else was said, it ends everything here.",
        error_messages={"required": "Choose what it ends."},
    )
    channel = forms.ChoiceField(
        label="Channel",
        required=False,
        choices=[("", "None"), *Channel.choices],
        help_text="For one channel only. Who wants no calls gets no texts either.",
    )
    how = LineField(
        label="How the person asked for it",
        max_length=MAX_HOW,
        help_text="At most one confirmation may be sent, and nobody is talked out of it.",
        error_messages={"required": "Say how the person asked for it."},
    )

    def prepare(self) -> None:
        """Choose nothing beforehand where the scope has to be asked; looked up when shown."""
        self.initial["scope"] = lambda: "" if self.is_asked else Scope.ORGANISATION

    @cached_property
    def is_asked(self) -> bool:
        """Whether the scope has to be asked (D25)."""
        return asks_scope(self.lead)

    @property
    def caution(self) -> str:
        """To ask what the opt-out ends, where it might end more than is meant."""
        asked = "Ask what it ends: this person has another open lead or a booked visit."
        return asked if self.is_asked else ""

    def run(self, *, by: User, at: datetime) -> None:
        """Record it; planned contact within scope ends at once."""
        data = self.cleaned_data
        scope = Scope(data["scope"])
        only = Channel(data["channel"]) if data["channel"] and scope == Scope.CHANNEL else None
        opt_out(
            lead=self.lead,
            scope=scope,
            channel=only,
            how=data["how"],
            by=by,
            at=at,
            seen=self.seen_version,
        )


class OptOutLiftForm(LeadForm):
    """The person got in touch again, so that contact is allowed once more (LC11)."""

    key, title, url_name = "lift", "Lift the opt-out", "lead_opt_out_lift"
    save_label, done = "Lift opt-out", "Opt-out lifted. Ask which channels are agreed to."

    how = LineField(
        label="How the person got in touch again",
        max_length=MAX_HOW,
        help_text="Only the person's own renewed contact lifts an opt-out.",
        error_messages={"required": "Say how the person got in touch again."},
    )

    def run(self, *, by: User, at: datetime) -> None:
        """Lift what governs this lead."""
        lift_opt_out(
            lead=self.lead, how=self.cleaned_data["how"], by=by, at=at, seen=self.seen_version
        )
