"""Forms for the study team's review of one lead: asked for, and decided (S7, LC7)."""

from datetime import datetime
from typing import ClassVar

from django import forms

from accounts.models import User
from recruitment.forms.happened import HappenedForm, OverrideForm
from recruitment.forms.lead_form import NextStepForm
from recruitment.forms.lead_work import moves_of
from recruitment.forms.staff_field import StaffField, offer_staff
from recruitment.rules.clocks import due_from
from recruitment.rules.closing import CRITERIA_CODES, CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.readiness import Missing
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, ReviewDecision
from recruitment.services.reviews import decide_review, request_review


class ReviewRequestForm(NextStepForm):
    """Put the lead to the study team; this is not an eligibility decision."""

    key, title, url_name = "ask", "Ask the study team to review", "lead_review_request"
    save_label, done = "Ask for review", "The study team has been asked."

    def run(self, *, by: User, at: datetime) -> None:
        """Ask; by default somebody asks for the decision when its target is due."""
        due_at = due_from(self.terms, TargetKey.STUDY_TEAM_REVIEW, at=at)
        later = Plan(ActionType.AWAIT_REVIEW, due_at)
        plan = self.plan(later, at)
        assert plan is not None  # noqa: S101  (this form has no choice to keep)
        request_review(lead=self.lead, plan=plan, by=by, at=at, seen=self.seen_version)


class ReviewDecideForm(HappenedForm, OverrideForm, NextStepForm):
    """Record what the study team decided: theirs is the decision, yours the entry (LC7)."""

    key, title, url_name = "decide", "Record the study team's decision", "lead_review_decide"
    save_label, done = "Record decision", "Decision recorded."
    perms: ClassVar[frozenset[str]] = frozenset({"work_leads", "review_leads"})

    decision = forms.ChoiceField(
        label="They decided",
        choices=[(d.value, d.label) for d in ReviewDecision if d != ReviewDecision.WITHDRAWN],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they decided."},
    )
    decided_by = StaffField()
    to = forms.ChoiceField(label="Stage", required=False)
    reason = forms.ChoiceField(
        label="Study criterion",
        required=False,
        choices=[("", "Only when the lead closes")]
        + [(code.value, code.label) for code in CloseCode if code in CRITERIA_CODES],
    )
    field_order = (
        *("seen", "decision", "decided_by", "to", "reason", "override"),
        *("due", "due_date", "due_time", "action", "detail", "happened_on", "happened_time"),
    )

    def prepare(self) -> None:
        """Offer the stages a decision may lead to, and the study team."""
        offer_staff(self, team_only=True)
        wanted = {
            Stage.CONTACTED,
            Stage.RECORDS_NEEDED,
            Stage.READY_TO_SCHEDULE,
            Stage.NOT_QUALIFIED,
        }
        moves = [stage for stage in moves_of(self) if stage in wanted]
        words = [(stage.value, f"Move to {self.stage_label(stage)}") for stage in moves]
        self.codes("to", [("", f"Stays in {self.stage_label(self.lead.stage)}"), *words])
        self.offer_override(moves, settles={Missing.STUDY_TEAM, Missing.REVIEW})

    def run(self, *, by: User, at: datetime) -> None:
        """Record the decision and where it leads."""
        data = self.cleaned_data
        if data["decided_by"] is None:
            raise InvalidInput("Name who on the study team decided.", field="decided_by")
        to = Stage(data["to"]) if data["to"] else None
        stage = to or Stage(self.lead.stage)
        decide_review(
            lead=self.lead,
            decision=ReviewDecision(data["decision"]),
            decided_by=data["decided_by"],
            by=by,
            at=at,
            seen=self.seen_version,
            plan=None if stage in CLOSED else self.plan(self.proposed(stage, at), at),
            to=to,
            reason=data["reason"] if stage in CLOSED else "",
            occurred_at=self.happened_at,
            override=self.override_reason,
        )
