"""Other targets, opening hours and closed days, to see what they would have changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.forms import BoundField

from recruitment.forms.fields import day_field
from recruitment.forms.setup.places import HoursForm
from recruitment.models import OpeningInterval
from recruitment.rules.calendars import BusinessCalendar, InvalidCalendar
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import (
    FAST,
    MOST,
    UNITS,
    Target,
    TargetKey,
    Unit,
    check_target,
)
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import SourceKind
from trialsnest.lib.words import day

MORE_DAYS = 4  # how many further closed days may be tried at once
WHOLE = "Write a whole number, at least 1."
Row = tuple[TargetKey, str]
"""A target and, for the first response, a kind of source."""


@dataclass(frozen=True)
class TargetLine:
    """One target of the form: its name, what it is now, and its fields."""

    label: str
    now: str
    amount: BoundField
    unit: BoundField | None
    unit_words: str


class WhatIfForm(HoursForm):
    """What the site has now, to be changed. An unchanged form proposes nothing.

    `cleaned_data["amounts"]` holds the targets that differ from those in force at `now`, and
    `cleaned_data["calendar"]` the calendar if hours or closed days differ, else None.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        terms: Terms,
        now: datetime,
        closed_days: Mapping[date, str],
    ) -> None:
        self.calendar = terms.calendar
        super().__init__(
            data,
            hours=[
                OpeningInterval(weekday=weekday, opens=opens, closes=closes)
                for weekday, opens, closes in self.calendar.intervals
            ],
        )
        self.now = {row: terms.target(row[0], now, row[1]) for row in rows_of(terms)}
        for row, target in self.now.items():
            self._add_target(row, target)
        self.fields["open_on"] = forms.MultipleChoiceField(
            label="Work on these closed days",
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[
                (on.isoformat(), f"{day(on)}, {name}" if name else day(on))
                for on, name in sorted(closed_days.items())
            ],
            error_messages={"invalid_choice": "Choose from the closed days that are listed."},
        )
        for number in range(1, MORE_DAYS + 1):
            self.fields[f"closed_on_{number}"] = day_field(
                f"Also closed, day {number}", required=False
            )

    def _add_target(self, row: Row, target: Target) -> None:
        label = label_of(row)
        self.fields[field_name("amount", row)] = forms.IntegerField(
            label=label,
            initial=target.amount,
            min_value=1,
            max_value=max(MOST[unit] for unit in UNITS[row[0]]),
            error_messages=dict.fromkeys(("required", "invalid", "min_value"), WHOLE),
        )
        if len(UNITS[row[0]]) > 1:
            self.fields[field_name("unit", row)] = forms.ChoiceField(
                label=f"{label}, counted in",
                initial=target.unit,
                choices=[(unit.value, unit.label) for unit in UNITS[row[0]]],
                error_messages={"invalid_choice": "Choose what the target is counted in."},
            )

    def target_lines(self) -> Iterator[TargetLine]:
        """The targets in the order of the work."""
        for row, target in self.now.items():
            unit = field_name("unit", row)
            yield TargetLine(
                label_of(row),
                target.words,
                self[field_name("amount", row)],
                self[unit] if unit in self.fields else None,
                str(target.unit.label),
            )

    @property
    def more_days(self) -> list[BoundField]:
        """The further closed days."""
        return [self[f"closed_on_{number}"] for number in range(1, MORE_DAYS + 1)]

    def clean(self) -> dict[str, Any] | None:
        """Amounts to plan with, and a calendar that leaves working time (CK1)."""
        super().clean()
        self.cleaned_data["amounts"] = {
            row: target for row in self.now if (target := self._changed(row)) is not None
        }
        self.cleaned_data["calendar"] = self._calendar()
        return self.cleaned_data

    def _changed(self, row: Row) -> Target | None:
        """The target if it is another one than now; an error beside it if nobody can plan so."""
        amount = self.cleaned_data.get(field_name("amount", row))
        unit = self.cleaned_data.get(field_name("unit", row), self.now[row].unit)
        if amount is None or not unit:
            return None
        try:
            check_target(row[0], amount, Unit(unit))
        except InvalidInput as refusal:
            self.add_error(field_name("amount", row), str(refusal))
            return None
        found = Target(amount, Unit(unit))
        return found if found != self.now[row] else None

    def _calendar(self) -> BusinessCalendar | None:
        hours = [name for name in self.errors if name.startswith(("opens_", "closes_", "closed_"))]
        if hours or "open_on" in self.errors:
            return None
        opened = {date.fromisoformat(on) for on in self.cleaned_data["open_on"]}
        closed = {self.cleaned_data[field.name] for field in self.more_days} - {None}
        try:
            found = BusinessCalendar(
                self.calendar.zone,
                self.cleaned_data["intervals"],
                frozenset(self.calendar.closed_dates - opened | closed),
            )
        except InvalidCalendar as refusal:
            self.add_error(None, str(refusal))
            return None
        return found if found != self.calendar else None


def rows_of(terms: Terms) -> list[Row]:
    """The targets that can be tried: one row each, of the first response one a kind that differs.

    Asks to the sponsor run no clock on a lead.
    """
    own = {version.kind for version in terms.versions if version.key == TargetKey.FIRST_RESPONSE}
    kinds = [kind for kind in SourceKind if kind in FAST or kind in own]
    found: list[Row] = []
    for key in TargetKey:
        if key == TargetKey.ASK_ANSWER:
            continue
        found.append((key, ""))
        if key == TargetKey.FIRST_RESPONSE:
            found += [(key, kind.value) for kind in kinds]
    return found


def label_of(row: Row) -> str:
    """The target in words, with the kind of source where there is one."""
    key, kind = row
    if key != TargetKey.FIRST_RESPONSE:
        return str(key.label)
    return f"{key.label}: {SourceKind(kind).label.lower() if kind else 'all other sources'}"


def field_name(part: str, row: Row) -> str:
    """The field of an `amount` or `unit`, named as on the page where targets are set."""
    key, kind = row
    return f"{part}_{key}_{kind}" if kind else f"{part}_{key}"
