"""Writes the single controls of forms as Django's own templates do, several times as fast.

A lead's panel holds some 150 controls and 60 choices with their labels, and each would be a
template with others inside: more than half of what the panel costs. Choices are written as the
project's own templates say (templates/django/forms/widgets); what else these write stays with them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from django.forms import BaseForm
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.safestring import SafeData, SafeString

from trialsnest.lib.quick_templates.values import escaped
from trialsnest.lib.same_fields import unsent, written_once

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
            return SafeString("")
        write, widget = WRITERS.get(template_name), context.get("widget")
        if write is not None and widget is not None:
            return SafeString(write(widget).strip())  # writers escape every value
        if request is not None:
            return SafeString(super().render(template_name, context, request))
        if template_name == self.field_template_name:
            return written_once(context["field"], partial(_from_template, template_name, context))
        return _from_template(template_name, context)

    def unsent(self, form: BaseForm) -> SafeString | None:
        """A form that nobody sent yet, without its template; None where it takes one."""
        is_plain = form.template_name == self.form_template_name
        return unsent(form) if is_plain and not form.is_bound else None


def _from_template(name: str, context: dict[str, Any]) -> SafeString:
    return SafeString(_template(name).render(Context(context)).strip())


@cache
def _template(name: str) -> Template:
    """The template by its name, which is loaded once a process anyway (settings.TEMPLATES)."""
    found: Template = get_template(name).template  # type: ignore[attr-defined]  # of Django's own kind
    return found


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    said = "" if value is None else f' value="{_text(value)}"'
    kind, name = escaped(widget["type"]), escaped(widget["name"])
    return f'<input type="{kind}" name="{name}"{said}{_attributes(widget)}>'


def _choice(widget: Mapping[str, Any]) -> str:
    """One choice, with its label where it is to have one."""
    if not widget["wrap_label"]:
        return f"\n{_input(widget)}\n\n\n"
    identity = widget["attrs"].get("id")
    points = f' for="{escaped(identity)}"' if identity else ""
    label = escaped(widget["label"])
    return f'\n<label class="check"{points}>{_input(widget)}\n<span>{label}</span></label>\n\n'


def _choices(widget: Mapping[str, Any]) -> str:
    """Choices under one another, or in a line."""
    look = widget["attrs"].get("class")
    inside = "".join(_in_groups(widget))
    more = f" {escaped(look)}" if look else ""
    return f'<div class="options{more}"{_identity(widget)}>{inside}</div>'


def _in_groups(widget: Mapping[str, Any]) -> Iterator[str]:
    for name, options, _ in widget["optgroups"]:
        if name:
            yield f'<p class="options__group">{escaped(name)}</p>'
        yield from map(_choice, options)


def _few_choices(widget: Mapping[str, Any]) -> str:
    """Choices under one another, the later ones behind "More"."""
    shown, groups = widget["shown"], widget["optgroups"]
    written = ["".join(map(_choice, options)) for _, options, _ in groups]
    first, rest = "".join(written[:shown]), "".join(written[shown:])
    if len(groups) > shown:
        is_open = " open" if widget["is_more"] else ""
        rest = (
            f'<details{is_open}><summary>More</summary><div class="options">{rest}</div></details>'
        )
    return f'<div class="options"{_identity(widget)}>{first}{rest}</div>'


def _identity(widget: Mapping[str, Any]) -> str:
    identity = widget["attrs"].get("id")
    return f' id="{escaped(identity)}"' if identity else ""


def _select(widget: Mapping[str, Any]) -> str:
    inside = "".join(_options(widget))
    name = escaped(widget["name"])
    return f'<select name="{name}"{_attributes(widget)}>{inside}\n</select>'


def _options(widget: Mapping[str, Any]) -> Iterator[str]:
    for name, options, _ in widget["optgroups"]:
        if name:
            yield f'\n  <optgroup label="{escaped(name)}">'
        for option in options:
            value, label = _text(option["value"]), escaped(option["label"])
            yield f'\n  <option value="{value}"{_attributes(option)}>{label}</option>\n'
        if name:
            yield "\n  </optgroup>"


def _textarea(widget: Mapping[str, Any]) -> str:
    name, value = escaped(widget["name"]), widget["value"]
    inside = escaped(value) if value else ""
    return f'<textarea name="{name}"{_attributes(widget)}>\n{inside}</textarea>'


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {escaped(name)}" + ("" if value is True else f'="{_text(value)}"')
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: object) -> str:
    """What the filter `stringformat:'s'` makes of a value."""
    return escaped(value if isinstance(value, SafeData) else str(value))


WRITERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    **{f"{FOLDER}{name}.html": _input for name in INPUTS},
    f"{FOLDER}radio_option.html": _choice,
    f"{FOLDER}checkbox_option.html": _choice,
    f"{FOLDER}radio.html": _choices,
    f"{FOLDER}checkbox_select.html": _choices,
    f"{FOLDER}few_radios.html": _few_choices,
    f"{FOLDER}select.html": _select,
    f"{FOLDER}textarea.html": _textarea,
}
"""What writes in the place of which template."""
