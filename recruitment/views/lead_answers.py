"""How a lead is answered: as a page, as the panel beside the queue, or as its row."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment import access
from recruitment.forms.clash import sides_of
from recruitment.forms.lead_form import LeadForm
from recruitment.models import Lead
from recruitment.queries.lead_page import LeadPage
from recruitment.queries.queue import Queue
from recruitment.queries.undo import undoable_action
from recruitment.rules.refusals import LeadChanged, Refusal
from recruitment.services.drafts import throw_draft
from recruitment.services.lead_locks import refuse_if_changed
from recruitment.views.clock_lines import clock_lines
from recruitment.views.desk import around
from recruitment.views.lead_context import lead_context
from recruitment.views.lead_timeline import timeline_context
from recruitment.views.not_mine import not_mine
from recruitment.views.queue_row import row_values
from recruitment.views.trail import trail_to

Saved = Callable[[HttpRequest, Lead, LeadForm], HttpResponse]


def me(request: HttpRequest) -> User:
    """Who asks; the login middleware saw to it that somebody is signed in."""
    return cast(User, request.user)


BACK_TO = frozenset(
    {"queue", "handoffs", "records_board", "scheduling_board", "review_tray", "intake"}
    | {"visits_today", "close_out", "messages"}
)
"""Pages from which a form about one lead may be sent; afterwards they are shown again."""
STAYS = {"HX-Push-Url": "false"}
"""Beside a list the address stays the list's, also where a boosted link asked."""
FILTERS = re.compile(r"[a-z0-9_=&]{1,120}")  # codes and keys of a page's address


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
    at, trail = timezone.now(), trail_to(request)
    context = lead_context(request, lead, at=at, refused=refused)
    context |= {"conflict": conflict, "trail": trail}
    if conflict and refused is not None:
        anchor = "log" if refused is context["log"] else f"do-{refused.key}"
        here, named = trail.here if trail else "", [lead.number, refused.key]
        context |= {"sides": sides_of(refused, context["page"]), "mine_url": f"#{anchor}"}
        context |= {"drop_url": reverse("lead_draft_throw", args=named) + here}
        context |= {"draft_url": reverse("lead_draft", args=named)}
    if wants(request, "panel"):
        html = part(request, "recruitment/_panel.html", context)
        if request.method == "POST":
            html += row_out_of_band(request, lead, at=at, said=said)
        return HttpResponse(html, status=status, headers=STAYS)
    page: LeadPage = context["page"]
    context |= not_mine(
        me(request),
        lead,
        at=at,
        works_here=context["can_work"],
        halted=context["halt"] is not None,
    )
    context["clocks"] = clock_lines(lead, page.rows, now=at, events=page.events)
    context |= timeline_context(request, lead, events=page.events)
    return render(request, "recruitment/lead.html", context, status=status)


def part(request: HttpRequest, template: str, context: dict[str, Any]) -> str:
    """A part of a page; what only the frame needs is not read for it."""
    known = {"csrf_token": get_token(request), "me": me(request)}
    return render_to_string(template, known | context)


def row_answer(
    request: HttpRequest, lead: Lead, *, status: int = 200, said: str = "", tone: str = ""
) -> HttpResponse:
    """The row as it is now, and a toast beside it."""
    at = timezone.now()
    context = {"row": row_of(request, lead, at=at)}
    html = part(request, "recruitment/_queue_row.html", context)
    undo = undo_url(request, lead) if status == 200 else ""
    toast = {"text": said, "tone": tone, "undo_url": undo}
    html += part(request, "recruitment/_toast_oob.html", toast) + around(request)
    return HttpResponse(html, status=status)


def row_out_of_band(request: HttpRequest, lead: Lead, *, at: datetime, said: str) -> str:
    """The row for the list behind the panel, inside a template so that htmx keeps it."""
    undo = undo_url(request, lead) if said else ""
    context = {"row": row_of(request, lead, at=at), "oob": True, "text": said, "undo_url": undo}
    return part(request, "recruitment/_queue_oob.html", context) + around(request)


def row_of(request: HttpRequest, lead: Lead, *, at: datetime) -> Any:
    """The prepared row of one lead, at its place in the queue it was opened from."""
    trail = trail_to(request)
    row = Queue(me(request), [lead.study_site], at).row(lead)
    return row_values(row, trail, trail.place if trail else 0)


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
    """To the list where the form stood, with its filters, else to the lead in its queue."""
    trail = trail_to(request)
    if trail is not None:
        return redirect(trail.url_of(lead.number))
    if request.POST.get("back") in BACK_TO:
        query = request.POST.get("back_query", "")
        kept = f"?{query}" if FILTERS.fullmatch(query) else ""
        return redirect(reverse(request.POST["back"]) + kept)
    return redirect(reverse("lead", args=[lead.number]))


def went_through(form: LeadForm, *, by: User, at: datetime) -> bool:
    """Whether the form did what it is for; if not, its errors say why.

    Raises LeadChanged where a colleague was first, also where the form is refused for it: what it
    offered may be gone, and its errors would only say so. That takes one statement more.
    """
    if form.is_valid():
        try:
            form.run(by=by, at=at)
        except LeadChanged:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return True
    seen = form.cleaned_data.get("seen")
    if form.minds_changes and seen is not None and seen != form.lead.version:
        refuse_if_changed(form.lead, seen, by=by)
    return False


def act(
    request: HttpRequest, number: str, kind: type[LeadForm], *, then: Saved = saved
) -> HttpResponse:
    """One form about one lead: door, form, service, answer."""
    lead = access.get_lead_for(me(request), number, kind.perms)
    at = timezone.now()
    form = kind(request.POST, lead=lead, at=at)
    try:
        if not went_through(form, by=me(request), at=at):
            return refused(request, lead, form)
    except LeadChanged as refusal:
        return changed_first(request, lead, refusal, form)
    done_with(request, lead, form)
    return then(request, lead, form)


def done_with(request: HttpRequest, lead: Lead, form: LeadForm) -> None:
    """The form did what it is for: its draft goes, unless the shield kept it away from the form."""
    if "draft" in request.POST:
        throw_draft(lead=lead, form=form.key, by=me(request))
