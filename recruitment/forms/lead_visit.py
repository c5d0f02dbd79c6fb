"""Forms for offering dates, booking the visit and recording what became of it (7.4, G5-G7)."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.forms.fields import day_field, time_field
from recruitment.forms.happened import HappenedForm
from recruitment.forms.lead_form import LeadForm, NextStepForm
from recruitment.forms.staff_field import StaffField, offer_staff
from recruitment.forms.visit_times import VisitTimeForm
from recruitment.models import Visit
from recruitment.rules.calendars import add_business_days
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType, NoShowReason, VisitResult
from recruitment.services.visits import (
    after,
    confirm_visit,
    end_visit,
    offer_dates,
    reschedule_visit,
)
from trialsnest.lib.zones import DAY, start_of


class OfferDatesForm(NextStepForm):
    """Dates were offered; when to ask again, and which times are kept meanwhile (G7)."""

    key, title, url_name = "offer", "Dates offered", "lead_dates_offer"
    save_label, done = "Dates offered", "Dates offered; next action set."

    day_1 = day_field("First time to keep", required=False, help_text="Up to three times are kept.")
    time_1 = time_field("At", required=False)
    day_2 = day_field("Second time to keep", required=False)
    time_2 = time_field("At", required=False)
    day_3 = day_field("Third time to keep", required=False)
    time_3 = time_field("At", required=False)
    hold_until = day_field(
        "Keep them until the end of",
        required=False,
        help_text="Empty means until the next action is due.",
    )

    @property
    def caution(self) -> str:
        """What has to be done before dates are offered (G4)."""
        first = self.page.before_dates if self.page else []
        return f"Do not offer dates yet. {' '.join(first)}" if first else ""

    def run(self, *, by: User, at: datetime) -> None:
        """Record the offer; by default she is called two working days later."""
        again = Plan(ActionType.CALL, add_business_days(at, 2, self.calendar))
        plan = self.plan(again, at)
        assert plan is not None  # noqa: S101  (this form has no choice to keep)
        day = self.cleaned_data["hold_until"]
        offer_dates(
            lead=self.lead,
            plan=plan,
            by=by,
            at=at,
            seen=self.seen_version,
            holds=self._holds(),
            hold_until=start_of(day + DAY, self.zone) if day else None,
        )

    def _holds(self) -> list[datetime]:
        """The times to keep; a day and its time belong together."""
        found = []
        for number in ("1", "2", "3"):
            day, clock = f"day_{number}", f"time_{number}"
            moment = self.instant(day, clock)
            if moment is None and (self.cleaned_data.get(day) or self.cleaned_data.get(clock)):
                missing = clock if self.cleaned_data.get(day) else day
                raise InvalidInput("Choose the day and the time to keep.", field=missing)
            if moment is not None:
                found.append(moment)
        return found


class VisitRescheduleForm(VisitTimeForm):
    """Another time for the booked visit: the old one ends, the new one is booked (G6)."""

    key, title, url_name = "rebook", "Reschedule the visit", "lead_visit_reschedule"
    save_label, done = "Reschedule visit", "Visit rescheduled."

    def prepare(self) -> None:
        """Say which place stays."""
        super().prepare()
        self.fields["place"].required = False
        self.fields["place"].help_text = "Empty keeps the place it has."

    def run(self, *, by: User, at: datetime) -> None:
        """Book the new time."""
        reschedule_visit(
            lead=self.lead,
            starts_at=self.starts_at,
            by=by,
            at=at,
            seen=self.seen_version,
            place=self.cleaned_data["place"],
            override=self.cleaned_data["override"],
        )


class VisitConfirmForm(LeadForm):
    """The person confirmed the visit."""

    key, title, url_name = "confirm", "Visit confirmed", "lead_visit_confirm"
    save_label, done = "Visit confirmed", "Visit confirmed."

    def run(self, *, by: User, at: datetime) -> None:
        """Record it; next is to record what happened."""
        confirm_visit(lead=self.lead, by=by, at=at, seen=self.seen_version)


class VisitEndForm(HappenedForm, NextStepForm):
    """What became of the visit (G6, LC7)."""

    key, title, url_name = "visit", "Record what happened at the visit", "lead_visit_end"
    save_label, done = "Save result", "Visit result recorded."

    result = forms.ChoiceField(
        label="What happened",
        choices=[
            (result.value, result.label)
            for result in VisitResult
            if result != VisitResult.RESCHEDULED  # has its own form: the new time belongs to it
        ],
    )
    no_show_reason = forms.ChoiceField(
        label="Why it was missed",
        required=False,
        choices=[("", "Only for a no-show"), *NoShowReason.choices],
    )
    decided_by = StaffField()
    field_order = (
        *("seen", "result", "no_show_reason", "decided_by"),
        *("due", "due_date", "due_time", "action", "detail", "happened_on", "happened_time"),
    )

    def prepare(self) -> None:
        """Offer the study team."""
        offer_staff(self, team_only=True)

    def run(self, *, by: User, at: datetime) -> None:
        """Record it; attended goes to Screened, anything else back to scheduling."""
        data = self.cleaned_data
        result = VisitResult(data["result"])
        visit = Visit.objects.filter(lead=self.lead, result="").first()
        proposed = after(visit, result, at=at, terms=self.terms) if visit is not None else None
        plan = self.plan(proposed, at) if proposed is not None else None
        end_visit(
            lead=self.lead,
            result=result,
            by=by,
            at=at,
            seen=self.seen_version,
            plan=plan,
            no_show_reason=NoShowReason(data["no_show_reason"]) if data["no_show_reason"] else None,
            decided_by=data["decided_by"],
            occurred_at=self.happened_at,
        )
