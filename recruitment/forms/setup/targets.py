"""A study's targets, all in one table, and its stale limits (5.1, 6.1, D13, D28)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.forms import BoundField

from recruitment.forms.fields import day_field
from recruitment.forms.setup.base import BIGGEST_KEY, INCOMPLETE
from recruitment.queries.target_settings import Row, TargetNow
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.target_words import STARTS, STOPS, label_of, pauses_words
from recruitment.rules.targets import ESCALATES_TO, UNITS, Target, Unit, check_target
from recruitment.services.target_settings import Wanted
from trialsnest.lib.zones import local_time, start_of

WHOLE = "Write a whole number, at least 1."


def seen_field() -> forms.IntegerField:
    """The newest change that the page knew."""
    return forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=BIGGEST_KEY,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), INCOMPLETE),
    )


@dataclass(frozen=True)
class TargetLine:
    """One row of the table."""

    now: TargetNow
    label: str
    starts: str
    stops: str
    pauses: str
    escalates: str
    amount: BoundField
    unit: BoundField | None
    unit_words: str


class TargetsForm(forms.Form):
    """Amounts and units of all targets, and the day from which what differs holds.

    `is_site`: the page of one site of a study, where an empty amount is the study's own.
    """

    starts_on = day_field(
        "What I change holds from",
        help_text="Today, or a later day. Clocks that run by then keep what they started under.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        now: Mapping[Row, TargetNow],
        seen: int,
        today: date,
        is_site: bool = False,
    ) -> None:
        super().__init__(data)
        self.now, self.today, self.is_site = now, today, is_site
        self.fields["seen"] = seen_field()
        self.initial.update(seen=seen, starts_on=today)
        for row, target in now.items():
            self._add(row, target)

    def _add(self, row: Row, target: TargetNow) -> None:
        label, units = label_of(*row), UNITS[row[0]]
        self.fields[_name("amount", row)] = forms.IntegerField(
            label=label,
            required=False,
            initial=target.here.amount if target.here else None,
            widget=forms.NumberInput(attrs={"min": 1, "placeholder": target.otherwise.amount}),
            error_messages={"invalid": WHOLE},
        )
        if len(units) > 1:
            self.fields[_name("unit", row)] = forms.ChoiceField(
                label=f"{label}, counted in",
                initial=target.in_force.unit,
                choices=[(unit.value, unit.label) for unit in units],
                error_messages={
                    "required": "Choose what the target is counted in.",
                    "invalid_choice": "Choose what the target is counted in.",
                },
            )

    def lines(self) -> Iterator[TargetLine]:
        """The rows of the table."""
        for row, target in self.now.items():
            unit, key = _name("unit", row), row[0]
            yield TargetLine(
                now=target,
                label=label_of(*row),
                starts=STARTS[key],
                stops=STOPS[key],
                pauses=pauses_words(key),
                escalates=ESCALATES_TO[key],
                amount=self[_name("amount", row)],
                unit=self[unit] if unit in self.fields else None,
                unit_words=str(target.in_force.unit.label),
            )

    def clean(self) -> dict[str, Any]:
        """What differs from what is set, each an amount to plan with."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        starts_on = data.get("starts_on")
        if starts_on is not None and starts_on < self.today:
            self.add_error("starts_on", "A target does not start in the past. Choose today.")
        data["wanted"] = {row: self._wanted(row) for row in self.now if self._is_changed(row)}
        return data

    def _is_changed(self, row: Row) -> bool:
        """Whether somebody typed another amount or unit; a unit without an amount is nothing."""
        amount, unit = _name("amount", row), _name("unit", row)
        if amount in self.errors or unit in self.errors:
            return False
        if amount in self.changed_data:
            return True
        return unit in self.changed_data and self.cleaned_data[amount] is not None

    def _wanted(self, row: Row) -> Target | None:
        amount = self.cleaned_data[_name("amount", row)]
        unit = Unit(self.cleaned_data.get(_name("unit", row), UNITS[row[0]][0]))
        if amount is None:
            if not self.is_site:
                default = self.now[row].otherwise.words
                self.add_error(_name("amount", row), f"Give an amount. Without one: {default}.")
            return None
        try:
            check_target(row[0], amount, unit)
        except InvalidInput as refusal:
            self.add_error(_name("amount", row), _alone(str(refusal), row))
        return Target(amount, unit)

    def wanted(self) -> list[Wanted]:
        """What is to be set, once the form is valid."""
        found: Mapping[Row, Target | None] = self.cleaned_data["wanted"]
        return [
            Wanted(key, kind, target.amount, target.unit) if target else Wanted(key, kind, None, "")
            for (key, kind), target in found.items()
        ]

    def in_force_from(self, *, zone: str, at: datetime) -> datetime:
        """The beginning of the chosen day on the clock of `zone`, or `at` (UTC) for today."""
        day: date = self.cleaned_data["starts_on"]
        return max(start_of(day, zone), at) if day > local_time(at, zone).date() else at

    def place(self, refusal: InvalidInput) -> str | None:
        """The field that a refusal of the service is about."""
        return {"in_force_from": "starts_on"}.get(refusal.field)

    def renew(self, seen: int) -> None:
        """Let the form be sent again over the settings as they are now; what was typed stays."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": str(seen)}


def _alone(sentence: str, row: Row) -> str:
    """The rule's sentence beside its field, without the name of the target before it."""
    said = sentence.removeprefix(f"{row[0].label}: ")
    return said[0].upper() + said[1:]


def _name(part: str, row: Row) -> str:
    key, kind = row
    return f"{part}_{key}_{kind}" if kind else f"{part}_{key}"
