"""Who owns a lead, on its page: changing the owner, handing over and answering (O2, H1-H5)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from recruitment import access
from recruitment.forms.drafts import put_back_one
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
from recruitment.rules.refusals import LeadChanged
from recruitment.views.lead_answers import act, done_with, me, went_through


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
    try:
        if not went_through(form, by=me(request), at=at):
            return _page(request, found, form, status=422)
    except LeadChanged as refusal:
        form.lead = access.get_lead(me(request), number)
        form.renew(form.lead.version)
        return _page(request, form.lead, form, status=409, conflict=str(refusal))
    done_with(request, found, form)
    messages.success(request, form.done)
    return redirect("lead", number=number)


def _page(
    request: HttpRequest, lead: Lead, form: OfferForm, *, status: int = 200, conflict: str = ""
) -> HttpResponse:
    now = timezone.now()
    page = lead_page(lead, reader=me(request), now=now)
    put_back_one(form, page.rows.drafts, reader=me(request))
    context = {
        "title": form.title,
        "form": form,
        "lead": lead,
        "page": page,
        "conflict": conflict,
        "now": now,
        "zone": lead.study_site.site.time_zone,
        "is_mine": lead.owner_id == me(request).pk,
    }
    return render(request, "recruitment/lead_handoff.html", context, status=status)
