"""Who owns a lead, on its page: changing the owner, handing over and answering (O2, H1-H5)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from recruitment import access
from recruitment.forms.handoffs import OfferForm
from recruitment.forms.ownership import (
    AcceptForm,
    AssignForm,
    DeclineForm,
    ReleaseForm,
    ReturnForm,
    WithdrawForm,
)
from recruitment.models import Lead
from recruitment.queries.lead_page import lead_page
from recruitment.rules.refusals import Refusal
from recruitment.views.lead_answers import act, me


@require_POST
def lead_assign(request: HttpRequest, number: str) -> HttpResponse:
    """Give the lead to somebody, or to Unowned; a site lead's."""
    return act(request, number, AssignForm)


@require_POST
def lead_release(request: HttpRequest, number: str) -> HttpResponse:
    """Give one's own lead up to the Unowned tray."""
    return act(request, number, ReleaseForm)


@require_POST
def lead_handoff_accept(request: HttpRequest, number: str) -> HttpResponse:
    """Take over what was offered."""
    return act(request, number, AcceptForm)


@require_POST
def lead_handoff_decline(request: HttpRequest, number: str) -> HttpResponse:
    """Say no to what was offered."""
    return act(request, number, DeclineForm)


@require_POST
def lead_handoff_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take an offer back."""
    return act(request, number, WithdrawForm)


@require_POST
def lead_handoff_return(request: HttpRequest, number: str) -> HttpResponse:
    """Give an accepted lead back to its sender."""
    return act(request, number, ReturnForm)


@require_http_methods(["GET", "HEAD", "POST"])
def lead_handoff(request: HttpRequest, number: str) -> HttpResponse:
    """Offer the lead to a colleague; the page shows what the lead itself says already (H2)."""
    found = access.get_lead(me(request), number, "work_leads")
    at = timezone.now()
    form = OfferForm(request.POST or None, lead=found, at=at)
    if request.method != "POST":
        return _page(request, found, form)
    if form.is_valid():
        try:
            form.run(by=me(request), at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, form.done)
            return redirect("lead", number=number)
    form.renew(found.version)
    return _page(request, found, form, status=422)


def _page(request: HttpRequest, lead: Lead, form: OfferForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context = {
        "title": form.title,
        "form": form,
        "lead": lead,
        "page": lead_page(lead, reader=me(request), now=now),
        "now": now,
        "zone": lead.study_site.site.time_zone,
        "is_mine": lead.owner_id == me(request).pk,
    }
    return render(request, "recruitment/lead_handoff.html", context, status=status)
