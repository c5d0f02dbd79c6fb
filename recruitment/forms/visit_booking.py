"""Booking the screening visit, with free times, kind and place proposed (7.4, G2, G5, G7)."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField, day_field, time_field
from recruitment.forms.happened import SkippedForm
from recruitment.forms.lead_visit import VisitTimeForm
from recruitment.forms.spoken import SpokenForm
from recruitment.queries.visit_panel import VisitPanel
from recruitment.rules.free_times import free_times
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.work_codes import ReadinessItemCode, VisitType
from recruitment.services.visits import MAX_PLACE, book_visit
from trialsnest.lib.words import clock, day_short
from trialsnest.lib.zones import local_time


class SlotField(forms.ChoiceField):
    """A free time by its instant; that it is still free the service says, not the list."""

    def valid_value(self, value: object) -> bool:
        """Whether it is an instant at all."""
        return _instant(str(value)) is not None


def _instant(words: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


class VisitBookForm(SkippedForm, SpokenForm, VisitTimeForm):
    """Book the screening visit; the next action is to confirm it."""

    key, title, url_name = "book", "Book the screening visit", "lead_visit_book"
    save_label, done = "Book visit", "Visit booked."

    slot = SlotField(
        label="Free times",
        required=False,
        widget=forms.RadioSelect(attrs={"class": "options--row"}),
        error_messages={"invalid_choice": "Choose one of the free times, or write another."},
    )
    starts_on = day_field("Another day", required=False)
    starts_time = time_field("Another time", required=False)
    place = LineField(
        label="Place",
        max_length=MAX_PLACE,
        error_messages={"required": "Say where the visit takes place."},
    )
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
        """Propose times, kind and place; ask only for what the checklist has not cleared yet."""
        super().prepare()
        self.offer_skipped([Stage.SCHEDULED])
        if not self.lead.person.needs_interpreter:
            del self.fields["interpreter_arranged"]
        if self.page is not None:
            self._propose(self.page.panel)
        else:
            self._offer_times([], [])

    def _propose(self, panel: VisitPanel) -> None:
        """From the weeks ahead and the last visit, the lead's own before those of others here."""
        kept = [hold.starts_at for hold in panel.holds if hold.starts_at > self.at]
        self._offer_times(kept, free_times(panel.loads, self.calendar, at=self.at))
        near = (load.place for load in reversed(panel.loads) if load.place)
        place = panel.last.place if panel.last is not None else ""
        self.initial["place"] = place or next(near, self.site.name)
        if panel.last is not None:
            self.initial["type"] = panel.last.type
        cleared = {row.code for row in panel.checklist if row.code and row.is_clear}
        for name, code in (
            ("preparation_sent", ReadinessItemCode.PREPARATION),
            ("interpreter_arranged", ReadinessItemCode.INTERPRETER),
        ):
            if code in cleared:
                self.fields.pop(name, None)

    def _offer_times(self, kept: list[datetime], free: list[datetime]) -> None:
        """What is kept for the person first; a form that came back offers what was chosen."""
        chosen = _instant(str(self.data.get("slot", ""))) if self.is_bound else None
        times = [*kept, *free] or ([chosen] if chosen else [])
        if not times:
            self.fields["slot"].widget = forms.HiddenInput()
            return
        told = [
            (moment.isoformat(), self._time_words(moment) + ("; kept" if moment in kept else ""))
            for moment in dict.fromkeys(times)
        ]
        self.choices("slot", [*told, ("", "Another time")])

    def _time_words(self, moment: datetime) -> str:
        there = local_time(moment, self.zone)
        return f"{day_short(there)} {clock(there)}"

    @property
    def starts_at(self) -> datetime:
        """The time that was written, else the free one that was chosen."""
        data = self.cleaned_data
        if data["starts_on"] and data["starts_time"]:
            return super().starts_at
        chosen = _instant(data["slot"])
        if data["starts_on"] or data["starts_time"] or chosen is None:
            missing = "starts_time" if data["starts_on"] else "starts_on"
            raise InvalidInput("Choose a free time, or write both day and time.", field=missing)
        return chosen

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
