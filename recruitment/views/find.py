"""Search (S1): what was typed comes in the body of a POST, so that it stands in no address."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from recruitment.queries.find import LETTERS, find_leads
from recruitment.views.lead_answers import me, wants
from trialsnest.lib import shield
from trialsnest.lib.throttle import Throttle

SEARCHES = Throttle(120, 60)  # a person who types all the time asks some 60 times a minute
TOO_MANY = "You searched very often. Wait a minute, then search again."


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """The leads found: a list under the box for htmx, else a page, or the lead if it is one."""
    text, is_part = request.POST.get("q", ""), wants(request, "found")
    if not SEARCHES.allows(me(request).pk):
        refused = {"title": "Find a lead", "problem": TOO_MANY}
        return render(request, "recruitment/find/page.html", refused, status=429)
    found = find_leads(me(request), text, now=timezone.now())
    if found is None:
        raise Http404
    if is_part:
        html = render_to_string("recruitment/find/_part.html", {"found": found})
        return HttpResponse(html)
    if len(found.rows) == 1 and not found.has_more:
        return redirect("lead", number=found.rows[0].number)
    typed = "" if shield.is_up() else text[:LETTERS]
    context: dict[str, Any] = {"title": "Find a lead", "found": found, "typed": typed}
    return render(request, "recruitment/find/page.html", context)
