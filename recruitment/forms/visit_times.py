"""The time and place of a visit: free times to choose from, or another that is written (G5-G7)."""

from datetime import datetime

from django import forms

from recruitment.forms.fields import LineField, day_field, time_field
from recruitment.forms.lead_form import LeadForm
from recruitment.queries.visit_panel import VisitPanel
from recruitment.rules.free_times import free_times
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.overrides import MAX_REASON
from recruitment.services.visits import MAX_PLACE
from trialsnest.lib.words import clock, day_short
from trialsnest.lib.zones import instant_of, local_time


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


class VisitTimeForm(LeadForm):
    """A form that sets the time and place of a visit, past a full week only with a reason.

    Booking and rescheduling propose the same free times and the place in the same way.
    """

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
    override = LineField(
        label="Override by the site lead, with the reason",
        max_length=MAX_REASON,
        required=False,
        help_text="Only where something is missing, or the week is full.",
    )

    def prepare(self) -> None:
        """Say on which clock; propose times and place."""
        super().prepare()
        self.fields["starts_time"].help_text = self.zone_hint()
        if self.page is not None:
            self.propose(self.page.panel)
        else:
            self._offer_times([], [])

    def propose(self, panel: VisitPanel) -> None:
        """From the weeks ahead and the lead's own visit, before those of others here."""
        kept = [hold.starts_at for hold in panel.holds if hold.starts_at > self.at]
        self._offer_times(kept, free_times(panel.loads, self.calendar, at=self.at))
        near = (load.place for load in reversed(panel.loads) if load.place)
        own = panel.visit or panel.last
        self.initial["place"] = (own.place if own else "") or next(near, self.site.name)

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
        """The time that was written on the site's clock, else the free one that was chosen."""
        data = self.cleaned_data
        if data["starts_on"] and data["starts_time"]:
            return instant_of(data["starts_on"], data["starts_time"], self.zone)
        chosen = _instant(data["slot"])
        if data["starts_on"] or data["starts_time"] or chosen is None:
            missing = "starts_time" if data["starts_on"] else "starts_on"
            raise InvalidInput("Choose a free time, or write both day and time.", field=missing)
        return chosen

    def refuse(self, refusal: Refusal) -> None:
        """What is wrong with the time stands at the day."""
        if isinstance(refusal, InvalidInput) and refusal.field == "starts_at":
            refusal.field = "starts_on"
        super().refuse(refusal)
