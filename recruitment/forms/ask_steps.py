"""What a site lead does with an ask: the answer, the settlement, another day, the end (AS2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms

from accounts.models import User
from recruitment.forms.asks import FOR_SPONSORS, wide
from recruitment.forms.confirming import ConfirmsWords
from recruitment.forms.fields import LineField, day_field, field_of
from recruitment.forms.setup.base import BIGGEST_KEY, INCOMPLETE, PartedForm
from recruitment.models import Ask
from recruitment.queries.asks import Stopped
from recruitment.rules.asks.checks import MAX_COMMENT, MAX_NAME, Answer
from recruitment.rules.asks.codes import TOLD, AnswerChoice, AnswerWay, AskDirection, AskState
from recruitment.rules.asks.options import options_of
from recruitment.services.asks import answer_ask
from recruitment.services.asks_changed import redate_ask, withdraw_ask
from recruitment.services.asks_settled import settle_ask
from trialsnest.lib.words import counted
from trialsnest.lib.zones import local_time

FREES = frozenset({AnswerChoice.AGREED, AnswerChoice.PARTLY, AnswerChoice.IN_WORDS})
"""Answers with which the leads that wait are proposed to be freed."""


def option_field() -> forms.ChoiceField:
    """Which of the options of a question the answer names; `offer_options` fills it."""
    return forms.ChoiceField(label="Which option", required=False, widget=forms.RadioSelect)


def offer_options(form: forms.BaseForm, options: str) -> None:
    """Let `form` name one of the options of an ask, or none; without options it does not ask."""
    offered = options_of(options)
    if not offered:
        del form.fields["option"]
        return
    choices = [("", "None of these"), *((option, option) for option in offered)]
    field_of(form, "option", forms.ChoiceField).choices = choices


class AskStepForm(PartedForm, ConfirmsWords):
    """A form about one ask, which says what the page had seen of it; `run` answers in words."""

    title = save_label = url_name = ""

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=BIGGEST_KEY,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), INCOMPLETE),
    )

    def __init__(
        self,
        *args: Any,
        ask: Ask,
        stopped: Sequence[Stopped],
        by: User,
        at: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"{self.url_name}-%s"  # several of these stand on one page
        self.ask, self.stopped = ask, stopped
        self.initial["seen"] = ask.seq
        self.prepare(by, at)

    def renew(self) -> None:
        """Let the form be sent again over the ask as it is now; what was typed stays."""
        self.set_data(seen=str(self.ask.seq))

    def prepare(self, by: User, at: datetime) -> None:
        """Set choices and proposals that depend on the ask."""

    @classmethod
    def fits(cls, ask: Ask) -> bool:
        """Whether this can be done with the ask as it is."""
        return ask.state == AskState.OPEN

    def run(self, *, by: User, at: datetime) -> str:
        """Call the service; what was done, in words. Raises InvalidInput, Refusal, AskMoved."""
        raise NotImplementedError


class AskAnswerForm(AskStepForm):
    """What was answered, who said so, when and how."""

    parts = [("", ["choice", "option", ("said_by", "way"), "on", "comment", "is_no_hit"])]
    title, save_label, url_name = "Write down the answer", "Save the answer", "ask_answer"

    choice = forms.ChoiceField(
        label="Answer",
        choices=AnswerChoice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the answer."},
    )
    option = option_field()
    said_by = LineField(
        label="Who answered",
        max_length=MAX_NAME,
        help_text="For the site only; no report shows it.",
        error_messages={"required": "Say who answered."},
    )
    way = forms.ChoiceField(
        label="How", choices=[(way.value, way.label) for way in AnswerWay if way in TOLD]
    )
    on = day_field("On")
    comment = LineField(
        label="In words",
        max_length=MAX_COMMENT,
        required=False,
        widget=wide(),
        help_text=FOR_SPONSORS,
    )

    def prepare(self, by: User, at: datetime) -> None:
        """Today; what is put to the site is answered by whoever writes it down."""
        offer_options(self, self.ask.options)
        self.fields["on"].error_messages["required"] = "Choose the day of the answer."
        self.initial["on"] = local_time(at, self.ask.study_site.site.time_zone).date()
        if self.ask.direction == AskDirection.FROM_SPONSOR:
            self.initial["said_by"] = by.name
        if self.ask.state == AskState.ANSWERED:
            self.title, self.save_label = "Correct the answer", "Save the correction"

    @classmethod
    def fits(cls, ask: Ask) -> bool:
        """Until it is settled or withdrawn."""
        return ask.ended_at is None

    def run(self, *, by: User, at: datetime) -> str:
        """Write it down."""
        data = self.cleaned_data
        answer = Answer(
            choice=AnswerChoice(data["choice"]),
            way=AnswerWay(data["way"]),
            on=data["on"],
            said_by=data["said_by"],
            comment=data["comment"],
            option=data.get("option", ""),
        )
        ask = answer_ask(
            ask=self.ask,
            answer=answer,
            by=by,
            at=at,
            seen=data["seen"],
            confirmed=self.confirmed,
        )
        if ask.state == AskState.OPEN:
            return "Saved. The ask stays open: more information is needed."
        return "The answer is saved. It counts once a site lead has settled it."


class AskSettleForm(AskStepForm):
    """The site lead confirms the answer, and says which leads it frees (AS2)."""

    parts = [("", ["leads", "words", "is_no_hit"])]
    title, save_label, url_name = "Settle it", "Settle the ask", "ask_settle"

    leads = forms.MultipleChoiceField(
        label="Leads that go on now",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The blocker is taken off each lead that is ticked.",
    )
    words = LineField(
        label="What happens now",
        max_length=MAX_COMMENT,
        required=False,
        widget=wide(),
        help_text=FOR_SPONSORS,
    )

    def prepare(self, by: User, at: datetime) -> None:
        """Whoever waits stands ticked, unless the answer was no."""
        offered = [
            (str(row.key), row.number if row.is_linked else f"{row.number}, blocked since")
            for row in self.stopped
        ]
        field_of(self, "leads", forms.MultipleChoiceField).choices = offered
        ticked = [str(row.key) for row in self.stopped if row.is_linked]
        self.initial["leads"] = ticked if self.ask.choice in FREES else []
        if not offered:
            del self.fields["leads"]

    @classmethod
    def fits(cls, ask: Ask) -> bool:
        """Once there is an answer."""
        return ask.state == AskState.ANSWERED

    def run(self, *, by: User, at: datetime) -> str:
        """Settle it and free the leads."""
        data = self.cleaned_data
        settled = settle_ask(
            ask=self.ask,
            leads=[int(key) for key in data.get("leads", [])],
            words=data["words"],
            by=by,
            at=at,
            seen=data["seen"],
            confirmed=self.confirmed,
        )
        freed = f" {counted(settled.freed, 'lead')} freed." if settled.freed else ""
        return f"The ask is settled.{freed}"


class AskRedateForm(AskStepForm):
    """Another day by which an answer is needed, and why."""

    parts = [("", ["needed_by", "reason", "is_no_hit"])]
    title, save_label, url_name = "Needed by another day", "Save the day", "ask_redate"

    needed_by = day_field("Answer needed by")
    reason = LineField(
        label="Why",
        max_length=MAX_COMMENT,
        widget=wide(),
        help_text=FOR_SPONSORS,
        error_messages={"required": "Say why."},
    )

    def prepare(self, by: User, at: datetime) -> None:
        """The sentence for a day that is missing."""
        self.fields["needed_by"].error_messages["required"] = "Choose a day."

    def run(self, *, by: User, at: datetime) -> str:
        """Re-date it."""
        data = self.cleaned_data
        redate_ask(
            ask=self.ask,
            needed_by=data["needed_by"],
            reason=data["reason"],
            by=by,
            at=at,
            seen=data["seen"],
            confirmed=self.confirmed,
        )
        return "The day is saved."


class AskWithdrawForm(AskStepForm):
    """The question is not asked any more, with why."""

    parts = [("", ["reason", "is_no_hit"])]
    title, save_label, url_name = "Withdraw it", "Withdraw the ask", "ask_withdraw"

    reason = LineField(
        label="Why",
        max_length=MAX_COMMENT,
        widget=wide(),
        help_text=FOR_SPONSORS,
        error_messages={"required": "Say why."},
    )

    @classmethod
    def fits(cls, ask: Ask) -> bool:
        """Until it is settled or withdrawn."""
        return ask.ended_at is None

    def run(self, *, by: User, at: datetime) -> str:
        """Withdraw it."""
        data = self.cleaned_data
        withdraw_ask(
            ask=self.ask,
            reason=data["reason"],
            by=by,
            at=at,
            seen=data["seen"],
            confirmed=self.confirmed,
        )
        return "The ask is withdrawn. Its leads stay as they are."
