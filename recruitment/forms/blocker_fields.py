"""The fields that name a blocker, of one lead or of a study at a site (B1)."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField, day_field
from recruitment.queries.workers import workers_of
from recruitment.rules.blocking import DECIDERS, MAX_REVIEW_AHEAD, proposed_review
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.vocabulary import BlockerCategory, Party
from recruitment.services.blockers import MAX_WORDS
from trialsnest.lib.zones import instant_of, local_time

LOOK_AGAIN = time(9)  # on the site's clock: what is due on a day is due when the site opens


def category_field() -> forms.ChoiceField:
    """What stops it (7.1); a study is paused by its halt alone (D32)."""
    halted = BlockerCategory.STUDY_PAUSED
    named = [(code, label) for code, label in BlockerCategory.choices if code != halted]
    return forms.ChoiceField(
        label="What stops it",
        choices=[("", "Choose"), *named],
        error_messages={"required": "Choose what stops it."},
    )


def party_field(label: str = "Waits on") -> forms.ChoiceField:
    """Whose turn it is (D23); the usual party of the category where nothing is chosen."""
    return forms.ChoiceField(
        label=label, required=False, choices=[("", "The usual party"), *Party.choices]
    )


def review_field(*, required: bool = False) -> forms.Field:
    """The day on which somebody looks again (PZ2)."""
    return day_field(
        "Look at it again on",
        required=required,
        help_text=f"At most {MAX_REVIEW_AHEAD} working days ahead where the clocks stop.",
    )


def decision_field() -> forms.ChoiceField:
    """Whether a decision is needed, and from whom (B1, E2)."""
    return forms.ChoiceField(
        label="Decision needed from",
        required=False,
        choices=[("", "Nobody"), *((party.value, name) for party, name in DECIDERS.items())],
    )


def words_field(label: str, missing: str) -> LineField:
    """A sentence that must be given."""
    return LineField(label=label, max_length=MAX_WORDS, error_messages={"required": missing})


class OwnerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """Who sees to it: somebody who works there. Nobody chosen is whoever owns the lead."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=User.objects.none(),
            label="Who sees to it",
            required=False,
            error_messages={"invalid_choice": "That person does not work on this study here."},
            **kwargs,
        )

    def offer(self, study_site_id: int, shown: Iterable[User] | None = None) -> None:
        """Offer whoever works on the study at the site; `shown` are they where known already."""
        self.queryset = workers_of(study_site_id)
        if shown is not None:
            nobody = ("", self.empty_label or "")
            self.choices = [nobody, *((user.pk, user.name) for user in shown)]

    def label_from_instance(self, obj: Any) -> str:
        """The name alone."""
        return str(obj.name)


def proposed_day(category: BlockerCategory, *, at: datetime, calendar: BusinessCalendar) -> date:
    """The day that a form proposes, on the site's clock."""
    return local_time(proposed_review(category, at=at, calendar=calendar), calendar.zone).date()


def review_instant(day: date | None, zone: str) -> datetime | None:
    """Nine o'clock of the day on the site's clock, in UTC."""
    return instant_of(day, LOOK_AGAIN, zone) if day else None
