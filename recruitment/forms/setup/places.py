"""Sponsors, sites, and a site's hours and closed days."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any, ClassVar

from django import forms

from accounts.forms import ZoneField, one_line
from recruitment.forms.fields import day_field
from recruitment.forms.setup.base import Line, PartedForm, SettingForm
from recruitment.models import OpeningInterval, Site, Sponsor
from recruitment.models.places import WEEKDAYS as WEEKDAY_CHOICES
from recruitment.queries.people import known_names
from recruitment.rules.calendars import DEFAULT_HOURS, WEEKDAYS, Interval
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.sponsor_text import check_names_no_person

LABEL_HINT = "Sponsors read this. No person's name."


def clean_label(form: forms.BaseForm, label: str) -> str:
    """The label on one line. Refuses one that names a person (D38)."""
    try:
        check_names_no_person(label, known_names(), field="sponsor_label")
    except InvalidInput as refusal:
        raise forms.ValidationError(str(refusal)) from refusal
    return one_line(label)


class SponsorForm(SettingForm):
    """Who runs a study."""

    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [("", ["name"])]

    class Meta:
        model = Sponsor
        fields: Iterable[str] = ["name"]


class SiteForm(SettingForm):
    """A clinic of this installation."""

    time_zone = ZoneField(help_text="Opening hours and due times follow this clock.")
    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [
        ("", ["name", ("code", "sponsor_label"), "time_zone", ("country", "region")]),
        ("Contact", ["call_back_phone", "is_active"]),
        ("Weekly review", [("review_weekday", "review_at")]),
    ]
    review_weekday = forms.TypedChoiceField(
        choices=[("", "No day yet"), *WEEKDAY_CHOICES],
        coerce=int,
        empty_value=None,
        required=False,
        label="Day",
    )
    review_at = forms.TimeField(
        required=False,
        label="Time",
        help_text="For calendar files, on the site’s clock.",  # noqa: RUF001  (as it is printed)
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Write a time such as 09:00."},
    )

    class Meta:
        model = Site
        fields: Iterable[str] = [
            "name",
            "code",
            "sponsor_label",
            "time_zone",
            "country",
            "region",
            "call_back_phone",
            "is_active",
            "review_weekday",
            "review_at",
        ]
        labels = {
            "sponsor_label": "Label for sponsors",
            "call_back_phone": "Phone that people call back",
            "is_active": "Leads may arrive here",
        }
        help_texts = {
            "code": "Capital letters, digits and hyphens, such as CEDAR.",
            "sponsor_label": LABEL_HINT,
            "country": "Two letters, such as US. Public holidays follow it.",
            "region": "A state or province, such as AZ. Empty for the whole country.",
        }

    def clean(self) -> dict[str, Any] | None:
        """A day of the weekly review has a time, and the other way round."""
        super().clean()
        weekday, at = (self.cleaned_data.get(name) for name in ("review_weekday", "review_at"))
        if weekday is None and at is not None and "review_weekday" not in self.errors:
            self.add_error("review_weekday", "Choose the day too, or leave the time empty.")
        if at is None and weekday is not None and "review_at" not in self.errors:
            self.add_error("review_at", "Write the time too, or choose no day.")
        return self.cleaned_data

    def clean_sponsor_label(self) -> str:
        """A label that names no person."""
        return clean_label(self, self.cleaned_data["sponsor_label"])

    def clean_country(self) -> str:
        """Two capital letters."""
        country = str(self.cleaned_data["country"]).strip().upper()
        if len(country) != 2 or not country.isascii() or not country.isalpha():
            raise forms.ValidationError("Write the two letters of the country, such as US.")
        return country

    def clean_region(self) -> str:
        """Capital letters, as the holiday lists have them."""
        return str(self.cleaned_data["region"]).strip().upper()


class HoursForm(forms.Form):
    """Opening hours by weekday: two intervals a day, more where there are more already.

    `cleaned_data["intervals"]` holds them as the rules want them.
    """

    def __init__(self, *args: Any, hours: Iterable[OpeningInterval], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = tuple((row.weekday, row.opens, row.closes) for row in hours) or DEFAULT_HOURS
        by_day: list[list[Interval]] = [[i for i in given if i[0] == day] for day in range(7)]
        self.slots = max(2, *(len(day) for day in by_day))
        for day in range(7):
            for slot in range(self.slots):
                known = by_day[day][slot] if slot < len(by_day[day]) else None
                self._add(f"opens_{day}_{slot}", "opens", known[1] if known else None)
                self._add(f"closes_{day}_{slot}", "closes", known[2] if known else None)

    def _add(self, name: str, label: str, initial: time | None) -> None:
        self.fields[name] = forms.TimeField(
            required=False,
            initial=initial,
            label=f"{WEEKDAYS[int(name.split('_')[1])]} {label}",
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            error_messages={"invalid": "Write a time such as 09:00."},
        )

    def days(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """Weekday names with their pairs of bound fields."""
        return [
            (
                WEEKDAYS[day],
                [
                    (self[f"opens_{day}_{slot}"], self[f"closes_{day}_{slot}"])
                    for slot in range(self.slots)
                ],
            )
            for day in range(7)
        ]

    def clean(self) -> dict[str, Any] | None:
        """Both times of an interval or neither; it ends after it begins."""
        intervals: list[Interval] = []
        for day in range(7):
            for slot in range(self.slots):
                closing = f"closes_{day}_{slot}"
                opens, closes = (
                    self.cleaned_data.get(f"opens_{day}_{slot}"),
                    self.cleaned_data.get(closing),
                )
                if (opens is None) != (closes is None):
                    self.add_error(closing, "Give both times, or leave both empty.")
                elif opens is not None and closes is not None and closes <= opens:
                    self.add_error(closing, "Closing time must be after opening time.")
                elif opens is not None and closes is not None:
                    intervals.append((day, opens, closes))
        self.cleaned_data["intervals"] = tuple(intervals)
        return self.cleaned_data


class HolidayForm(PartedForm, forms.Form):
    """A day of a site's own on which it is closed."""

    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [("", [("on", "name")])]
    on = day_field("Day")
    name = forms.CharField(max_length=120, label="What it is")


class ClosureForm(PartedForm, forms.Form):
    """Several days on which a site is closed."""

    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [
        ("", [("first_on", "last_on"), "reason"])
    ]
    first_on = day_field("First day")
    last_on = day_field("Last day")
    reason = forms.CharField(max_length=120, label="Why")
