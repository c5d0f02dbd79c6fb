"""Booking the screening visit, with free times, kind and place proposed (7.4, G2, G5, G7)."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.forms.happened import SkippedForm
from recruitment.forms.spoken import SpokenForm
from recruitment.forms.visit_times import VisitTimeForm
from recruitment.queries.visit_panel import VisitPanel
from recruitment.rules.stages import Stage
from recruitment.rules.work_codes import ReadinessItemCode, VisitType
from recruitment.services.visits import book_visit


class VisitBookForm(SkippedForm, SpokenForm, VisitTimeForm):
    """Book the screening visit; the next action is to confirm it."""

    key, title, url_name = "book", "Book the screening visit", "lead_visit_book"
    save_label, done = "Book visit", "Visit booked."

    type = forms.ChoiceField(label="Kind of visit", choices=VisitType.choices)
    preparation_sent = forms.BooleanField(
        label="What to expect and how to prepare was sent",
        required=False,
        help_text="Needed before a visit is booked.",
    )
    interpreter_arranged = forms.BooleanField(
        label="The interpreter is arranged",
        required=False,
        help_text="Needed before a visit is booked.",
    )
    field_order = (
        *("seen", "slot", "starts_on", "starts_time", "type", "place", "preparation_sent"),
        *("interpreter_arranged", "contact", "contact_channel", "contact_note"),
    )

    def prepare(self) -> None:
        """Ask only for what the checklist has not cleared yet."""
        super().prepare()
        self.offer_skipped([Stage.SCHEDULED])
        if not self.lead.person.needs_interpreter:
            self.fields.pop("interpreter_arranged", None)

    def propose(self, panel: VisitPanel) -> None:
        """The kind of the last visit too."""
        super().propose(panel)
        if panel.last is not None:
            self.initial["type"] = panel.last.type
        cleared = {row.code for row in panel.checklist if row.code and row.is_clear}
        for name, code in (
            ("preparation_sent", ReadinessItemCode.PREPARATION),
            ("interpreter_arranged", ReadinessItemCode.INTERPRETER),
        ):
            if code in cleared:
                self.fields.pop(name, None)

    def run(self, *, by: User, at: datetime) -> None:
        """Book it and move the lead to Scheduled."""
        data = self.cleaned_data
        book_visit(
            lead=self.lead,
            starts_at=self.starts_at,
            by=by,
            at=at,
            seen=self.seen_version,
            type=VisitType(data["type"]),
            place=data["place"],
            preparation_sent=data.get("preparation_sent", False),
            interpreter_arranged=data.get("interpreter_arranged", False),
            override=data["override"],
            skipped=self.skipped,
            spoke=self.spoke,
        )
