"""My profile, and the choice of a time zone."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms

from accounts.models import User

OFTEN_USED = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "Europe/London",
    "UTC",
)
REGIONS = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
]

Choices = list[tuple[str, list[tuple[str, str]]]]


@cache
def zone_choices() -> Choices:
    """Every zone of the pinned tzdata that is a place, by region, the usual ones first."""
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for name in sorted(available_timezones() - set(OFTEN_USED)):
        region, _, place = name.partition("/")
        if region in groups and place:
            groups[region].append((name, f"{_place(place)} ({name})"))
    often = [(name, f"{_place(name.rpartition('/')[2])} ({name})") for name in OFTEN_USED]
    return [("Often used", often), *groups.items()]


def _place(name: str) -> str:
    return name.replace("_", " ").replace("/", ", ")


class ZoneField(forms.ChoiceField):
    """A time zone, chosen from a list; one that is not in it is refused by name."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "error_messages",
            {"invalid_choice": "%(value)s is not a time zone of the list. Choose one."},
        )
        super().__init__(choices=zone_choices, **options)


def one_line(text: str) -> str:
    """The text with every run of white space, line ends too, as one space."""
    return " ".join(text.split())


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript when it runs
    """What somebody sets for herself. The e-mail address is the administrator's to change."""

    time_zone = ZoneField(help_text="Times on your pages are shown on this clock.")

    class Meta:
        model = User
        fields: Iterable[str] = [
            *("name", "time_zone", "theme", "density"),
            *("single_keys", "opens_next"),
        ]
        widgets = {
            "theme": forms.RadioSelect(attrs={"class": "options--row"}),
            "density": forms.RadioSelect(attrs={"class": "options--row"}),
        }
        help_texts = {
            "single_keys": "Such as j and k in the queue. Off, only Tab and Enter work.",
            "opens_next": "In the order of the list that the lead was opened from.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("theme", User.THEMES), ("density", User.DENSITIES)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  (the model has choices)
            field.choices = choices  # without the empty "---------"

    def clean_name(self) -> str:
        """The name on one line."""
        return one_line(self.cleaned_data["name"])
