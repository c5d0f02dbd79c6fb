"""Invitations, roles, and the form behind an invitation's link."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.auth import password_validation

from accounts.forms import ZoneField, one_line
from accounts.models import User
from recruitment.forms.fields import field_of
from recruitment.forms.setup.base import Line, PartedForm
from recruitment.models import Role, Site, Study, StudySite

Scope = Site | StudySite | Study | None


def role_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every role with everything it can be over, by role; the value is `role:key`. 3 statements."""
    places = list(StudySite.objects.select_related("study", "site"))
    over: dict[Role, Iterable[Scope]] = {
        Role.COORDINATOR: places,
        Role.SITE_LEAD: Site.objects.all(),
        Role.REVIEWER: places,
        Role.SPONSOR_VIEWER: Study.objects.all(),
        Role.ADMINISTRATOR: [None],
    }
    return [
        (str(role.label), [(_value(role, scope), _words(role, scope)) for scope in scopes])
        for role, scopes in over.items()
    ]


def _value(role: Role, scope: Scope) -> str:
    return f"{role.value}:{scope.pk if scope else ''}"


def _words(role: Role, scope: Scope) -> str:
    return f"{role.label}, {scope}" if scope else f"{role.label} of this installation"


class RoleForm(PartedForm, forms.Form):
    """One role over one thing. Only pairs that fit together can be chosen."""

    role = forms.ChoiceField(
        help_text="Coordinators and reviewers work on a study at a site, site leads on a site, "
        "sponsor viewers on a study.",
        error_messages={"invalid_choice": "Choose a role of the list."},
    )
    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [("", ["role"])]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = field_of(self, "role", forms.ChoiceField)
        field.choices = [("", "Choose a role"), *role_choices()]

    def chosen(self) -> tuple[Role, Scope]:
        """The role and what it is over, once the form is valid."""
        code, _, key = str(self.cleaned_data["role"]).partition(":")
        role = Role(code)
        if role == Role.ADMINISTRATOR:
            return role, None
        if role == Role.SITE_LEAD:
            return role, Site.objects.get(pk=int(key))
        if role == Role.SPONSOR_VIEWER:
            return role, Study.objects.get(pk=int(key))
        return role, StudySite.objects.select_related("study", "site").get(pk=int(key))


class InvitationForm(RoleForm):
    """Whom to invite, and for what."""

    name = forms.CharField(max_length=120, help_text="The person can correct it.")
    email = forms.EmailField(max_length=254, label="Work email")
    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [("", ["name", "email", "role"])]
    field_order = ("name", "email", "role")

    def clean_name(self) -> str:
        """The name on one line."""
        return one_line(self.cleaned_data["name"])


class AcceptForm(PartedForm, forms.Form):
    """Name, clock and password of somebody who was invited."""

    name = forms.CharField(max_length=120)
    time_zone = ZoneField()
    password1 = forms.CharField(
        label="Password",
        strip=False,
        help_text="At least 15 characters. A few words you remember do well.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="Password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [
        ("", ["name", "time_zone", "password1", "password2"])
    ]

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_name(self) -> str:
        """The name on one line."""
        return one_line(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any] | None:
        """The same password twice, and one that the validators accept."""
        super().clean()
        first, second = (self.cleaned_data.get(name) for name in ("password1", "password2"))
        if first and second and first != second:
            self.add_error("password2", "The two passwords differ.")
        elif first:
            user = User(email=self.email, name=self.cleaned_data.get("name", ""))
            try:
                password_validation.validate_password(first, user)
            except forms.ValidationError as problem:
                self.add_error("password1", problem)
        return self.cleaned_data
