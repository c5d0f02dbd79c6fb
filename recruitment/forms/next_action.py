"""Forms about the open next action: another time for it, or what came of it and what is next."""

from datetime import datetime
from typing import ClassVar

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField, day_field, time_field
from recruitment.forms.hidden import detail_of
from recruitment.forms.lead_form import LeadForm, NextStepForm
from recruitment.queries.lead_page import open_action
from recruitment.rules.next_actions import MAX_DETAIL, Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import PushBack
from recruitment.services.next_actions import MAX_REASON, complete_action, set_next_action
from trialsnest.lib import shield
from trialsnest.lib.zones import local_time


class ActionForm(LeadForm):
    """Set the next action, or another time for it (N3, N4, D19)."""

    key, title, url_name = "action", "Set the next action", "lead_action"
    save_label, done = "Set next action", "Next action set."
    keeps_hidden: ClassVar[frozenset[str]] = frozenset({"detail"})

    action = forms.ChoiceField(label="Next action", choices=ActionType.choices)
    due_date = day_field("Day")
    due_time = time_field("Time")
    is_promised = forms.BooleanField(label="The person asked for this time", required=False)
    detail = LineField(label="Detail", max_length=MAX_DETAIL, required=False)
    push_back = forms.ChoiceField(
        label="Why later",
        required=False,
        choices=[("", "It is not later"), *PushBack.choices],
        help_text="For a later time. What is put off is counted.",
    )
    reason = LineField(
        label="In words",
        max_length=MAX_REASON,
        required=False,
        help_text="Needed where it is put off, or replaces what was promised.",
    )

    def prepare(self) -> None:
        """Begin with the open next action."""
        self.fields["due_time"].help_text = self.zone_hint()
        self.fields["is_promised"].help_text = self.promise_hint()
        if self.is_bound:
            return
        row = self.page.action if self.page else open_action(self.lead)
        if row is not None:
            zone = self.person_zone if row.is_promised else self.zone
            there = local_time(row.due_at, zone)
            self.initial.update(
                action=row.type,
                due_date=there.date(),
                due_time=there.time(),
                is_promised=row.is_promised,
                detail=row.detail,
            )

    def run(self, *, by: User, at: datetime) -> None:
        """Replace the open next action."""
        data = self.cleaned_data
        zone = self.person_zone if data["is_promised"] else self.zone
        due_at = self.instant("due_date", "due_time", zone)
        assert due_at is not None  # noqa: S101  (both fields are required)
        kind = ActionType(data["action"])
        detail = data["detail"] or self._hidden_detail(kind)
        plan = Plan(kind, due_at, data["is_promised"], detail)
        try:
            set_next_action(
                lead=self.lead,
                plan=plan,
                push_back=PushBack(data["push_back"]) if data["push_back"] else None,
                reason=data["reason"],
                by=by,
                at=at,
                seen=self.seen_version,
            )
        except InvalidInput as refusal:
            if refusal.field == "due_at":
                raise InvalidInput(str(refusal), field="due_date") from refusal
            raise

    def _hidden_detail(self, kind: ActionType) -> str:
        """The words of the same action, which the shield kept away from the form."""
        row = open_action(self.lead) if shield.is_up() else None
        return detail_of(row) if row is not None and row.type == kind else ""


class DoneForm(NextStepForm):
    """Complete the open next action: what came of it, and what is next, in one step (N5)."""

    key, title, url_name = "done", "Complete the next action", "lead_action_done"
    save_label, done = "Complete", "Done, and the next action is set."

    result = LineField(
        label="What came of it",
        max_length=MAX_REASON,
        error_messages={"required": "Say what came of it."},
    )
    field_order = ("seen", "result", "due")

    def prepare(self) -> None:
        """Say which action is completed, and what is proposed next."""
        row = self.page.action if self.page else open_action(self.lead)
        if row is not None:
            self.fields["result"].help_text = f"Completes: {ActionType(row.type).label}."
        self.fields[
            "action"
        ].help_text = f"Proposed: {self.words_of(self.proposed(Stage(self.lead.stage), self.at))}."

    def run(self, *, by: User, at: datetime) -> None:
        """Complete it and set the next one."""
        plan = self.plan(self.proposed(Stage(self.lead.stage), at), at)
        assert plan is not None  # noqa: S101  (this form has no way to keep the open one)
        complete_action(
            lead=self.lead,
            result=self.cleaned_data["result"],
            plan=plan,
            by=by,
            at=at,
            seen=self.seen_version,
        )
