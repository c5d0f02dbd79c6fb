"""Single controls are written as Django's templates write them, byte for byte."""

from collections.abc import Mapping
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Widget
from django.utils.safestring import mark_safe

from recruitment.forms.few_radios import FewRadios
from trialsnest.lib.form_writer import WRITERS, FormWriter

CHOICES = [
    ("", "As it is"),
    ("a", "One & <two>"),
    ('Grouped "names"', [("in:b", "Three"), (4, mark_safe("<b>Four</b>"))]),
]
WIDGETS: Mapping[str, Widget] = {
    "text": forms.TextInput(),
    "number": forms.NumberInput(),
    "email": forms.EmailInput(),
    "url": forms.URLInput(),
    "tel": forms.TelInput(),
    "search": forms.SearchInput(),
    "color": forms.ColorInput(),
    "password": forms.PasswordInput(render_value=True),
    "hidden": forms.HiddenInput(),
    "date": forms.DateInput(),
    "time": forms.TimeInput(),
    "datetime": forms.DateTimeInput(),
    "checkbox": forms.CheckboxInput(),
    "textarea": forms.Textarea(),
    "select": forms.Select(choices=CHOICES),
    "select several": forms.SelectMultiple(choices=CHOICES),
    "radios": forms.RadioSelect(choices=CHOICES),
    "radios in a line": forms.RadioSelect(choices=CHOICES, attrs={"class": "options--row"}),
    "boxes": forms.CheckboxSelectMultiple(choices=CHOICES),
    "few radios": FewRadios(shown=1, choices=CHOICES[:2]),
    "as few radios as there are": FewRadios(shown=2, choices=CHOICES[:2]),
}
ATTRIBUTES = {
    "id": 'of "quotes" & <marks>',
    "maxlength": 40,
    "required": True,
    "disabled": False,
    "data-key": None,
    "title": mark_safe("said &amp; safe"),
}
VALUES = [
    None,
    "",
    "a",
    'x" onfocus="alert(1)',
    "<script>",
    "two\nlines",
    "🙂\u202e",
    4,
    ["a", "4"],
]


def both(widget: Widget, value: Any, attrs: Mapping[str, Any]) -> tuple[str, str]:
    """What our renderer and Django's own write."""
    return tuple(  # type: ignore[return-value]
        widget.render("na<me", value, dict(attrs), renderer=renderer)
        for renderer in (FormWriter(), TemplatesSetting())
    )


@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_control_is_written_as_its_template_writes_it(name: str, value: Any) -> None:
    for attrs in ({}, ATTRIBUTES):
        ours, djangos = both(WIDGETS[name], value, attrs)
        assert ours == djangos


def test_a_choice_is_written_alone_and_with_its_label_as_templates_write_it() -> None:
    class Form(forms.Form):
        one = forms.ChoiceField(choices=CHOICES[:2], widget=forms.RadioSelect, initial="a")
        more = forms.MultipleChoiceField(choices=CHOICES[:2], widget=forms.CheckboxSelectMultiple)

    written = []
    for renderer in (FormWriter(), TemplatesSetting()):
        form = Form(renderer=renderer)
        choices = [choice for name in ("one", "more") for choice in form[name]]
        written.append([(choice.tag(), choice.tag(wrap_label=True)) for choice in choices])
        written[-1].append((str(form["one"]), str(form["more"])))
    assert written[0] == written[1]


def test_every_control_that_is_written_so_is_tried_here() -> None:
    tried = {widget.template_name for widget in WIDGETS.values()}
    tried |= {forms.RadioSelect.option_template_name}
    tried |= {forms.CheckboxSelectMultiple.option_template_name}
    assert set(WRITERS) == tried


def test_pages_are_written_with_it() -> None:
    assert isinstance(forms.Form().renderer, FormWriter)
