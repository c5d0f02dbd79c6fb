"""A study's words for one stage, and its prompts."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from recruitment.forms.fields import LineField, day_field, field_of
from recruitment.forms.setup.base import BIGGEST_KEY, INCOMPLETE, Line, PartedForm
from recruitment.rules.stage_words import (
    HIDEABLE,
    LONG,
    MOST_REST_DAYS,
    RESTING,
    SHORT,
    TEXT,
    StageWords,
)
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.staleness import REST_DAYS, rest_unit
from recruitment.rules.work_codes import PromptTopic
from recruitment.services.approvals import MOST_REFERENCE, MOST_VERSION, Approval
from recruitment.services.prompts import MOST_TEXT


class StageWordsForm(PartedForm, forms.Form):
    """The study's words for one stage. What the stage does not have is not asked for."""

    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [
        ("", [("label", "short_label"), "action_text", "help_text", "confirmed"]),
        ("In this study", ["rest_days", "is_hidden"]),
    ]
    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=BIGGEST_KEY,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), INCOMPLETE),
    )
    label = LineField(
        label="Label", max_length=LONG, error_messages={"required": "Give the stage a label."}
    )
    short_label = LineField(
        label="Short label",
        max_length=SHORT,
        required=False,
        help_text=f"For rows of the queue, at most {SHORT} characters. Empty: the label.",
    )
    action_text = LineField(
        label="What staff do about a lead here",
        max_length=TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Shown on every lead in this stage.",
        error_messages={"required": "Say what staff do about a lead in this stage."},
    )
    help_text = LineField(
        label="Help",
        max_length=TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What the stage means in this study.",
    )
    confirmed = forms.BooleanField(label="Keep the same action for both stages", required=False)
    rest_days = forms.IntegerField(
        required=False,
        error_messages={"invalid": "Write a whole number of days."},
    )
    is_hidden = forms.BooleanField(
        label="This study does not use the stage",
        required=False,
        help_text="No lead can be moved to it. Only a stage without leads can be hidden.",
    )

    def __init__(self, *args: Any, stage: Stage, ask_again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage = stage
        if stage not in HIDEABLE:
            del self.fields["is_hidden"]
            self.fields["action_text"].required = True
        if stage in RESTING:
            self.fields["rest_days"].label = f"May rest, in {rest_unit(stage)}s"
            self.fields["rest_days"].help_text = (
                f"Without movement for longer, the lead turns stale. From 1 to {MOST_REST_DAYS};"
                f" empty: the usual {REST_DAYS[stage]}."
            )
        else:
            del self.fields["rest_days"]
        if not ask_again:
            del self.fields["confirmed"]

    def said(self) -> StageWords:
        """The words as they were typed, once the form is valid."""
        data = self.cleaned_data
        return StageWords(
            stage=self.stage,
            label=data["label"],
            short_label=data["short_label"],
            help_text=data["help_text"],
            action_text=data["action_text"],
            is_hidden=data.get("is_hidden", False),
            rest_days=data.get("rest_days"),
        )


class PromptForm(PartedForm, forms.Form):
    """A prompt at a stage. Without an approval on record a talking point stays a draft."""

    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [
        ("", [("stage", "topic"), "text"]),
        ("Approval on record", [("approval_reference", "approved_version"), "approved_on"]),
    ]
    stage = forms.ChoiceField(label="Stage", error_messages={"required": "Choose the stage."})
    topic = forms.ChoiceField(
        label="Topic",
        choices=[("", "Choose"), *PromptTopic.choices],
        error_messages={"required": "Choose the topic."},
    )
    text = LineField(
        label="What to say or ask",
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the prompt first."},
    )
    approval_reference = LineField(
        label="Reference",
        max_length=MOST_REFERENCE,
        required=False,
        help_text="As the ethics board or the sponsor numbered it.",
    )
    approved_version = LineField(label="Version", max_length=MOST_VERSION, required=False)
    approved_on = day_field("Date", required=False)

    def __init__(self, *args: Any, labels: dict[Stage, str], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:  # a prompt stays at its stage and topic; another one is another prompt
            del self.fields["stage"], self.fields["topic"]
            return
        field = field_of(self, "stage", forms.ChoiceField)
        field.choices = [
            ("", "Choose"),
            *((stage.value, label) for stage, label in labels.items() if stage not in CLOSED),
        ]

    def approval(self) -> Approval:
        """The approval as it was typed."""
        data = self.cleaned_data
        return Approval(data["approval_reference"], data["approved_version"], data["approved_on"])
