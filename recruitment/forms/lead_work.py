"""Forms for the work on one lead besides contacts: move, close, plan, note, prescreen."""

import secrets
from datetime import datetime
from typing import ClassVar

from django import forms
from django.conf import settings

from accounts.models import User
from recruitment.forms.fields import BlockField
from recruitment.forms.happened import HappenedForm, OverrideForm, SkippedForm
from recruitment.forms.lead_form import LeadForm, NextStepForm
from recruitment.forms.staff_field import StaffField, offer_staff
from recruitment.models import stage_words
from recruitment.rules.identity import keyed_hash
from recruitment.rules.stage_words import hidden_stages
from recruitment.rules.stages import CLOSED, Stage, allowed_moves, check_move
from recruitment.rules.texts import MAX_NOTE
from recruitment.rules.vocabulary import PrescreenState
from recruitment.services.moves import move_lead
from recruitment.services.notes import add_note
from recruitment.services.prescreens import record_prescreen


def moves_of(form: LeadForm) -> list[Stage]:
    """The stages that the lead may go to now."""
    came_from = Stage(form.lead.came_from) if form.lead.came_from else None
    hidden = hidden_stages(stage_words(form.lead.study_site.study))
    return allowed_moves(Stage(form.lead.stage), came_from=came_from, hidden=hidden)


def check_may_follow(form: LeadForm, to: Stage) -> None:
    """Raise IllegalMove, in the study's words, unless the lead may go to `to` now (LC5, LB4)."""
    check_move(
        Stage(form.lead.stage),
        to,
        came_from=Stage(form.lead.came_from) if form.lead.came_from else None,
        hidden=hidden_stages(stage_words(form.lead.study_site.study)),
        label=form.stage_label,
    )


class StageField(forms.ChoiceField):
    """A stage by its code. A known stage that may not follow is refused by the rule, not here."""

    def valid_value(self, value: object) -> bool:
        """Whether `value` is a stage code at all."""
        return str(value) in Stage.values


class MoveForm(HappenedForm, OverrideForm, SkippedForm, NextStepForm):
    """Move the lead to another open stage, with its next action (N1)."""

    key, title, url_name = "move", "Move to another stage", "lead_move"
    save_label, done = "Move lead", "Lead moved."

    to = StageField(
        label="Move to",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a stage.", "invalid_choice": "Choose a stage."},
    )
    decided_by = StaffField()
    note = BlockField(label="Note", max_length=MAX_NOTE, required=False)
    field_order = (
        "seen",
        "to",
        "decided_by",
        *("completed_on", "completed_time", "reviewed_on", "reviewed_time", "fit", "override"),
        *("due", "due_date", "due_time", "action", "detail", "happened_on", "happened_time"),
    )

    def prepare(self) -> None:
        """Offer what may follow; the decider, and what is skipped, only where a stage needs it."""
        moves = [stage for stage in moves_of(self) if stage not in CLOSED]
        self.choices("to", [(stage.value, self._label(stage)) for stage in moves])
        self.offer_skipped(moves)
        self.offer_override(moves)
        offer_staff(self, team_only=True)
        if Stage.SCREENED not in moves:
            self.fields["decided_by"].widget = forms.HiddenInput()
        self.fields["note"].widget.attrs["rows"] = 2

    def _label(self, stage: Stage) -> str:
        """The stage with the next action that is proposed for it."""
        proposed = self.words_of(self.proposed(stage, self.at))
        return f"{self.stage_label(stage)} (proposed: {proposed})"

    def run(self, *, by: User, at: datetime) -> None:
        """Move, with the stage's usual next action unless another was chosen."""
        to = Stage(self.cleaned_data["to"])
        check_may_follow(self, to)
        move_lead(
            lead=self.lead,
            to=to,
            by=by,
            at=at,
            seen=self.seen_version,
            plan=None if to in CLOSED else self.plan(self.proposed(to, at), at),
            decided_by=self.cleaned_data["decided_by"],
            note=self.cleaned_data["note"],
            occurred_at=self.happened_at,
            override=self.override_reason,
            skipped=self.skipped,
        )


class NoteForm(LeadForm):
    """A plain note: never movement (M2)."""

    key, title, url_name = "note", "Add a note", "lead_note"
    save_label, done = "Add note", "Note added."
    minds_changes: ClassVar[bool] = False

    note = BlockField(
        label="Note", max_length=MAX_NOTE, error_messages={"required": "Write the note first."}
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def prepare(self) -> None:
        """Give each page its own key, so that a form sent twice adds one note."""
        self.initial["once"] = secrets.token_urlsafe(12)
        self.fields["note"].widget.attrs["rows"] = 3

    def run(self, *, by: User, at: datetime) -> None:
        """Add the note; a colleague's change meanwhile is no reason to lose it."""
        once, text = self.cleaned_data["once"], self.cleaned_data["note"]
        said = keyed_hash(f"{once}\n{text}", settings.HASH_KEY)
        key = f"note:{self.lead.pk}:{by.pk}:{said}" if once else None
        add_note(lead=self.lead, text=text, by=by, at=at, once_key=key)


class PrescreenForm(HappenedForm, NextStepForm):
    """How far the prescreen is (PS1). It decides nothing."""

    key, title, url_name = "prescreen", "Record the prescreen", "lead_prescreen"
    save_label, done = "Save prescreen", "Prescreen recorded."
    may_keep: ClassVar[bool] = True

    state = forms.ChoiceField(
        label="The prescreen is",
        choices=[
            (state.value, state.label)
            for state in (
                PrescreenState.SENT,
                PrescreenState.STARTED,
                PrescreenState.COMPLETE,
                PrescreenState.ABANDONED,
            )
        ],
        widget=forms.RadioSelect(attrs={"class": "options--row"}),
        error_messages={"required": "Choose how far the prescreen is."},
    )
    to = forms.ChoiceField(label="Stage", required=False)
    field_order = ("seen", "state", "to", "due", "due_date", "due_time", "action", "detail")

    def prepare(self) -> None:
        """Offer the stages that a prescreen may lead to."""
        wanted = {Stage.AWAITING_PRESCREEN, Stage.COORDINATOR_REVIEW, Stage.CONTACTED}
        moves = [(s.value, f"Move to {self.stage_label(s)}") for s in moves_of(self) if s in wanted]
        self.codes("to", [("", f"Stays in {self.stage_label(self.lead.stage)}"), *moves])

    def run(self, *, by: User, at: datetime) -> None:
        """Record it, with a move and the next action if they were chosen."""
        data = self.cleaned_data
        to = Stage(data["to"]) if data["to"] else None
        plan = self.plan(self.proposed(to or Stage(self.lead.stage), at), at)
        if to is not None and plan is None:
            plan = self.proposed(to, at)
        record_prescreen(
            lead=self.lead,
            state=PrescreenState(data["state"]),
            by=by,
            at=at,
            seen=self.seen_version,
            plan=plan,
            to=to,
            occurred_at=self.happened_at,
        )
