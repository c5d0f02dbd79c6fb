"""Ending the work on leads and taking it up again: one lead, several, and whom to ask again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recruitment import access
from recruitment.forms.close_several import CloseSeveralForm
from recruitment.forms.closing import CloseForm, EnrollForm, KnockOutForm, ReopenForm
from recruitment.queries.closing import asked_again, past_call_back
from recruitment.views.lead_answers import act, me
from trialsnest.lib.words import counted


@require_POST
def lead_close(request: HttpRequest, number: str) -> HttpResponse:
    """End the work on the lead, with its reason."""
    return act(request, number, CloseForm)


@require_POST
def lead_knock_out(request: HttpRequest, number: str) -> HttpResponse:
    """Close at a knock-out answer of the prescreen."""
    return act(request, number, KnockOutForm)


@require_POST
def lead_enroll(request: HttpRequest, number: str) -> HttpResponse:
    """Record that the study team enrolled the person."""
    return act(request, number, EnrollForm)


@require_POST
def lead_reopen(request: HttpRequest, number: str) -> HttpResponse:
    """Take a closed lead back into work."""
    return act(request, number, ReopenForm)


@require_http_methods(["GET", "HEAD", "POST"])
def leads_close(request: HttpRequest) -> HttpResponse:
    """Leads past their call-back window: several are closed, each by the same rules."""
    access.require_staff(me(request))
    if not access.study_sites(me(request), "work_leads").exists():
        raise PermissionDenied
    at = timezone.now()
    leads = list(past_call_back(me(request), at=at))
    form = CloseSeveralForm(request.POST if request.method == "POST" else None, leads=leads)
    context = {"form": form, "now": at, "title": "Close several leads"}
    if not form.is_bound:
        return render(request, "recruitment/leads_close.html", context)
    if not form.is_valid():
        return render(request, "recruitment/leads_close.html", context, status=422)
    refused = form.run(by=me(request), at=at)
    closed = len(form.chosen) - len(refused)
    if refused:
        context |= {"refused": refused, "closed": closed}
        return render(request, "recruitment/leads_closed.html", context, status=409)
    messages.success(request, f"{counted(closed, 'lead')} closed.")
    return redirect("leads_close")


@require_safe
def leads_not_now(request: HttpRequest) -> HttpResponse:
    """Who said not now: first those whose date has come, then the others."""
    access.require_staff(me(request))
    at = timezone.now()
    found = asked_again(me(request))
    context = {
        "due": [row for row in found if row.until <= at],
        "later": [row for row in found if row.until > at],
        "now": at,
        "title": "Not now: to be asked again",
    }
    return render(request, "recruitment/leads_not_now.html", context)
