"""Fields that say the same for every lead are written once, and nothing of a person is kept."""

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from trialsnest.lib import same_fields
from trialsnest.lib.form_fields import Codes, share_choices
from trialsnest.lib.form_writer import FormWriter

CHOICES = [("", "As it is"), ("a", "One & <two>"), ("b", "Two")]


class Form(forms.Form):
    """A form with controls of every kind that pages use."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=CHOICES, widget=forms.HiddenInput, required=False)
    on = forms.DateField(label="On <the> day", widget=forms.DateInput(attrs={"type": "date"}))
    at = forms.TimeField(help_text="Your & our clock", widget=forms.TimeInput(format="%H:%M"))
    how = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    why = forms.ChoiceField(choices=CHOICES, required=False)
    several = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple)
    sure = forms.BooleanField(label="I am sure", required=False)
    note = forms.CharField(max_length=40, widget=forms.Textarea, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        share_choices(type(self))
        super().__init__(*args, auto_id="own-%s", **kwargs)


FIRST: dict[str, Any] = {"seen": 3, "on": date(2026, 3, 1), "at": time(9), "how": "a"}


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Each test begins with nothing written, and leaves nothing of its own."""
    same_fields.forget()
    yield
    same_fields.forget()


def fresh(change: Callable[[Form], object] = lambda form: None, **kwargs: Any) -> Form:
    """A form that nobody sent, changed as a page may change it."""
    form = Form(**{"initial": dict(FIRST), "renderer": FormWriter()} | kwargs)
    change(form)
    return form


def plainly(change: Callable[[Form], object] = lambda form: None, **kwargs: Any) -> str:
    """As the templates write it, one after the other."""
    return str(fresh(change, renderer=TemplatesSetting(), **kwargs))


def offer(form: Form, name: str, choices: Any) -> None:
    """Other choices than the class has."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def test_a_form_is_written_as_its_template_writes_it_the_first_time_and_later() -> None:
    for _ in range(3):
        assert FormWriter().unsent(fresh()) == str(fresh()) == plainly()
    assert same_fields.kept(), "written once"


CHANGES: dict[str, Callable[[Form], object]] = {
    "a first value": lambda form: form.initial.update(how="b", on=date(2026, 3, 2), sure=True),
    "several first values": lambda form: form.initial.update(several=["a", "b"]),
    "a version": lambda form: form.initial.update(seen=4),
    "another kind of the same value": lambda form: form.initial.update(seen=True, sure=1),
    "a label": lambda form: setattr(form.fields["note"], "label", "Words"),
    "a hint": lambda form: setattr(form.fields["at"], "help_text", "Another"),
    "no hint": lambda form: setattr(form.fields["at"], "help_text", ""),
    "needed": lambda form: setattr(form.fields["note"], "required", True),
    "not needed": lambda form: setattr(form.fields["on"], "required", False),
    "not to be changed": lambda form: setattr(form.fields["on"], "disabled", True),
    "an attribute": lambda form: form.fields["note"].widget.attrs.update(rows=2),
    "choices": lambda form: offer(form, "why", [("c", "Three")]),
    "codes": lambda form: offer(form, "why", Codes([("c", "Three")])),
    "other codes": lambda form: offer(form, "why", Codes([("c", "Four")])),
    "choices in groups": lambda form: offer(form, "how", [("Some", [("c", "Three")])]),
    "choices asked for": lambda form: offer(form, "how", lambda: [("c", "Three")]),
    "words": lambda form: form.initial.update(note="Said <so>"),
    "left to the server": lambda form: setattr(form, "use_required_attribute", False),
    "a label with marks": lambda form: setattr(
        form.fields["on"], "label", mark_safe("On <the> day")
    ),
    "an attribute of another kind": lambda form: form.fields["on"].widget.attrs.update(step=True),
    "that attribute as a number": lambda form: form.fields["on"].widget.attrs.update(step=1),
    "a first value kept beside": lambda form: setattr(
        form.fields["seen"], "show_hidden_initial", True
    ),
    "another control": lambda form: setattr(form.fields["on"], "widget", forms.TextInput()),
    "out of sight": lambda form: setattr(form.fields["on"], "widget", forms.HiddenInput()),
    "a field less": lambda form: form.fields.pop("why"),
    "another order": lambda form: form.order_fields(["note", "why"]),
    "another name": lambda form: setattr(form, "auto_id", "other-%s"),
    "a prefix": lambda form: setattr(form, "prefix", "of"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_one_form_changes_shows_in_it_alone(name: str) -> None:
    usual = str(fresh())
    assert str(fresh(CHANGES[name])) == plainly(CHANGES[name])
    assert str(fresh(CHANGES[name])) == plainly(CHANGES[name])
    assert str(fresh()) == usual == plainly()


def test_a_form_that_was_sent_is_never_kept() -> None:
    sent = {"seen": "x", "note": "Zephyrine", "how": "gone"}
    written = str(fresh(data=sent))
    assert written == plainly(data=sent)
    assert "Select a valid choice" in written
    assert FormWriter().unsent(fresh(data=sent)) is None
    assert not same_fields.kept()


class AboutAPerson(Form):
    """A form about who somebody is."""

    keeps_fields = False
    born = forms.IntegerField(required=False)


def test_of_a_form_about_who_somebody_is_nothing_is_kept() -> None:
    form = AboutAPerson(initial={"born": 1931}, renderer=FormWriter())
    assert 'value="1931"' in str(form)
    assert not same_fields.kept()


@pytest.mark.parametrize(
    "change",
    [
        lambda form: form.initial.update(how="Zephyrine"),
        lambda form: form.initial.update(kind="Zephyrine"),
        lambda form: form.initial.update(several=["a", "Zephyrine"]),
        lambda form: form.initial.update(note="Zephyrine"),
        lambda form: offer(form, "why", [("1", "Zephyrine")]),
        lambda form: offer(form, "how", lambda: [("1", "Zephyrine")]),
        lambda form: offer(form, "several", [("Group", [("1", "Zephyrine")])]),
    ],
)
def test_words_and_choices_that_may_be_a_persons_are_not_kept(
    change: Callable[[Form], object],
) -> None:
    assert str(fresh(change)) == plainly(change)
    assert same_fields.kept()
    assert "Zephyrine" not in repr(same_fields.kept())


def test_a_choice_of_the_class_that_is_asked_for_anew_is_not_kept() -> None:
    told = ["First"]

    class Asked(forms.Form):
        who = forms.ChoiceField(choices=lambda: [("1", told[0])])

    assert "First" in str(Asked(renderer=FormWriter()))
    told[0] = "Second"
    assert "Second" in str(Asked(renderer=FormWriter()))


def test_what_is_kept_begins_anew_when_it_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(same_fields, "MOST", 20)
    for version in range(100):
        str(fresh(initial=FIRST | {"seen": version}))
        assert len(same_fields.kept()) <= 20
