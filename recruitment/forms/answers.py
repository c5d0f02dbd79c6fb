"""The form for reviewing the prescreen answers: what was seen, and where it leads (5.1, R7)."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.forms.fields import BlockField
from recruitment.forms.happened import HappenedForm, OverrideForm
from recruitment.forms.lead_form import NextStepForm
from recruitment.forms.lead_work import moves_of
from recruitment.forms.staff_field import StaffField, offer_staff
from recruitment.rules.clocks import due_from
from recruitment.rules.closing import CRITERIA_CODES, CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.readiness import Missing
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.texts import MAX_NOTE
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import AnswersDecision, FitSignal
from recruitment.services.answers import LEADS_TO, review_answers

ONWARD = frozenset().union(*LEADS_TO.values()) - {Stage.CLOSED_OTHER}


class AnswersForm(HappenedForm, OverrideForm, NextStepForm):
    """Review the answers. What was seen organises the review; it decides nothing."""

    key, title, url_name = "answers", "Review the answers", "lead_answers_review"
    save_label, done = "Save review", "Answers reviewed."

    fit = forms.ChoiceField(
        label="Seen in the answers",
        choices=FitSignal.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what was seen in the answers."},
    )
    decision = forms.ChoiceField(
        label="It leads to",
        choices=AnswersDecision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where the review leads."},
    )
    to = forms.ChoiceField(label="Stage", required=False)
    reason = forms.ChoiceField(
        label="Study criterion",
        required=False,
        choices=[("", "Only when the lead closes")]
        + [(code.value, code.label) for code in CloseCode if code in CRITERIA_CODES],
    )
    decided_by = StaffField()
    note = BlockField(label="Note", max_length=MAX_NOTE, required=False)
    field_order = (
        *("seen", "fit", "decision", "to", "reason", "decided_by", "override"),
        *("due", "due_date", "due_time", "action", "detail", "happened_on", "happened_time"),
    )

    def prepare(self) -> None:
        """Offer the stages that a review may lead to from here."""
        moves = [stage for stage in moves_of(self) if stage in ONWARD]
        words = [(stage.value, f"Move to {self.stage_label(stage)}") for stage in moves]
        self.codes("to", [("", f"Stays in {self.stage_label(self.lead.stage)}"), *words])
        self.offer_override(moves, settles={Missing.REVIEW})
        offer_staff(self)
        if Stage.NOT_QUALIFIED not in moves:
            del self.fields["reason"], self.fields["decided_by"]
        self.fields["note"].widget.attrs["rows"] = 2

    def run(self, *, by: User, at: datetime) -> None:
        """Record the review, and the move it leads to."""
        data = self.cleaned_data
        decision = AnswersDecision(data["decision"])
        to = Stage(data["to"]) if data["to"] else None
        closes = to in CLOSED
        review_answers(
            lead=self.lead,
            decision=decision,
            fit=FitSignal(data["fit"]),
            by=by,
            at=at,
            seen=self.seen_version,
            plan=None if closes else self.plan(self._proposal(decision, to, at), at),
            to=to,
            reason=data.get("reason", "") if closes else "",
            decided_by=data.get("decided_by") if closes else None,
            occurred_at=self.happened_at,
            note=data["note"],
            override=self.override_reason,
        )

    def _proposal(self, decision: AnswersDecision, to: Stage | None, at: datetime) -> Plan | None:
        """What usually follows: the study team is asked for its decision when that is due."""
        if decision == AnswersDecision.TO_STUDY_TEAM:
            due_at = due_from(self.terms, TargetKey.STUDY_TEAM_REVIEW, at=at)
            return Plan(ActionType.AWAIT_REVIEW, due_at)
        if decision == AnswersDecision.INCOMPLETE:
            return self.proposed(Stage.AWAITING_PRESCREEN, at)
        return self.proposed(to or Stage(self.lead.stage), at)
