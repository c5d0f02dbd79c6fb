"""One report: its figures on the page, and what who issues it does with a draft (LR1, D36)."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from recruitment.rules.refusals import Refusal
from recruitment.rules.sponsor_text import NotForSponsors
from recruitment.views.setup.base import refuse
from reporting import access
from reporting.forms import IssueForm
from reporting.models import SponsorReport
from reporting.queries.portal import own_questions
from reporting.render import HASH_LETTERS, in_words
from reporting.services.drafts import refresh_draft, settled_until
from reporting.services.issuing import issue_report
from reporting.services.papers import note_read, queue_papers
from reporting.services.revising import is_last
from reporting.services.snapshots import replacement_of, report_in


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures from the snapshot; with a draft, the form that issues it.

    That somebody reads it who does not answer for it goes on record (LR2).
    """
    user = cast(User, request.user)
    found = access.get_report(user, pk)
    is_issuer = access.may_issue(user, found)
    is_to_issue = found.state == "draft" and is_issuer
    proposed = {"seen": found.snapshot_sha256, "note": found.narrative}
    form = IssueForm(initial=proposed) if is_to_issue else None
    if not is_issuer and request.method == "GET":
        note_read(found, by=user, at=timezone.now())
    return _page(request, found, form, may_revise=access.may_revise(user, found) and is_last(found))


@require_POST
def report_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the draft and let the sponsor read it; the page again when that is refused.

    409 with the sentence kept when the draft was made again since the page was opened.
    """
    user = cast(User, request.user)
    found = access.get_report_to_issue(user, pk)
    if found.state != "draft":
        messages.warning(request, "This report has been issued already.")
        return _back(user, pk)
    form = IssueForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    answer: HttpResponse = _issue(request, found, form)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is untyped
def _issue(request: HttpRequest, found: SponsorReport, form: IssueForm) -> HttpResponse:
    """Issue it, by somebody who has just given her password; what she sent is kept meanwhile."""
    user, pk = cast(User, request.user), found.pk
    try:
        issue_report(
            report=found,
            by=user,
            at=timezone.now(),
            note=form.cleaned_data["note"],
            seen=form.cleaned_data["seen"],
            confirmed=form.confirmed,
        )
    except NotForSponsors as refusal:
        refuse(form, refusal)
        return _page(request, found, form, status=422)
    except Refusal as refusal:
        return _refused(request, pk, form, refusal)
    messages.success(request, "The report is issued. Its PDF is being made.")
    return _back(user, pk)


@require_POST
def report_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the draft again with what was entered since, at the same cut-off."""
    user = cast(User, request.user)
    found, at = access.get_report_to_issue(user, pk), timezone.now()
    try:
        as_of = settled_until(at, cut_off=found.cut_off)
        queue_papers(refresh_draft(found, as_of=as_of, at=at), at=at)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "The draft now shows what is known at this moment.")
    return _back(user, pk)


def _refused(request: HttpRequest, pk: int, form: IssueForm, refusal: Refusal) -> HttpResponse:
    """The draft as it is now with what was typed, or where one goes when it is none any more."""
    user = cast(User, request.user)
    now = access.reports(user).filter(pk=pk, state="draft").select_related("study", "site").first()
    if now is None:
        messages.warning(request, str(refusal))
        return _back(user, pk)
    form.add_error(None, str(refusal))
    form.renew(now.snapshot_sha256)
    return _page(request, now, form, status=409)


def _back(user: User, pk: int) -> HttpResponse:
    """To the report, or to the list when it was dropped meanwhile."""
    is_there = access.reports(user).filter(pk=pk).exists()
    return redirect("report", pk) if is_there else redirect("reports")


def _page(
    request: HttpRequest,
    found: SponsorReport,
    form: IssueForm | None,
    *,
    may_revise: bool = False,
    status: int = 200,
) -> HttpResponse:
    user = cast(User, request.user)
    may_answer = access.may_answer(user, found)
    context = in_words(report_in(found), charts="web") | {
        "row": found,
        "form": form,
        "may_revise": may_revise,
        "may_drop": bool(found.reason) and form is not None and access.may_revise(user, found),
        "may_answer": may_answer,
        "may_choose": access.place_led(user, found) if form else None,
        "questions": own_questions(found, user) if may_answer else [],
        "replacement": replacement_of(found),
        "now": timezone.now(),
        "hash": found.snapshot_sha256[:HASH_LETTERS],
        "crumbs": [("Reports", reverse("reports"))],
    }
    return render(request, "reporting/report.html", context, status=status)
