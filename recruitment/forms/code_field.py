"""The field for a close code, a few of them open and the rest behind one press (CL2, D30)."""

from django import forms

from recruitment.forms.few_radios import FewRadios
from recruitment.rules.closing import CloseCode
from recruitment.rules.closing_phases import MOST_SHOWN


class CodeField(forms.ChoiceField):
    """A close code. A known code that does not fit the stage is refused by the rule, not here."""

    def __init__(self, label: str, *, shown: int = MOST_SHOWN) -> None:
        super().__init__(
            label=label,
            widget=FewRadios(shown=shown),
            error_messages={
                "required": "Choose the main reason for closing.",
                "invalid_choice": "Choose a reason from the list.",
            },
        )

    def valid_value(self, value: object) -> bool:
        """Whether `value` is a close code at all."""
        return str(value) in CloseCode.values
