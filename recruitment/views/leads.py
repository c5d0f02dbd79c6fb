"""One lead: its page, and each thing that can be done about it (N1, OA5, LC5-LC9)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recruitment import access
from recruitment.forms.lead_review import ReviewDecideForm, ReviewRequestForm
from recruitment.forms.lead_work import (
    MoveForm,
    NoteForm,
    PrescreenForm,
)
from recruitment.rules.refusals import Refusal
from recruitment.services.ownership import claim_lead
from recruitment.views.lead_answers import act, back, lead_answer, me, part, row_answer, wants
from recruitment.views.lead_timeline import timeline_context

WORK = frozenset({"work_leads"})


@require_safe
def lead(request: HttpRequest, number: str) -> HttpResponse:
    """The lead's page, its panel beside the queue, or the timeline of its page."""
    found = access.get_lead(me(request), number)
    if wants(request, "timeline"):
        context = timeline_context(request, found) | {"zone": found.study_site.site.time_zone}
        return HttpResponse(part(request, "recruitment/_timeline.html", context))
    return lead_answer(request, found)


@require_POST
def lead_claim(request: HttpRequest, number: str) -> HttpResponse:
    """Take an unowned lead; whoever comes second is told who has it."""
    found = access.get_lead_for(me(request), number, WORK)
    status, said, tone = 200, "You own this lead now.", ""
    try:
        claim_lead(lead=found, by=me(request), at=timezone.now())
    except Refusal as refusal:
        status, said, tone = 409, str(refusal), "warning"
    found = access.get_lead(me(request), number)
    if wants(request, f"lead-{number}"):
        return row_answer(request, found, status=status, said=said, tone=tone)
    if status == 409 or wants(request, "panel"):
        return lead_answer(request, found, status=status, conflict=said if tone else "", said=said)
    messages.success(request, said)
    return back(request, found)


@require_POST
def lead_move(request: HttpRequest, number: str) -> HttpResponse:
    """Move the lead to another open stage."""
    return act(request, number, MoveForm)


@require_POST
def lead_note(request: HttpRequest, number: str) -> HttpResponse:
    """Add a note."""
    return act(request, number, NoteForm)


@require_POST
def lead_prescreen(request: HttpRequest, number: str) -> HttpResponse:
    """Record how far the prescreen is."""
    return act(request, number, PrescreenForm)


@require_POST
def lead_review_request(request: HttpRequest, number: str) -> HttpResponse:
    """Put the lead to the study team."""
    return act(request, number, ReviewRequestForm)


@require_POST
def lead_review_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Record what the study team decided."""
    return act(request, number, ReviewDecideForm)
