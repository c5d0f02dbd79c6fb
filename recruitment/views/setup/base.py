"""One small base for plain lists and forms of the set-up: the door, the form, one service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.db import models
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts.models import User
from recruitment import access
from recruitment.forms.confirming import ConfirmsWords
from recruitment.forms.setup.base import SettingForm
from recruitment.queries import settings as settings_queries
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.sponsor_text import NotForSponsors
from recruitment.services.settings import SettingMoved, add_setting, change_setting

Crumbs = list[tuple[str, str]]


@dataclass(frozen=True)
class Cell:
    """One cell of a list, or the head of a column; see components/table.html."""

    text: str | int
    url: str = ""
    sub: str = ""
    tone: str = ""
    is_num: bool = False
    label: str = ""  # its column, where a row is a card


@dataclass(frozen=True)
class Row:
    """One row of a list."""

    cells: Sequence[Cell]


@dataclass(frozen=True)
class Tab:
    """One of several pages about the same thing."""

    label: str
    url: str
    is_current: bool = False


def me(request: HttpRequest) -> User:
    """Whoever is signed in; the login middleware saw to it."""
    return cast(User, request.user)


def refuse(form: BaseForm, refusal: Refusal) -> None:
    """Put the sentence at the field it is about, else over the form.

    Words for sponsors may be confirmed to be none of what was found, where the form asks that.
    """
    field = refusal.field if isinstance(refusal, InvalidInput) else None
    form.add_error(field if field in form.fields else None, str(refusal))
    if isinstance(refusal, NotForSponsors) and isinstance(form, ConfirmsWords):
        form.offer(refusal.token)


def _told(change: settings_queries.Change) -> str:
    """One change in words; of an identifying field only that it changed."""
    is_told = change.old or change.new
    return f"{change.what}: from “{change.old}” to “{change.new}”" if is_told else change.what


class SetupView(View):
    """A page that is not there for anybody but an administrator."""

    title: ClassVar[str] = ""
    lede: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 unless whoever is signed in administers the installation."""
        access.require_administrator(me(request))
        return super().dispatch(request, *args, **kwargs)


class ListPage(SetupView):
    """A list with one way to add."""

    columns: ClassVar[Sequence[str]] = ()
    add_name: ClassVar[str] = ""
    add_label: ClassVar[str] = ""
    second_name: ClassVar[str] = ""
    second_label: ClassVar[str] = ""
    empty: ClassVar[str] = ""

    def rows(self) -> list[Row]:
        """The rows, in the order of reading."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: int) -> HttpResponse:
        """The list, or what to do when it is empty."""
        context = {
            "title": self.title,
            "lede": self.lede,
            "crumbs": [("Set-up", reverse("setup"))],
            "columns": [Cell(name) for name in self.columns],
            "rows": self.rows(),
            "action_url": reverse(self.add_name),
            "action_label": self.add_label,
            "second_url": reverse(self.second_name) if self.second_name else "",
            "second_label": self.second_label,
            "empty": self.empty,
        }
        return render(request, "recruitment/setup/list.html", context)


class EditPage(SetupView):
    """Add a row (without `pk`) or change one, with who changed what when below."""

    model: ClassVar[type[models.Model]]
    form_class: ClassVar[type[SettingForm]]
    noun: ClassVar[str] = ""
    add_title: ClassVar[str] = ""
    list_name: ClassVar[str] = ""
    list_label: ClassVar[str] = ""

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The form."""
        row = self.row(pk)
        seen = settings_queries.latest_change(row) if row.pk else 0
        form = self.form_class(instance=row, initial={"seen": seen} | self.initial())
        return self.page(row, form)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Save, and go where one goes next; the form again with 422, or 409 when it was moved."""
        form = self.form_class(request.POST, instance=self.row(pk))
        status = 422
        if form.is_valid():
            try:
                saved = self.save(form)
            except Refusal as refusal:
                refuse(form, refusal)
                status = 422 if isinstance(refusal, InvalidInput) else 409
                if isinstance(refusal, SettingMoved):
                    return self.moved(self.row(pk), form)
            else:
                messages.success(request, f"The {self.noun} is saved.")
                return redirect(self.next_url(saved, is_new=pk is None))
        return self.page(self.row(pk), form, status=status)

    def moved(self, row: models.Model, form: SettingForm) -> HttpResponse:
        """What a colleague changed, over what was typed, to be read and then saved or not."""
        known = form.cleaned_data["seen"] or 0
        form.renew(settings_queries.latest_change(row))
        changes = settings_queries.history(row, after=known)
        return self.page(row, form, status=409, moved=[_told(change) for change in changes])

    def row(self, pk: int | None) -> models.Model:
        """The row to change, or a new one."""
        return access.get_setting(me(self.request), self.model, pk) if pk else self.model()

    def initial(self) -> dict[str, object]:
        """What a new form starts with."""
        return {}

    def save(self, form: SettingForm) -> models.Model:
        """Write through the service that also writes who and when."""
        by, at = me(self.request), timezone.now()
        if form.instance.pk is None:
            return self.add(form.instance)
        seen = form.cleaned_data["seen"] or 0
        change_setting(form.instance, form.values(), by=by, at=at, seen=seen)
        return cast(models.Model, form.instance)

    def add(self, row: models.Model) -> models.Model:
        """Write a new row."""
        return add_setting(row, by=me(self.request), at=timezone.now())

    def next_url(self, saved: models.Model, *, is_new: bool) -> str:
        """Where one goes after saving."""
        return reverse(self.list_name)

    def tabs(self, row: models.Model) -> list[Tab]:
        """Other pages about the same thing."""
        return []

    def facts(self, row: models.Model) -> list[tuple[str, object, str]]:
        """What is shown and not edited here: term, value, second line."""
        return []

    def more(self, row: models.Model) -> dict[str, Any]:
        """What else the page shows about a row that is there."""
        return {}

    def crumbs(self, row: models.Model) -> Crumbs:
        """The way back."""
        return [("Set-up", reverse("setup")), (self.list_label, reverse(self.list_name))]

    def page(
        self, row: models.Model, form: SettingForm, *, status: int = 200, moved: Sequence[str] = ()
    ) -> HttpResponse:
        """The form's page. `moved`: what a colleague changed since it was opened."""
        context = {
            "title": self.named(row) if row.pk else self.add_title or f"Add a {self.noun}",
            "lede": self.lede,
            "crumbs": self.crumbs(row),
            "tabs": self.tabs(row) if row.pk else [],
            "facts": self.facts(row) if row.pk else [],
            "form": form,
            "moved": moved,
            "save_label": "Save" if row.pk else f"Add the {self.noun}",
            "back_url": self.crumbs(row)[-1][1],
            "history": settings_queries.history(row) if row.pk else [],
            "zone": me(self.request).time_zone,
            **(self.more(row) if row.pk else {}),
        }
        return render(self.request, "recruitment/setup/edit.html", context, status=status)

    def named(self, row: models.Model) -> str:
        """The page's title for a row that is there."""
        return str(row)
