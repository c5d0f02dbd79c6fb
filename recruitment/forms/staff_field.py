"""Whose decision a form records: the study team's members at the lead's site (CL3, LC6, LC7)."""

from collections.abc import Iterable
from typing import Any

from django import forms

from recruitment.forms.fields import field_of
from recruitment.forms.lead_form import LeadForm
from recruitment.models import StudyStaff
from recruitment.queries.lead_page import staff_of


class StaffField(forms.ChoiceField):
    """A member of the lead's study team at its site; `offer` gives it the names."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Decided by",
            required=False,
            help_text="Whose decision it is. You are recorded as who entered it.",
            error_messages={
                "invalid_choice": "That person is not on this study's team here.",
            },
            **kwargs,
        )
        self.staff: dict[str, StudyStaff] = {}

    def offer(self, staff: Iterable[StudyStaff]) -> None:
        """Offer these members and nobody else."""
        self.staff = {str(row.pk): row for row in staff}
        self.choices = [
            ("", "Nobody yet"),
            *((key, _named(row)) for key, row in self.staff.items()),
        ]

    def clean(self, value: Any) -> Any:
        """The member chosen, or None."""
        return self.staff.get(super().clean(value))


def _named(row: StudyStaff) -> str:
    """Name and role, and that she decides before consent only."""
    delegated = row.decides == "prescreening"
    return f"{row}, {row.get_decides_display().lower()}" if delegated else str(row)


def offer_staff(form: LeadForm, *, team_only: bool = False) -> None:
    """Offer who decides for the lead's study at its site; of these only the study team's own.

    Who is delegated for prescreening decides on criteria before consent, and nothing else (CL3).
    """
    field = field_of(form, "decided_by", StaffField)
    staff = form.page.staff if form.page else staff_of(form.lead)
    field.offer(row for row in staff if not team_only or row.decides == "study_team")
