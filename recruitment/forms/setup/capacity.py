"""The visit slots of a study at a site: the usual week, and the weeks that differ (G7)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from recruitment.forms.setup.base import BIGGEST_KEY, INCOMPLETE
from recruitment.rules.capacity import MOST_SLOTS, WeekLoad
from recruitment.services.capacity import RANGE
from trialsnest.lib.words import day

ERRORS = dict.fromkeys(("invalid", "min_value", "max_value"), RANGE)


class CapacityForm(forms.Form):
    """One number for the usual week, and one for each week ahead; empty means as usual."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=BIGGEST_KEY,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), INCOMPLETE),
    )
    usual = forms.IntegerField(
        label="Visits in a usual week",
        min_value=0,
        max_value=MOST_SLOTS,
        error_messages=ERRORS | {"required": RANGE},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        loads: Sequence[WeekLoad],
        own: Mapping[date, int],
        initial: Mapping[str, Any],
    ) -> None:
        super().__init__(data=data, initial=dict(initial))
        self.mondays = {f"week_{load.monday.isoformat()}": load.monday for load in loads}
        for load in loads:
            self.fields[f"week_{load.monday.isoformat()}"] = forms.IntegerField(
                label=f"Week of {day(load.monday)}",
                help_text=f"{load.booked} booked, {load.held} held. Empty means as usual.",
                required=False,
                min_value=0,
                max_value=MOST_SLOTS,
                initial=own.get(load.monday),
                error_messages=ERRORS,
            )

    @property
    def weeks(self) -> dict[date, int | None]:
        """The weeks by their Monday."""
        return {monday: self.cleaned_data[name] for name, monday in self.mondays.items()}

    def renew(self, seen: int) -> None:
        """Let the form be sent again over what a colleague changed; what was typed stays."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": str(seen)}
