"""A short list of choices, the rest behind one press; it works without scripts (D30)."""

from typing import Any

from django import forms


class FewRadios(forms.RadioSelect):
    """Radio buttons of which only the first `shown` stand open."""

    template_name = "django/forms/widgets/few_radios.html"

    def __init__(self, *, shown: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shown = shown

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template needs; the rest stands open where the choice lies in it."""
        context = super().get_context(name, value, attrs)
        values = [str(code) for code, _ in self.choices]
        chosen = [str(found) for found in context["widget"]["value"]]
        context["widget"]["shown"] = self.shown
        context["widget"]["is_more"] = any(code in values[self.shown :] for code in chosen)
        return context
