"""Logging a contact: its result, what moved, and what happens next, in one form (D20)."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.forms.fields import BlockField
from recruitment.forms.lead_form import PROPOSED, NextStepForm
from recruitment.forms.lead_work import moves_of
from recruitment.queries.lead_page import offered_channels, permissions_of
from recruitment.rules.next_actions import Plan, next_attempt
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import (
    INBOUND,
    TWO_WAY,
    ActionType,
    Channel,
    ContactResult,
    PrescreenState,
)
from recruitment.services.notes import MAX_NOTE
from recruitment.services.outreach import log_outreach

R = ContactResult
USUAL = (R.REACHED, R.NO_ANSWER, R.VOICEMAIL, R.CALL_LATER, R.SENT, R.REPLIED, R.CALLED_US)
RARER = (R.BUSY, R.UNDELIVERABLE, R.WRONG_NUMBER, R.WRONG_PERSON, R.OPTED_OUT)


class OutreachForm(NextStepForm):
    """What came of a contact. An unanswered one takes the cadence's next step by itself (CD2)."""

    key, title, url_name = "log", "Log a contact", "lead_outreach"
    save_label, done = "Save contact", "Contact logged."

    outcome = forms.ChoiceField(
        label="What came of it",
        choices=[(result.value, result.label) for result in (*USUAL, *RARER)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came of it."},
    )
    channel = forms.ChoiceField(
        label="Channel",
        initial=Channel.PHONE,
        error_messages={"invalid_choice": "The person has not agreed to this channel."},
    )
    prescreen = forms.ChoiceField(
        label="Prescreen",
        required=False,
        choices=[("", "As it is")]
        + [(state.value, state.label) for state in PrescreenState if state != "outdated"],
    )
    to = forms.ChoiceField(label="Stage", required=False)
    note = BlockField(label="Note", max_length=MAX_NOTE, required=False)

    def prepare(self) -> None:
        """Offer the open stages that may follow."""
        stage = Stage(self.lead.stage)
        moves = [
            (move.value, f"Move to {self.stage_label(move)}")
            for move in moves_of(self)
            if move not in CLOSED and move not in {Stage.SCREENED, Stage.SCHEDULED}
        ]
        self.choices("to", [("", f"Stays in {self.stage_label(stage)}"), *moves])
        channels = offered_channels(
            self.page.said if self.page else permissions_of(self.lead.person_id)
        )
        self.choices("channel", [(channel.value, channel.label) for channel in channels])
        self.fields["note"].widget.attrs["rows"] = 2

    def proposals(self) -> list[tuple[str, str]]:
        """What is proposed after no answer and after an answer, in words, for the page."""
        stage = Stage(self.lead.stage)
        return [
            ("No answer", self.words_of(self._cadence(self.at))),
            ("Reached", self.words_of(self.proposed(_answered(stage), self.at))),
        ]

    def run(self, *, by: User, at: datetime) -> None:
        """Write attempt, prescreen, move and next action together."""
        data = self.cleaned_data
        result = ContactResult(data["outcome"])
        to = Stage(data["to"]) if data["to"] else None
        log_outreach(
            lead=self.lead,
            channel=Channel(data["channel"]),
            result=result,
            by=by,
            at=at,
            seen=self.seen_version,
            plan=self._plan(result, to, at),
            to=to,
            prescreen=PrescreenState(data["prescreen"]) if data["prescreen"] else None,
            note=data["note"],
        )

    def _plan(self, result: ContactResult, to: Stage | None, at: datetime) -> Plan | None:
        later = result == R.CALL_LATER
        if later and self.cleaned_data["due"] == PROPOSED:
            raise InvalidInput("Say when the person asked to be called.", field="due")
        return self.plan(self._proposal(result, to, at), at, is_promised=later)

    def _proposal(self, result: ContactResult, to: Stage | None, at: datetime) -> Plan | None:
        stage = Stage(self.lead.stage)
        if result == R.OPTED_OUT:
            return Plan(ActionType.DECIDE_CLOSE, self.next_day(at))
        if to is not None:
            return self.proposed(to, at)
        if result in TWO_WAY | INBOUND:
            return self.proposed(_answered(stage), at)
        return self._cadence(at)

    def _cadence(self, at: datetime) -> Plan:
        return next_attempt(
            self.lead.attempts + 1,
            at=at,
            calendar=self.calendar,
            zone=self.lead.person.time_zone,
            maximum=self.lead.study_site.study.max_attempts,
        )


def _answered(stage: Stage) -> Stage:
    """The stage that a first answer leads to (3.1)."""
    return Stage.CONTACTED if stage in {Stage.NEW_INQUIRY, Stage.NO_RESPONSE} else stage
