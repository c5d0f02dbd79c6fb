"""What a form does with first values that the screen-share shield hides (D34)."""

from collections.abc import Collection

from django import forms

from recruitment.models import NextAction
from trialsnest.lib import shield

HINT = "The shield hides what stands here; it is not taken over."
KEPT = "The shield hides what stands here. Left empty, it stays with the same action."


def hide_initial(form: forms.Form, *, keeps: Collection[str] = ()) -> None:
    """Leave a field empty whose first value is hidden: the word for it must never be saved.

    Of those in `keeps` the form itself takes over what is stored.
    """
    for name in [name for name, value in form.initial.items() if value == shield.HIDDEN]:
        del form.initial[name]
        form.fields[name].help_text = KEPT if name in keeps else HINT


def detail_of(action: NextAction) -> str:
    """The words of the action as they are stored: for a plan that takes them over unseen.

    Read behind the shield the word that stands for them would be saved in their place.
    """
    with shield.lifted():
        return str(action.detail)
