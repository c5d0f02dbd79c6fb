"""Logging a contact: its result, what moved, and what happens next, in one form (D20)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from accounts.models import User
from recruitment.forms.fields import BlockField, LineField, day_field, field_of, time_field
from recruitment.forms.lead_form import PICK, PROPOSED
from recruitment.forms.lead_work import moves_of
from recruitment.forms.outcome_pad import (
    BY_KEY,
    BY_NUMBER,
    MESSAGES,
    SECOND,
    answered,
)
from recruitment.forms.pad_waiting import WaitingPad
from recruitment.rules.cadence import INSTEAD
from recruitment.rules.identity.phones import phone_words
from recruitment.rules.next_actions import Plan
from recruitment.rules.permissions import Scope
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.texts import MAX_NOTE
from recruitment.rules.vocabulary import (
    INBOUND,
    TWO_WAY,
    ActionType,
    Channel,
    ContactResult,
    PrescreenState,
)
from recruitment.rules.when_words import MOST, read_when
from recruitment.services.outreach import MAX_WORDING, Waits, log_outreach
from recruitment.services.overrides import MAX_REASON
from trialsnest.lib.zones import local_time

R = ContactResult

ONLY_INBOUND = "Only if the person got in touch"
CAME_IN = "in:"
FIELDS = {
    "occurred_at": "on_date",
    "due_at": "due_date",
    "result": "outcome",
    "category": "waits_on",
    "review_by": "waits_until",
}
"""Where the form shows what the service refuses under another name."""


class ChannelField(forms.ChoiceField):
    """A channel by its code; one that is refused stands as `in:` and its code, for what came in.

    A known channel that is not offered is refused by the service, which says why.
    """

    def to_python(self, value: Any) -> str:
        """The code alone."""
        return str(super().to_python(value)).removeprefix(CAME_IN)

    def valid_value(self, value: object) -> bool:
        """Whether `value` is a channel at all."""
        return str(value) in Channel.values


class OutreachForm(WaitingPad):
    """What came of a contact. An unanswered one takes the cadence's next step by itself (CD2)."""

    key, title, url_name = "log", "Log a contact", "lead_outreach"
    save_label, done = "Save contact", "Contact logged."

    outcome = forms.ChoiceField(
        label="What came of it",
        choices=[(row.value, row.label) for row in (*BY_KEY.values(), *SECOND.values())],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came of it."},
    )
    channel = ChannelField(
        label="Channel",
        required=False,
        error_messages={"invalid_choice": "Choose a channel of the list."},
    )
    prescreen = forms.ChoiceField(
        label="Prescreen",
        required=False,
        choices=[("", "As it is")]
        + [(state.value, state.label) for state in PrescreenState if state != "outdated"],
        widget=forms.RadioSelect,
    )
    to = forms.ChoiceField(label="Stage", required=False, widget=forms.RadioSelect)
    when = LineField(label="In words", max_length=MOST, required=False)
    on_date = day_field("On", required=False)
    on_time = time_field("At", required=False)
    wording = LineField(label="Script or material version", max_length=MAX_WORDING, required=False)
    scope = forms.ChoiceField(
        label="What the opt-out ends",
        required=False,
        choices=[("", "Not asked: a text ends texts, anything else everything"), *Scope.choices],
        help_text="To be asked where the person has another open lead or a booked visit.",
    )
    wrong = forms.ChoiceField(label="Which number was wrong", required=False)
    override = LineField(label="Why one attempt more", max_length=MAX_REASON, required=False)
    sure = forms.BooleanField(label="Log anyway", required=False)
    note = BlockField(label="Note", max_length=MAX_NOTE, required=False)

    logged_in: UUID | None = None  # the action that wrote the contact, where it can be undone

    def prepare(self) -> None:
        """Offer the open stages that may follow, and say which channels are refused and why."""
        stage = Stage(self.lead.stage)
        moves = [
            (move.value, self.stage_label(move))
            for move in moves_of(self)
            if move not in CLOSED and move not in {Stage.SCREENED, Stage.SCHEDULED}
        ]
        self.codes("to", [("", f"Stays in {self.stage_label(stage)}"), *moves])
        self.offer_waiting()
        self._choose_later("channel", self._channels)
        self._choose_later("wrong", self._numbers)
        self.fields["note"].widget.attrs["rows"] = 2
        self.fields["when"].widget.attrs.update(placeholder="thu 15:00", autocomplete="off")
        self.fields["on_time"].help_text = f"{self.zone_hint()} Empty: now."

    def _choose_later(self, name: str, choices: Callable[[], list[Any]]) -> None:
        """Read the choices only when they are shown or looked through."""
        field = field_of(self, name, forms.ChoiceField)
        field.choices = choices

    def _numbers(self) -> list[Any]:
        country = self.site.country
        phones = [(str(p.key), phone_words(p.value, country)) for p in self.reach.contact.phones]
        return [("", "Choose" if len(phones) > 1 else "The only one"), *phones]

    def _channels(self) -> list[Any]:
        """Allowed channels first; the others can only tell that the person got in touch (OA7)."""
        refused = [
            (f"{CAME_IN}{channel.value}", f"{channel.label}: {sentence}")
            for channel, sentence in self.reach.refused.items()
        ]
        by_letter = self._message_channel()
        calls = "Phone" if Channel.PHONE in self.reach.allowed else "Choose"
        usual = f"{calls}; a message by {by_letter.label.lower()}" if by_letter else calls
        offered: list[Any] = [("", usual)]
        offered += [(channel.value, channel.label) for channel in self.reach.allowed]
        return [*offered, (ONLY_INBOUND, refused)] if refused else offered

    def _message_channel(self) -> Channel | None:
        """How a message goes out where nobody says: as the cadence's step asks, else the first."""
        steps, made = self.cadence.steps, self.lead.attempts
        planned = steps[made].channel if made < len(steps) else Channel.PHONE
        ways = [planned, *INSTEAD]
        return next((way for way in ways if way != "phone" and way in self.reach.allowed), None)

    def _channel(self, result: ContactResult) -> Channel:
        """The channel chosen; a message's own where none is, and the phone for all else."""
        chosen = self.cleaned_data["channel"]
        if chosen or result not in MESSAGES:
            return Channel(chosen or Channel.PHONE)  # the service says why it may not be the phone
        by_letter = self._message_channel()
        if by_letter is None:
            raise InvalidInput("Choose the channel: no message may be sent now.", field="channel")
        return by_letter

    def clean(self) -> dict[str, Any]:
        """A day and a time in words lead over those of the two controls."""
        data = super().clean() or self.cleaned_data
        if data.get("when"):
            later = data.get("outcome") == R.CALL_LATER
            there = local_time(self.at, self.person_zone if later else self.zone)
            try:
                day, clock = read_when(data["when"], now=there, field="when")
            except InvalidInput as refusal:
                self.add_error("when", str(refusal))
            else:
                data.update(due=PICK, due_date=day, due_time=clock)
        return data

    def run(self, *, by: User, at: datetime) -> None:
        """Write attempt, prescreen, move and next action together."""
        data = self.cleaned_data
        result = ContactResult(data["outcome"])
        to = Stage(data["to"]) if data["to"] else None
        channel, waits = self._channel(result), self.waits(at)
        knows = result != R.WRONG_NUMBER  # who is somebody else says nothing of the prescreen
        # Of this form sent, not of its class
        self.done = f"Contact logged. {result.label}."  # type: ignore[misc]
        attempt = log_outreach(
            lead=self.lead,
            channel=channel,
            result=result,
            by=by,
            at=at,
            seen=self.seen_version,
            plan=self._plan(result, to, at, waits),
            to=to,
            prescreen=PrescreenState(data["prescreen"]) if data["prescreen"] and knows else None,
            occurred_at=self._occurred_at(),
            note=data["note"],
            wording=data["wording"],
            sure=data["sure"],
            override=data["override"],
            scope=Scope(data["scope"]) if data["scope"] else None,
            wrong_point=self._wrong_point(result, channel),
            waits=waits,
        )
        if result != R.OPTED_OUT:  # that is corrected, never undone (D21)
            self.logged_in = attempt.logged_in

    def refuse(self, refusal: Refusal) -> None:
        """A refusal about the time stands at the day."""
        if isinstance(refusal, InvalidInput) and refusal.field in FIELDS:
            refusal = InvalidInput(str(refusal), field=FIELDS[refusal.field])
        super().refuse(refusal)

    def _occurred_at(self) -> datetime | None:
        data = self.cleaned_data
        if not data["on_date"] and not data["on_time"]:
            return None
        happened = self.instant("on_date", "on_time")
        if happened is None:
            missing = "on_date" if not data["on_date"] else "on_time"
            raise InvalidInput("Give both the day and the time of the contact.", field=missing)
        return happened

    def _wrong_point(self, result: ContactResult, channel: Channel) -> int | None:
        """The number that turned out wrong: the one chosen, or the only one there is."""
        if result != R.WRONG_NUMBER or channel not in BY_NUMBER:
            return None
        phones = self.reach.contact.phones
        chosen = self.cleaned_data["wrong"] or (str(phones[0].key) if len(phones) == 1 else "")
        if not chosen and phones:
            raise InvalidInput("Choose which number was wrong.", field="wrong")
        return int(chosen) if chosen else None

    def _plan(
        self, result: ContactResult, to: Stage | None, at: datetime, waits: Waits | None
    ) -> Plan | None:
        later = result == R.CALL_LATER
        if later and self.cleaned_data["due"] == PROPOSED:
            raise InvalidInput("Say when the person asked to be called.", field="due")
        data = self.cleaned_data
        as_usual = data["due"] == PROPOSED and not data["action"] and not data["detail"]
        if as_usual and to is None and result not in TWO_WAY | INBOUND:
            return None  # the service takes the cadence's next step, or a decision
        proposed = self._proposal(result, to, at)
        if waits is not None and to is None and result in TWO_WAY | INBOUND:
            proposed = self.plan_waiting(waits) or proposed
        return self.plan(proposed, at, is_promised=later)

    def _proposal(self, result: ContactResult, to: Stage | None, at: datetime) -> Plan | None:
        stage = Stage(self.lead.stage)
        if result == R.OPTED_OUT:
            return Plan(ActionType.DECIDE_CLOSE, self.next_day(at))
        if to is not None:
            return self.proposed(to, at)
        if result in TWO_WAY | INBOUND:
            return self.proposed(answered(stage), at)
        return self.next_try(at, but=self.lost_channels if result == R.WRONG_NUMBER else ())
