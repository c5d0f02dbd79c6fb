"""Hand-offs both ways, several accepted at once (H4, D22)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recruitment import access
from recruitment.models import Handoff
from recruitment.queries import handoffs as queries
from recruitment.rules.refusals import Refusal
from recruitment.services.handoffs import accept_handoffs
from recruitment.views.lead_answers import me
from trialsnest.lib.words import counted

KEYS = 200  # of hand-offs that one form may name


@require_safe
def handoffs(request: HttpRequest) -> HttpResponse:
    """What was offered to me, what I offered, and for site leads what nobody took in time."""
    return _page(request)


@require_POST
def handoffs_accept(request: HttpRequest) -> HttpResponse:
    """Accept those that were ticked; what could not be taken is named with why."""
    access.require_staff(me(request))
    keys = [int(key) for key in request.POST.getlist("handoff")[:KEYS] if _is_key(key)]
    chosen = Handoff.objects.filter(pk__in=keys, receiver=me(request)).select_related(
        "lead", "receiver", "sender"
    )
    try:
        done = accept_handoffs(handoffs=list(chosen), by=me(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, problem=str(refusal), status=422)
    left = [f"{row.lead.number}: {why}" for row, why in done.left]
    if done.taken:
        messages.success(request, f"{counted(len(done.taken), 'lead')} taken over.")
    if left:
        return _page(request, left=left, status=409)
    return redirect("handoffs")


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _page(
    request: HttpRequest, *, problem: str = "", left: list[str] | None = None, status: int = 200
) -> HttpResponse:
    access.require_staff(me(request))
    now = timezone.now()
    context = {
        "title": "Hand-offs",
        "lists": queries.handoffs(me(request), now=now),
        "leads_a_site": access.study_sites(me(request), "lead_site").exists(),
        "now": now,
        "problem": problem,
        "left": left or [],
    }
    return render(request, "recruitment/handoffs.html", context, status=status)
