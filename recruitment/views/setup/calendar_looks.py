"""What a change of a site's calendar would do, shown before anybody saves it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from recruitment.models import Site
from recruitment.rules.refusals import Refusal
from recruitment.services.calendar_look import look_at_calendar


def preview_of(
    site: Site, change: Callable[[], object], *, at: datetime, form: BaseForm | None = None
) -> dict[str, Any]:
    """What `change` would do at `at` (UTC), for _calendar_preview.html; errors of `form` first.

    A change that asks for nothing more, such as removing a holiday, has no form.
    """
    found: dict[str, Any] = {"looked": True, "looked_at": Form({}) if form is None else form}
    if form is None or form.is_valid():
        try:
            found["look"] = look_at_calendar(site, change, at=at)
        except Refusal as refusal:
            found["why"] = str(refusal)
    return found


def answer_look(request: HttpRequest, site: Site, preview: dict[str, Any]) -> HttpResponse:
    """The look alone, for a page that asks while somebody types."""
    context = {"site": site, "form": preview["looked_at"], **preview}
    return render(request, "recruitment/setup/_calendar_preview.html", context)
