"""Forms for records, visits and the study team's review of one lead (5, 7, S7)."""

from datetime import datetime
from typing import ClassVar

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField, day_field, time_field
from recruitment.forms.lead_form import LeadForm, NextStepForm, StaffField, offer_staff
from recruitment.forms.lead_work import moves_of
from recruitment.rules.calendars import add_business_days
from recruitment.rules.closing import CRITERIA_CODES, CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import (
    ActionType,
    NoShowReason,
    RecordsState,
    RecordsType,
    ReviewDecision,
    VisitResult,
)
from recruitment.services.records import set_records_item
from recruitment.services.reviews import decide_review, request_review
from recruitment.services.visits import book_visit, confirm_visit, end_visit, offer_dates
from trialsnest.lib.zones import instant_of


class RecordsForm(LeadForm):
    """One record and how far it is (RC1)."""

    key, title, url_name = "records", "Record an item of records", "lead_records"
    save_label, done = "Save record", "Records updated."

    type = forms.ChoiceField(label="Record", choices=RecordsType.choices)
    state = forms.ChoiceField(label="It is", choices=RecordsState.choices)
    provider = LineField(
        label="Provider", max_length=120, required=False, help_text="Stays on site."
    )

    def run(self, *, by: User, at: datetime) -> None:
        """Write the item's state; the open next action stays."""
        data = self.cleaned_data
        set_records_item(
            lead=self.lead,
            type=RecordsType(data["type"]),
            state=RecordsState(data["state"]),
            provider=data["provider"],
            by=by,
            at=at,
            seen=self.seen_version,
        )


class OfferDatesForm(NextStepForm):
    """Dates were offered; when to ask again."""

    key, title, url_name = "offer", "Dates offered", "lead_dates_offer"
    save_label, done = "Dates offered", "Dates offered; next action set."

    def run(self, *, by: User, at: datetime) -> None:
        """Record the offer; by default she is called two working days later."""
        again = Plan(ActionType.CALL, add_business_days(at, 2, self.calendar))
        plan = self.plan(again, at)
        assert plan is not None  # noqa: S101  (this form has no choice to keep)
        offer_dates(lead=self.lead, plan=plan, by=by, at=at, seen=self.seen_version)


class VisitBookForm(LeadForm):
    """Book the screening visit; the next action is to confirm it."""

    key, title, url_name = "book", "Book the screening visit", "lead_visit_book"
    save_label, done = "Book visit", "Visit booked."

    starts_on = day_field("Day")
    starts_time = time_field("Time")

    def prepare(self) -> None:
        """Say on which clock."""
        self.fields["starts_time"].help_text = self.zone_hint()

    def run(self, *, by: User, at: datetime) -> None:
        """Book it and move the lead to Scheduled."""
        data = self.cleaned_data
        starts_at = instant_of(data["starts_on"], data["starts_time"], self.zone)
        try:
            book_visit(lead=self.lead, starts_at=starts_at, by=by, at=at, seen=self.seen_version)
        except InvalidInput as refusal:
            raise InvalidInput(str(refusal), field="starts_on") from refusal


class VisitConfirmForm(LeadForm):
    """The person confirmed the visit."""

    key, title, url_name = "confirm", "Visit confirmed", "lead_visit_confirm"
    save_label, done = "Visit confirmed", "Visit confirmed."

    def run(self, *, by: User, at: datetime) -> None:
        """Record it; next is to record what happened."""
        confirm_visit(lead=self.lead, by=by, at=at, seen=self.seen_version)


class VisitEndForm(NextStepForm):
    """What became of the visit (G6, LC7)."""

    key, title, url_name = "visit", "Record what happened at the visit", "lead_visit_end"
    save_label, done = "Save result", "Visit result recorded."

    result = forms.ChoiceField(label="What happened", choices=VisitResult.choices)
    no_show_reason = forms.ChoiceField(
        label="Why it was missed",
        required=False,
        choices=[("", "Only for a no-show"), *NoShowReason.choices],
    )
    decided_by = StaffField()
    field_order = ("seen", "result", "no_show_reason", "decided_by")

    def prepare(self) -> None:
        """Offer the study team."""
        offer_staff(self)

    def run(self, *, by: User, at: datetime) -> None:
        """Record it; attended goes to Screened, anything else back to scheduling."""
        data = self.cleaned_data
        result = VisitResult(data["result"])
        attended = result == VisitResult.ATTENDED
        proposed = self.proposed(Stage.SCREENED if attended else Stage.READY_TO_SCHEDULE, at)
        if result == VisitResult.NO_SHOW:
            proposed = Plan(ActionType.MISSED_VISIT, self.next_day(at))
        plan = self.plan(proposed, at)
        assert plan is not None  # noqa: S101  (this form has no choice to keep)
        end_visit(
            lead=self.lead,
            result=result,
            by=by,
            at=at,
            seen=self.seen_version,
            plan=plan,
            no_show_reason=NoShowReason(data["no_show_reason"]) if data["no_show_reason"] else None,
            decided_by=data["decided_by"],
        )


class ReviewRequestForm(NextStepForm):
    """Put the lead to the study team; this is not an eligibility decision."""

    key, title, url_name = "ask", "Ask the study team to review", "lead_review_request"
    save_label, done = "Ask for review", "The study team has been asked."

    def run(self, *, by: User, at: datetime) -> None:
        """Ask; by default somebody asks for the decision three working days later."""
        later = Plan(ActionType.AWAIT_REVIEW, add_business_days(at, 3, self.calendar))
        plan = self.plan(later, at)
        assert plan is not None  # noqa: S101  (this form has no choice to keep)
        request_review(lead=self.lead, plan=plan, by=by, at=at, seen=self.seen_version)


class ReviewDecideForm(NextStepForm):
    """Record what the study team decided: theirs is the decision, yours the entry (LC7)."""

    key, title, url_name = "decide", "Record the study team's decision", "lead_review_decide"
    save_label, done = "Record decision", "Decision recorded."
    perms: ClassVar[frozenset[str]] = frozenset({"work_leads", "review_leads"})

    decision = forms.ChoiceField(
        label="They decided", choices=ReviewDecision.choices, widget=forms.RadioSelect
    )
    decided_by = StaffField()
    to = forms.ChoiceField(label="Stage", required=False)
    reason = forms.ChoiceField(
        label="Study criterion",
        required=False,
        choices=[("", "Only when the lead closes")]
        + [(code.value, code.label) for code in CloseCode if code in CRITERIA_CODES],
    )
    field_order = ("seen", "decision", "decided_by", "to", "reason")

    def prepare(self) -> None:
        """Offer the stages a decision may lead to, and the study team."""
        offer_staff(self)
        wanted = {
            Stage.CONTACTED,
            Stage.RECORDS_NEEDED,
            Stage.READY_TO_SCHEDULE,
            Stage.NOT_QUALIFIED,
        }
        moves = [(s.value, f"Move to {s.label}") for s in moves_of(self) if s in wanted]
        self.choices("to", [("", f"Stays in {Stage(self.lead.stage).label}"), *moves])

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
        )
