"""Forms that end the work on a lead, and the one that takes it up again (9, D26, LC11)."""

from collections.abc import Sequence
from datetime import datetime, time

from django import forms

from accounts.models import User
from recruitment.forms.code_field import CodeField
from recruitment.forms.fields import BlockField, LineField, day_field, field_of
from recruitment.forms.happened import HappenedForm
from recruitment.forms.lead_form import LeadForm, NextStepForm
from recruitment.forms.lead_work import moves_of
from recruitment.forms.spoken import SpokenForm
from recruitment.forms.staff_field import StaffField, offer_staff
from recruitment.forms.sub_reasons import SubReasonField, offer_sub_reasons
from recruitment.models import Lead
from recruitment.queries.closing import first_response_at
from recruitment.queries.lead_page import LeadPage
from recruitment.rules.attribution import family_of, is_slow_follow_up
from recruitment.rules.closing import CRITERIA_CODES, CloseCode
from recruitment.rules.closing_phases import (
    KNOCK_OUT_CODES,
    contributing_codes,
    legal_codes,
)
from recruitment.rules.next_actions import first_response_due
from recruitment.rules.reopening import MAX_RENEWED
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.terms import Terms
from recruitment.rules.texts import MAX_NOTE
from recruitment.rules.vocabulary import TWO_WAY, Channel, ContactResult, SourceKind
from recruitment.services.attempt_policy import policy_of
from recruitment.services.closing import close_lead
from recruitment.services.knock_outs import close_at_knock_out
from recruitment.services.moves import move_lead
from recruitment.services.overrides import MAX_REASON
from recruitment.services.reopening import reopen_lead
from trialsnest.lib.words import clock, day_short
from trialsnest.lib.zones import instant_of, local_time

NONE = ("", "None")


def _labels(codes: Sequence[CloseCode]) -> list[tuple[str, str]]:
    return [(code.value, code.label) for code in codes]


def _derived_words(lead: Lead, terms: Terms, page: LeadPage | None) -> str:
    """Under which family a close as could-not-reach would count now; nobody picks it (DX1)."""
    kind = SourceKind(lead.source.kind)
    cadence = policy_of(lead.study_site.study).attempts
    slow = is_slow_follow_up(
        first_response_at=page.first_response_at if page else first_response_at(lead),
        due_at=first_response_due(lead.received_at, kind, terms),
        attempts=lead.attempts,
        cadence=cadence,
    )
    family = family_of(CloseCode.CONTACT_UNREACHED, slow_follow_up=slow)
    return (
        f"“{CloseCode.CONTACT_UNREACHED.label}” would count under {family.label.lower()}:"
        " the log says so, nobody chooses it."
    )


class CloseForm(SpokenForm, HappenedForm):
    """End the work on a lead, with its reason; the code says how it is closed (CL1-CL4)."""

    key, title, url_name = "close", "Close this lead", "lead_close"
    save_label, done = "Close lead", "Lead closed."

    reason = CodeField("Main reason")
    sub_reason = SubReasonField()
    contributing_1 = forms.ChoiceField(label="Contributing reason", required=False)
    contributing_2 = forms.ChoiceField(label="Second contributing reason", required=False)
    until = day_field(
        "May be asked again from",
        required=False,
        help_text=f"Only for “{CloseCode.NOT_NOW.label}”; within two years.",
    )
    decided_by = StaffField()
    override = LineField(
        label="Why before the cadence is used up",
        max_length=MAX_REASON,
        required=False,
        help_text=f"For a site lead, with “{CloseCode.CONTACT_UNREACHED.label}”.",
    )
    note = BlockField(label="Note", max_length=MAX_NOTE, required=False, help_text="Stays on site.")
    field_order = (
        *("seen", "reason", "sub_reason", "until", "decided_by", "override"),
        *("contributing_1", "contributing_2", "note", "happened_on", "happened_time"),
        *("contact", "contact_channel", "contact_note"),
    )

    @property
    def caution(self) -> str:
        """Until when the person may still call back: could-not-reach waits for that (CD2, D27)."""
        lead = self.lead
        until = lead.stale_at if lead.stage == Stage.NO_RESPONSE else None
        if until is None or until <= self.at:
            return ""
        there = local_time(until, self.zone)
        return (
            f"In its call-back window until {day_short(there)} {clock(there)}: "
            f"“{CloseCode.CONTACT_UNREACHED.label}” closes the lead from then on."
        )

    def prepare(self) -> None:
        """Offer what may close the lead in its stage."""
        super().prepare()
        stage = Stage(self.lead.stage)
        codes = legal_codes(stage)
        self.codes("reason", _labels(codes))
        others = [NONE, *_labels(contributing_codes(stage))]
        self.codes("contributing_1", others)
        self.codes("contributing_2", others)
        offer_sub_reasons(self, self.lead.study_site.study, codes, "close")
        offer_staff(self, team_only=stage == Stage.SCREENED)
        if stage != Stage.SCREENED and not CRITERIA_CODES & set(codes):
            del self.fields["decided_by"]
        if CloseCode.CONTACT_UNREACHED not in codes:
            del self.fields["override"]
        elif not self.is_bound:
            self.fields["reason"].help_text = _derived_words(self.lead, self.terms, self.page)
        self.fields["note"].widget.attrs["rows"] = 2

    def run(self, *, by: User, at: datetime) -> None:
        """Close; the service refuses a close without what its reason needs."""
        data = self.cleaned_data
        until = data["until"]
        others = (data["contributing_1"], data["contributing_2"])
        close_lead(
            lead=self.lead,
            code=CloseCode(data["reason"]),
            by=by,
            at=at,
            seen=self.seen_version,
            contributing=[code for code in others if code],
            sub_reason=data.get("sub_reason"),
            until=instant_of(until, time(9), self.zone) if until else None,
            decided_by=data.get("decided_by"),
            override=data.get("override", ""),
            note=data["note"],
            occurred_at=self.happened_at,
            spoke=self.spoke,
        )


