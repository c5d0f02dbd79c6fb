"""Fields that clean what people type or paste, and say in a sentence what is wrong with it."""

from datetime import date
from typing import Any, TypeVar

from django import forms
from django.utils import timezone

from recruitment.rules.identity import clean_block, clean_line
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.texts import check_readable

Kind = TypeVar("Kind", bound=forms.Field)


class LineField(forms.CharField):
    """One line: invisible characters go, control characters are refused, letters stay as typed."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages["max_length"] = f"At most {max_length:,} characters."

    def to_python(self, value: Any) -> str:
        """The cleaned line; empty for nothing."""
        return clean_line(_readable(str(value))) if value else ""


class BlockField(LineField):
    """Several lines, cleaned one by one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """The cleaned lines; empty for nothing."""
        return clean_block(_readable(str(value))).strip() if value else ""


def _readable(text: str) -> str:
    """`text`, which holds no control characters (ValidationError), as in the services."""
    try:
        check_readable(text, field="")
    except InvalidInput as refusal:
        raise forms.ValidationError(str(refusal)) from refusal
    return text


def field_of(form: forms.BaseForm, name: str, kind: type[Kind]) -> Kind:
    """The form's field `name`, which its class declares as a `kind`. Raises TypeError if not."""
    field = form.fields[name]
    if not isinstance(field, kind):
        raise TypeError(f"{name} is no {kind.__name__}")
    return field


FIRST_DAY = date(2000, 1, 1)
YEARS_AHEAD = 5


class DayField(forms.DateField):
    """A day of the work, not of all time: a zone's clock cannot be read at the calendar's ends."""

    def validate(self, value: Any) -> None:
        """Refuse a day before 2000 or more than five years after today (UTC)."""
        super().validate(value)
        if not isinstance(value, date):
            return
        today = timezone.now().date()
        same_day = (value.year - YEARS_AHEAD, value.month, value.day)
        if value < FIRST_DAY or same_day > (today.year, today.month, today.day):
            raise forms.ValidationError("Choose a day from 2000 on, at most five years ahead.")


def day_field(label: str, **kwargs: Any) -> DayField:
    """A date as the browser's own control sends it."""
    return DayField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Write the day as 2026-11-30."},
        **kwargs,
    )


def time_field(label: str, **kwargs: Any) -> forms.TimeField:
    """A time of day on the 24 hour clock."""
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M"],
        error_messages={"invalid": "Write the time as 14:30."},
        **kwargs,
    )
