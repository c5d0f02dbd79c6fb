"""Making a revision of an issued report, and giving one up (SR3)."""

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from recruitment.rules.refusals import Refusal
from recruitment.views.setup.base import refuse
from reporting import access
from reporting.forms import ReviseForm
from reporting.models import SponsorReport
from reporting.services.drafts import settled_until
from reporting.services.papers import queue_papers
from reporting.services.revising import (
    ONLY_THE_LAST,
    drafted_revision,
    drop_revision,
    is_last,
    start_revision,
)

LEDE = (
    "The issued report stays as it is and is superseded when the revision is issued. The revision"
    " counts the same period again with what is known now."
)


@require_http_methods(["GET", "HEAD", "POST"])
def report_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why and what changed, and begin the revision; or go to the one that was begun."""
    user, at = cast(User, request.user), timezone.now()
    found = access.get_report_to_revise(user, pk)
    other = _elsewhere(request, found)
    if other is not None:
        return redirect("report", other.pk)
    form = ReviseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            draft = _start(found, form, by=user, at=at)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"Revision {draft.revision} is drafted. Read and issue it.")
            return redirect("report", draft.pk)
    context = {
        "title": "Make a revision",
        "lede": LEDE,
        "crumbs": [("Reports", reverse("reports")), (_name(found), reverse("report", args=[pk]))],
        "form": form,
        "save_label": "Draft the revision",
        "back_url": reverse("report", args=[pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "layouts/form_page.html", context, status=status)


@require_POST
def report_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a revision that was not issued."""
    user = cast(User, request.user)
    found = access.get_report_to_revise(user, pk)
    try:
        drop_revision(report=found, by=user, at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("report", pk)
    messages.success(request, "The revision is dropped. The issued report stays as it is.")
    return redirect("reports")


def _elsewhere(request: HttpRequest, found: SponsorReport) -> SponsorReport | None:
    """Where to go when this report is not to be revised, with a message; None when it is."""
    begun = drafted_revision(found)
    if begun is not None:
        if begun.pk != found.pk:
            messages.warning(request, f"Revision {begun.revision} is being written already.")
        return begun
    if request.method != "POST" and not is_last(found):
        messages.warning(request, ONLY_THE_LAST)
        return found
    return None


def _start(found: SponsorReport, form: ReviseForm, *, by: User, at: datetime) -> SponsorReport:
    draft = start_revision(
        report=found,
        by=by,
        at=at,
        as_of=settled_until(at, cut_off=found.cut_off),
        reason=form.cleaned_data["reason"],
        changed=form.cleaned_data["changed"],
        confirmed=form.confirmed,
    )
    queue_papers(draft, at=at)
    return draft


def _name(report: SponsorReport) -> str:
    return f"{report.study.code}, report no. {report.number}"
