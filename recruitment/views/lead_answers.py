"""How a lead is answered: as a page, as the panel beside the queue, or as its row."""

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment import access
from recruitment.forms.lead_form import LeadForm
from recruitment.models import Lead
from recruitment.queries.lead_page import LeadPage
from recruitment.queries.queue import Queue
from recruitment.queries.undo import undoable_action
from recruitment.rules.refusals import LeadChanged, Refusal
from recruitment.views.clock_lines import clock_lines
from recruitment.views.lead_context import lead_context


def me(request: HttpRequest) -> User:
    """Who asks; the login middleware saw to it that somebody is signed in."""
    return cast(User, request.user)


def wants(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks for the element `target` and not for a page."""
    return request.headers.get("HX-Target", "") == target


def lead_answer(
    request: HttpRequest,
    lead: Lead,
    *,
    status: int = 200,
    refused: LeadForm | None = None,
    conflict: str = "",
    said: str = "",
) -> HttpResponse:
    """The panel when htmx asks for it, else the whole page."""
    at = timezone.now()
    context = lead_context(request, lead, at=at, refused=refused)
    context["conflict"] = conflict
    if wants(request, "panel"):
        html: str = render_to_string("recruitment/_panel.html", context, request)
        if request.method == "POST":
            html += row_out_of_band(request, lead, at=at, said=said)
        return HttpResponse(html, status=status)
    page: LeadPage = context["page"]
    context["clocks"] = clock_lines(
        lead, now=at, events=page.events, items=page.records, blockers=page.blockers
    )
    return render(request, "recruitment/lead.html", context, status=status)


def row_answer(
    request: HttpRequest, lead: Lead, *, status: int = 200, said: str = "", tone: str = ""
) -> HttpResponse:
    """The row as it is now, and a toast beside it."""
    at = timezone.now()
    context = {"row": row_of(request, lead, at=at)}
    html = render_to_string("recruitment/_queue_row.html", context, request)
    toast = {"text": said, "tone": tone}
    return HttpResponse(
        html + render_to_string("recruitment/_toast_oob.html", toast, request), status=status
    )


def row_out_of_band(request: HttpRequest, lead: Lead, *, at: datetime, said: str) -> str:
    """The row for the list behind the panel, inside a template so that htmx keeps it."""
    undo = undo_url(request, lead) if said else ""
    context = {"row": row_of(request, lead, at=at), "oob": True, "text": said, "undo_url": undo}
    return render_to_string("recruitment/_queue_oob.html", context, request)


def row_of(request: HttpRequest, lead: Lead, *, at: datetime) -> Any:
    """The prepared row of one lead."""
    return Queue(me(request), [lead.study_site], at).row(lead)


def changed_first(
    request: HttpRequest, lead: Lead, refusal: LeadChanged, form: LeadForm
) -> HttpResponse:
    """A colleague was first: 409, the lead as it is now, and what was typed kept."""
    lead = access.get_lead(me(request), lead.number)
    form.lead = lead
    form.renew(lead.version)
    return lead_answer(request, lead, status=409, refused=form, conflict=str(refusal))


def refused(request: HttpRequest, lead: Lead, form: LeadForm) -> HttpResponse:
    """Something is missing or not allowed: 422, with the sentence at its field."""
    return lead_answer(request, lead, status=422, refused=form)


def saved(request: HttpRequest, lead: Lead, form: LeadForm) -> HttpResponse:
    """The panel as it is now for htmx, else back to where the form stood."""
    if wants(request, "panel"):
        lead = access.get_lead(me(request), lead.number)
        return lead_answer(request, lead, said=form.done)
    messages.success(request, form.done, extra_tags=undo_url(request, lead))
    return back(request, lead)


def undo_url(request: HttpRequest, lead: Lead) -> str:
    """Where the step just taken can be taken back (D21); empty where it cannot."""
    action_id = undoable_action(lead, me(request))
    return reverse("action_undo", args=[action_id]) if action_id else ""


def back(request: HttpRequest, lead: Lead) -> HttpResponse:
    """To the queue or the hand-offs when the form stood there, else to the lead."""
    if request.POST.get("back") in {"queue", "handoffs"}:
        return redirect(request.POST["back"])
    return redirect(reverse("lead", args=[lead.number]))


def act(request: HttpRequest, number: str, kind: type[LeadForm]) -> HttpResponse:
    """One form about one lead: door, form, service, answer."""
    lead = access.get_lead_for(me(request), number, kind.perms)
    at = timezone.now()
    form = kind(request.POST, lead=lead, at=at)
    if not form.is_valid():
        return refused(request, lead, form)
    try:
        form.run(by=me(request), at=at)
    except LeadChanged as refusal:
        return changed_first(request, lead, refusal, form)
    except Refusal as refusal:
        form.refuse(refusal)
        return refused(request, lead, form)
    return saved(request, lead, form)
