"""Forms that correct what was entered wrongly: void an entry, correct the stage (AU4)."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField
from recruitment.forms.lead_form import LeadForm, NextStepForm
from recruitment.forms.staff_field import StaffField, offer_staff
from recruitment.queries.corrections import stage_to_correct, voidable_entries
from recruitment.rules.closing import CloseCode
from recruitment.rules.stages import CLOSED, Stage
from recruitment.services.corrections import MAX_REASON, correct_stage, void_entry

WHY = "Needed when the entry is more than a day old. It stays with the lead."


class VoidForm(LeadForm):
    """Void one wrong entry; it stays in the timeline, and nothing counts it any more."""

    key, title, url_name = "void", "Void a wrong entry", "lead_void"
    save_label, done = "Void entry", "Entry voided. Everything follows as if it had not been made."

    event = forms.ChoiceField(
        label="Entry",
        help_text="The latest contacts, prescreen and records entries, offers and notes.",
        error_messages={
            "required": "Choose the entry that is wrong.",
            "invalid_choice": "This entry was voided already, or is corrected in another way.",
        },
    )
    reason = LineField(
        label="Why it is wrong", max_length=MAX_REASON, required=False, help_text=WHY
    )

    def prepare(self) -> None:
        """Offer the entries that can be voided one by one."""
        found = voidable_entries(self.lead, self.page.events if self.page else None)
        self.entries = {str(event.pk): event for event, _ in found}
        words = [(str(event.pk), said) for event, said in found]
        self.choices("event", [("", "Choose"), *words])

    def run(self, *, by: User, at: datetime) -> None:
        """Void it."""
        void_entry(
            lead=self.lead,
            event=self.entries[self.cleaned_data["event"]],
            reason=self.cleaned_data["reason"],
            by=by,
            at=at,
            seen=self.seen_version,
        )


class CorrectStageForm(NextStepForm):
    """Replace the last stage change, which was wrong, by the true one."""

    key, title, url_name = "correct", "Correct the stage", "lead_stage_correct"
    save_label, done = "Correct stage", "Stage corrected. Both entries stay in the timeline."

    to = forms.ChoiceField(
        label="It should have been", error_messages={"required": "Choose the true stage."}
    )
    close_reason = forms.ChoiceField(
        label="Close reason",
        required=False,
        choices=[("", "Only when it should be closed"), *CloseCode.choices],
    )
    decided_by = StaffField()
    reason = LineField(
        label="Why it was wrong", max_length=MAX_REASON, required=False, help_text=WHY
    )
    field_order = ("seen", "to", "close_reason", "decided_by", "reason")

    def prepare(self) -> None:
        """Offer where the lead could have gone instead, and where it stood."""
        offer_staff(self)
        stages = stage_to_correct(self.lead, self.page.log if self.page else None)
        words = [
            (
                stage.value,
                f"Still {self.stage_label(stage)}" if place == 0 else self.stage_label(stage),
            )
            for place, stage in enumerate(stages)
        ]
        self.codes("to", [("", "Choose"), *words])

    def run(self, *, by: User, at: datetime) -> None:
        """Correct it; the next action is set where the lead is open."""
        data = self.cleaned_data
        to = Stage(data["to"])
        closes = to in CLOSED
        correct_stage(
            lead=self.lead,
            to=to,
            reason=data["reason"],
            close_reason=data["close_reason"] if closes else "",
            decided_by=data["decided_by"],
            by=by,
            at=at,
            seen=self.seen_version,
            plan=None if closes else self.plan(self.proposed(to, at), at),
        )
