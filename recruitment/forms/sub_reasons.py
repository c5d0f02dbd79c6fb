"""A study's own detail under a fixed reason, in whatever form names the reason (CL4)."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from django import forms

from recruitment.forms.fields import field_of
from recruitment.models import Study, SubReason
from recruitment.queries.wording import sub_reasons_for
from recruitment.rules.closing import CloseCode
from recruitment.rules.vocabulary import BlockerCategory


class SubReasonField(forms.ChoiceField):
    """One of the study's sub-reasons in use, or None; `offer` gives it the rows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="More exactly",
            required=False,
            help_text="The study's own words under the reason.",
            error_messages={"invalid_choice": "Choose a detail that this study has now."},
            **kwargs,
        )
        self.rows: dict[str, SubReason] = {}

    def offer(self, rows: Iterable[SubReason], labels: Mapping[str, str]) -> None:
        """Offer these rows, grouped by the code they stand under, and nothing else."""
        self.rows = {str(row.pk): row for row in rows}
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, row in self.rows.items():
            groups.setdefault(labels[row.code], []).append((key, row.label))
        self.choices = [("", "Not said"), *groups.items()]

    def clean(self, value: Any) -> Any:
        """The row chosen, or None."""
        return self.rows.get(super().clean(value))


def offer_sub_reasons(
    form: forms.Form,
    study: Study,
    codes: Iterable[CloseCode | BlockerCategory],
    under: Literal["close", "blocker"],
) -> None:
    """Offer the study's sub-reasons under `codes`; without any the field is not there."""
    labels = {code.value: str(code.label) for code in codes}
    rows = [row for row in sub_reasons_for(study, under) if row.code in labels]
    field = field_of(form, "sub_reason", SubReasonField)
    field.offer(rows, labels)
    if not rows:
        del form.fields["sub_reason"]
