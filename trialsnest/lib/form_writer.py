"""Writes the single controls of forms as Django's own templates do, several times as fast.

A lead's panel holds some 150 controls, and each would be a template with another one inside: more
than half of what the panel costs. What the project's own templates write stays with them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, SafeString, mark_safe

FOLDER = "django/forms/widgets/"
NO_ERRORS = "django/forms/errors/list/default.html"  # which writes nothing where there are none
INPUTS = (
    *("text", "number", "email", "url", "tel", "search", "color", "password", "hidden"),
    *("date", "time", "datetime", "checkbox"),
)


class FormWriter(TemplatesSetting):
    """Renders forms by the project's templates, and single controls without one."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        """The HTML of one control, field or form."""
        if template_name == NO_ERRORS and not context["errors"]:
            return mark_safe("")
        write, widget = WRITERS.get(template_name), context.get("widget")
        if write is None or widget is None or widget.get("wrap_label"):
            written = super().render(template_name, context, request)
        else:
            written = write(widget)
        return mark_safe(written)  # noqa: S308  (templates and writers escape every value)


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    said = "" if value is None else f' value="{_text(value)}"'
    kind, name = conditional_escape(widget["type"]), conditional_escape(widget["name"])
    return f'<input type="{kind}" name="{name}"{said}{_attributes(widget)}>'


def _select(widget: Mapping[str, Any]) -> str:
    inside = "".join(_options(widget))
    name = conditional_escape(widget["name"])
    return f'<select name="{name}"{_attributes(widget)}>{inside}\n</select>'


def _options(widget: Mapping[str, Any]) -> Iterator[str]:
    for name, options, _ in widget["optgroups"]:
        if name:
            yield f'\n  <optgroup label="{conditional_escape(name)}">'
        for option in options:
            value, label = _text(option["value"]), conditional_escape(option["label"])
            yield f'\n  <option value="{value}"{_attributes(option)}>{label}</option>\n'
        if name:
            yield "\n  </optgroup>"


def _textarea(widget: Mapping[str, Any]) -> str:
    name, value = conditional_escape(widget["name"]), widget["value"]
    inside = conditional_escape(value) if value else ""
    return f'<textarea name="{name}"{_attributes(widget)}>\n{inside}</textarea>'


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {conditional_escape(name)}" + ("" if value is True else f'="{_text(value)}"')
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: object) -> str:
    """What the filter `stringformat:'s'` makes of a value."""
    return conditional_escape(value if isinstance(value, SafeData) else str(value))


WRITERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    **{f"{FOLDER}{name}.html": _input for name in INPUTS},
    f"{FOLDER}radio_option.html": _input,
    f"{FOLDER}checkbox_option.html": _input,
    f"{FOLDER}select.html": _select,
    f"{FOLDER}textarea.html": _textarea,
}
"""What writes in the place of which template; a choice only where its label stands beside it."""
