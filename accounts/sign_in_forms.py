"""The forms of sign-in and passwords without allauth's placeholders: each field has its label."""

from typing import Any

from allauth.account import forms


class WithoutPlaceholders:
    """Takes placeholders off: they repeat the label in other words, and go when one types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]  # of the form beside it
            field.widget.attrs.pop("placeholder", None)


class LoginForm(WithoutPlaceholders, forms.LoginForm):  # type: ignore[misc]  # allauth is untyped
    """Address and password."""


# Allauth has no types
class ChangePasswordForm(WithoutPlaceholders, forms.ChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    """The password now, and the new one twice."""


# Allauth has no types
class ResetPasswordForm(WithoutPlaceholders, forms.ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped
    """The address a link goes to."""


# Allauth has no types
class ResetPasswordKeyForm(WithoutPlaceholders, forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth is untyped
    """A new password twice, from a mailed link."""


# Allauth has no types
class ReauthenticateForm(WithoutPlaceholders, forms.ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """The password once more."""