class KnockOutForm(LeadForm):
    """Close at a knock-out answer, with everything that the same call did (D26)."""

    key, title, url_name = "knock-out", "Close at a knock-out answer", "lead_knock_out"
    save_label, done = "Close lead", "Lead closed; the prescreen and its review are recorded."

    reason = CodeField("The answer was about")
    channel = forms.ChoiceField(
        label="Spoken by", required=False, choices=[("", "No contact in this step")]
    )
    result = forms.ChoiceField(
        label="How the person answered",
        required=False,
        choices=[("", "No contact in this step")]
        + [(result.value, result.label) for result in ContactResult if result in TWO_WAY],
    )
    decided_by = StaffField()
    note = BlockField(label="Note", max_length=MAX_NOTE, required=False, help_text="Stays on site.")

    def prepare(self) -> None:
        """Offer criteria that a prescreen asks about, and who may decide on one."""
        self.codes("reason", _labels(KNOCK_OUT_CODES))
        nothing = ("", "No contact in this step")
        self.codes("channel", [nothing, *[(c.value, c.label) for c in Channel]])
        offer_staff(self)
        field = field_of(self, "decided_by", StaffField)
        known = [(key, str(row)) for key, row in field.staff.items()]
        self.choices("decided_by", [("", "You, if you are delegated for prescreening"), *known])
        self.fields["note"].widget.attrs["rows"] = 2

    def run(self, *, by: User, at: datetime) -> None:
        """Write the contact, the prescreen, the review and the close in one step."""
        data = self.cleaned_data
        close_at_knock_out(
            lead=self.lead,
            code=CloseCode(data["reason"]),
            decided_by=data["decided_by"],
            by=by,
            at=at,
            seen=self.seen_version,
            channel=Channel(data["channel"]) if data["channel"] else None,
            result=ContactResult(data["result"]) if data["result"] else None,
            note=data["note"],
        )


class EnrollForm(HappenedForm):
    """Record that the study team enrolled the person, and when they decided it (LC7)."""

    key, title, url_name = "enroll", "Record the enrollment", "lead_enroll"
    save_label, done = "Record enrollment", "Enrollment recorded."

    decided_by = StaffField()
    note = BlockField(label="Note", max_length=MAX_NOTE, required=False, help_text="Stays on site.")
    field_order = ("seen", "decided_by", "note", "happened_on", "happened_time")

    def prepare(self) -> None:
        """Offer the study team."""
        offer_staff(self, team_only=True)
        self.fields["note"].widget.attrs["rows"] = 2

    def run(self, *, by: User, at: datetime) -> None:
        """Record it; the service refuses it without who decided."""
        move_lead(
            lead=self.lead,
            to=Stage.ENROLLED,
            by=by,
            at=at,
            seen=self.seen_version,
            decided_by=self.cleaned_data["decided_by"],
            note=self.cleaned_data["note"],
            occurred_at=self.happened_at,
        )


class ReopenForm(NextStepForm):
    """Take a closed lead back into work, with its next action (LC11)."""

    key, title, url_name = "reopen", "Reopen this lead", "lead_reopen"
    save_label, done = "Reopen lead", "Lead reopened."

    to = forms.ChoiceField(
        label="Reopen to",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the stage to reopen to.",
            "invalid_choice": "Choose one of the stages shown.",
        },
    )
    came_back = forms.BooleanField(
        label="The person came back by own wish",
        required=False,
        help_text="Needed where the person had asked not to be contacted; that is lifted then.",
    )
    renewed = LineField(label="How the person came back", max_length=MAX_RENEWED, required=False)
    decided_by = StaffField()
    override = LineField(
        label="Why before everything is ready",
        max_length=MAX_REASON,
        required=False,
        help_text="For a site lead, where the stage waits for something.",
    )
    note = BlockField(label="Note", max_length=MAX_NOTE, required=False, help_text="Stays on site.")
    field_order = ("seen", "to", "came_back", "renewed", "decided_by", "override", "note")

    def prepare(self) -> None:
        """Offer the stage it came from and Coordinator review; a past visit is not booked."""
        shut = CLOSED | {Stage.SCHEDULED}
        moves = [stage for stage in moves_of(self) if stage not in shut]
        self.codes("to", [(stage.value, self.stage_label(stage)) for stage in moves])
        offer_staff(self)
        if Stage.SCREENED not in moves:
            del self.fields["decided_by"]
        if Stage.READY_TO_SCHEDULE not in moves:
            del self.fields["override"]
        self.fields["note"].widget.attrs["rows"] = 2

    def run(self, *, by: User, at: datetime) -> None:
        """Reopen; the service says who may, and what is missing."""
        data = self.cleaned_data
        to = Stage(data["to"])
        plan = self.plan(self.proposed(to, at), at)
        assert plan is not None  # noqa: S101  (this form has no choice to keep)
        said = reopen_lead(
            lead=self.lead,
            to=to,
            plan=plan,
            by=by,
            at=at,
            seen=self.seen_version,
            note=data["note"],
            renewed=data["renewed"] if data["came_back"] else "",
            decided_by=data.get("decided_by"),
            override=data.get("override", ""),
        )
        # Of this form sent, not of its class
        self.done = f"Lead reopened. {said}".strip()  # type: ignore[misc]
