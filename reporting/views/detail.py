"""One report: its figures on the page, and what its site's lead does with a draft (LR1, D36)."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from recruitment.rules.refusals import Refusal
from reporting import access
from reporting.forms import IssueForm
from reporting.models import SponsorReport
from reporting.render import HASH_LETTERS, in_words
from reporting.services.drafts import refresh_draft
from reporting.services.issuing import issue_report
from reporting.services.papers import queue_papers
from reporting.services.snapshots import report_in


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures from the snapshot; with a draft, the form that issues it."""
    user = cast(User, request.user)
    found = access.get_report(user, pk)
    is_to_issue = found.state == "draft" and access.may_issue(user, found)
    form = IssueForm(initial={"seen": found.snapshot_sha256}) if is_to_issue else None
    return _page(request, found, form)


@require_POST
def report_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the draft and let the sponsor read it; the page again when that is refused."""
    user = cast(User, request.user)
    found = access.get_report_to_issue(user, pk)
    form = IssueForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        issue_report(report=found, by=user, at=timezone.now(), **form.cleaned_data)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "The report is issued. Its PDF is being made.")
    return _back(user, pk)


@require_POST
def report_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the draft again with what was entered since, at the same cut-off."""
    user = cast(User, request.user)
    found, at = access.get_report_to_issue(user, pk), timezone.now()
    try:
        queue_papers(refresh_draft(found, as_of=at, at=at), at=at)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "The draft now shows what is known at this moment.")
    return _back(user, pk)


def _back(user: User, pk: int) -> HttpResponse:
    """To the report, or to the list when it was dropped meanwhile."""
    is_there = access.reports(user).filter(pk=pk).exists()
    return redirect("report", pk) if is_there else redirect("reports")


def _page(
    request: HttpRequest, found: SponsorReport, form: IssueForm | None, *, status: int = 200
) -> HttpResponse:
    context = in_words(report_in(found), charts="web") | {
        "row": found,
        "form": form,
        "now": timezone.now(),
        "hash": found.snapshot_sha256[:HASH_LETTERS],
        "crumbs": [("Reports", reverse("reports"))],
    }
    return render(request, "reporting/report.html", context, status=status)
