"""Logging a contact, and the lead that comes next in the filtered queue (D20, S1)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from recruitment import access
from recruitment.forms.lead_form import LeadForm
from recruitment.forms.outreach import OutreachForm
from recruitment.models import Lead
from recruitment.rules.stages import CLOSED
from recruitment.views.lead_answers import (
    act,
    back,
    me,
    part,
    row_of,
    saved,
    undo_url,
    wants,
)
from recruitment.views.lead_context import lead_context
from recruitment.views.trail import number_in, trail_to


@require_POST
def lead_outreach(request: HttpRequest, number: str) -> HttpResponse:
    """Log a contact with its result and what happens next; then the next lead, if so set."""
    return act(request, number, OutreachForm, then=logged)


def logged(request: HttpRequest, lead: Lead, form: LeadForm) -> HttpResponse:
    """What was written, with its undo, and the next lead of the queue."""
    trail, goes_on = trail_to(request), me(request).opens_next
    if not wants(request, "panel"):
        if trail is None or not goes_on:
            return saved(request, lead, form)
        messages.success(request, form.done, extra_tags=undo_url(request, lead))
        return redirect(trail.after(lead.number)) if trail.words else back(request, lead)
    following = _following(request, lead) if trail and goes_on else None
    if trail is None or following is None:
        return saved(request, lead, form)
    at = timezone.now()
    place = number_in(request.POST.get("next_place", "")) or trail.place + 1
    context = lead_context(request, following, at=at) | {"trail": trail.at(place)}
    return HttpResponse(
        part(request, "recruitment/_panel.html", context)
        + _row_and_toast(request, lead, form, following=following, words=trail.at(place).words),
        headers={"HX-Trigger": "desk:changed"},  # the numbers around the list are asked for anew
    )


def _following(request: HttpRequest, lead: Lead) -> Lead | None:
    """The lead behind this one in the list on the screen, if it is still open to her."""
    number = request.POST.get("next", "")
    if not number or number == lead.number:
        return None
    try:
        found = access.get_lead(me(request), number)
    except Http404:
        return None
    return None if found.stage in CLOSED else found


def _undo(request: HttpRequest, form: LeadForm) -> str:
    """Where the contact just logged can be taken back; nowhere for an opt-out (D21)."""
    logged_in, trail = getattr(form, "logged_in", None), trail_to(request)
    here = trail.here if trail else ""
    return reverse("action_undo", args=[logged_in]) + here if logged_in else ""


def _row_and_toast(
    request: HttpRequest, lead: Lead, form: LeadForm, *, following: Lead, words: str
) -> str:
    """The row that was worked, in its old place, what was written, and who comes now."""
    context: dict[str, Any] = {
        "row": row_of(request, lead, at=timezone.now()),
        "oob": True,
        "text": form.done,
        "undo_url": _undo(request, form),
        "following": following,
        "following_at": words,
    }
    return part(request, "recruitment/_queue_oob.html", context)
