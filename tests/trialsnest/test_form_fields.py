"""A form gets fields of its own, whatever it shares with others of its class."""

from copy import deepcopy

from django import forms

from recruitment.forms.drafts import form_kinds
from trialsnest.lib.form_fields import Fields, share_choices


class Asked(forms.Form):
    """Fields that forms change, and one that is copied by Django."""

    plain = forms.CharField(max_length=5)
    choice = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    several = forms.TypedMultipleChoiceField(choices=[("a", "A")])
    parts = forms.SplitDateTimeField(required=False)


share_choices(Asked)


def test_what_a_form_changes_is_its_own() -> None:
    first, second = Asked(), Asked()
    first.fields["choice"].choices = [("c", "C")]  # type: ignore[attr-defined]  # a choice
    first.fields["plain"].widget.attrs["rows"] = 2
    first.fields["plain"].error_messages["required"] = "Say it."
    first.fields["plain"].validators.append(print)
    first.fields["plain"].help_text = "Help"
    first.fields["parts"].widget.attrs["rows"] = 2
    del first.fields["several"]
    for form in (second, Asked()):
        assert str(form) != str(first)
        assert [value for value, _ in form["choice"].field.choices] == ["a", "b"]  # type: ignore[attr-defined]  # as above
        assert [choice.choice_label for choice in form["choice"]] == ["A", "B"]
        assert "rows" not in form.fields["plain"].widget.attrs | form.fields["parts"].widget.attrs
        assert form.fields["plain"].error_messages["required"] != "Say it."
        assert print not in form.fields["plain"].validators
        assert not form.fields["plain"].help_text
        assert "several" in form.fields
    assert [choice.choice_label for choice in first["choice"]] == ["C"]


def test_fields_are_those_that_django_copies() -> None:
    for kind in (Asked, *form_kinds().values()):
        copied = deepcopy(Fields(kind.base_fields))
        for name, field in deepcopy(dict(kind.base_fields)).items():
            ours = copied[name]
            assert type(ours) is type(field), name
            assert ours is not kind.base_fields[name]
            assert ours.widget is not kind.base_fields[name].widget
            assert ours.__dict__.keys() == field.__dict__.keys()
            assert ours.widget.attrs == field.widget.attrs
            assert getattr(ours, "choices", ()) == getattr(field, "choices", ())
            assert ours.widget.__dict__.keys() == field.widget.__dict__.keys()
