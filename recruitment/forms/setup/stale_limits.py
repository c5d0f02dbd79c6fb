"""How long leads of a study may rest, all stages in one table (6.1, D13)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from recruitment.forms.setup.base import BIGGEST_KEY, INCOMPLETE
from recruitment.rules.stage_words import MOST_REST_DAYS, RESTING, StageWords
from recruitment.rules.stages import Stage
from recruitment.rules.staleness import REST_DAYS, rest_unit

WHOLE = f"Write a whole number of days, from 1 to {MOST_REST_DAYS}, or leave it empty."
STAGES = [stage for stage in Stage if stage in RESTING]


class StaleLimitsForm(forms.Form):
    """Days by stage; empty for the usual ones. `versions` are those the page shows."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        words: Mapping[Stage, StageWords],
        versions: Mapping[Stage, int],
    ) -> None:
        super().__init__(data)
        self.words, self.versions = words, versions
        for stage in STAGES:
            self.fields[stage.value] = forms.IntegerField(
                label=f"{words[stage].label}, {rest_unit(stage)}s",
                required=False,
                min_value=1,
                max_value=MOST_REST_DAYS,
                initial=words[stage].rest_days,
                widget=forms.NumberInput(attrs={"placeholder": REST_DAYS[stage]}),
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WHOLE),
            )
            self.fields[f"seen_{stage}"] = forms.IntegerField(
                widget=forms.HiddenInput,
                min_value=0,
                max_value=BIGGEST_KEY,
                initial=versions[stage],
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"), INCOMPLETE
                ),
            )

    def lines(self) -> Iterator[tuple[Stage, BoundField]]:
        """The stages in their order, each with its field."""
        for stage in STAGES:
            yield stage, self[stage.value]

    def limits(self) -> dict[Stage, int | None]:
        """What differs from what is set, once the form is valid."""
        data = self.cleaned_data
        return {
            stage: data[stage.value]
            for stage in STAGES
            if data[stage.value] != self.words[stage].rest_days
        }

    def seen(self) -> dict[Stage, int]:
        """The version of each stage that the page showed."""
        return {stage: self.cleaned_data[f"seen_{stage}"] for stage in STAGES}

    def renew(self) -> None:
        """Let the form be sent again over the settings as they are now; what was typed stays."""
        now = {f"seen_{stage}": str(self.versions[stage]) for stage in STAGES}
        self.data = {**{name: self.data.get(name) for name in self.data}, **now}
