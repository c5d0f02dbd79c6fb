"""A study's contact cadence: one line for each attempt (CD1, D27)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from recruitment.forms.fields import time_field
from recruitment.forms.setup.base import BIGGEST_KEY, INCOMPLETE
from recruitment.rules.cadence import MOST_ATTEMPTS, MOST_DAYS, Cadence, Step
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import Channel

LINES = 10  # attempts that the page offers, more where there are more already
NEITHER = [("", "No attempt"), *Channel.choices]


class CadenceForm(forms.Form):
    """Attempts in order: channel, business days after the first, time of day for the patient."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=BIGGEST_KEY,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), INCOMPLETE),
    )
    max_attempts = forms.IntegerField(
        label="At most so many attempts without an answer",
        min_value=1,
        max_value=MOST_ATTEMPTS,
        help_text="One more needs a reason from a site lead.",
    )
    call_back_days = forms.IntegerField(
        label="Days to call back after the last",
        min_value=1,
        max_value=MOST_DAYS,
        help_text="Calendar days. Then a person decides whether to close.",
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, cadence: Cadence, seen: int
    ) -> None:
        super().__init__(data=data)
        self.initial.update(
            seen=seen,
            max_attempts=cadence.max_attempts,
            call_back_days=cadence.call_back_days,
        )
        self.lines = max(LINES, len(cadence.steps))
        for number in range(1, self.lines + 1):
            known = cadence.steps[number - 1] if number <= len(cadence.steps) else None
            self._add_line(number, known)

    def _add_line(self, number: int, step: Step | None) -> None:
        self.fields[f"channel_{number}"] = forms.ChoiceField(
            label="Channel",
            choices=NEITHER,
            required=False,
            initial=step.channel if step else "",
        )
        self.fields[f"days_{number}"] = forms.IntegerField(
            label="Business day",
            required=False,
            min_value=0,
            max_value=MOST_DAYS,
            initial=step.business_days if step else None,
        )
        self.fields[f"clock_{number}"] = time_field(
            "Time", required=False, initial=step.clock if step else None
        )

    def laid_out(self) -> list[tuple[str, list[list[BoundField]]]]:
        """The limits first, then a part for each attempt."""
        parts = [("", [[self["max_attempts"], self["call_back_days"]]])]
        for number in range(1, self.lines + 1):
            names = [f"channel_{number}", f"days_{number}", f"clock_{number}"]
            legend = f"Attempt {number}" + (", at once" if number == 1 else "")
            parts.append((legend, [[self[name] for name in names]]))
        return parts

    def clean(self) -> dict[str, Any]:
        """The cadence as a whole; it says which line cannot be and what is allowed."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            data["cadence"] = Cadence(
                tuple(self._steps(data)),
                max_attempts=data["max_attempts"],
                call_back_days=data["call_back_days"],
            )
        except InvalidInput as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return data

    def _steps(self, data: Mapping[str, Any]) -> list[Step]:
        steps: list[Step] = []
        for number in range(1, self.lines + 1):
            channel, days = data[f"channel_{number}"], data[f"days_{number}"]
            clock = data[f"clock_{number}"]
            if not channel:
                if days is not None or clock is not None:
                    raise InvalidInput("Choose a channel.", field=f"channel_{number}")
                continue
            if len(steps) != number - 1:
                raise InvalidInput(
                    "Leave no empty line before an attempt.", field=f"channel_{number}"
                )
            if days is None:
                raise InvalidInput("Write the business day.", field=f"days_{number}")
            steps.append(Step(Channel(channel), days, clock))
        return steps

    def renew(self, seen: int) -> None:
        """Let the form be sent again over the settings as they are now; what was typed stays."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": str(seen)}
