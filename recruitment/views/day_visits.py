"""The visits of today: mine, or as site lead the team's; results recorded on the spot (G6)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from recruitment import access
from recruitment.queries.day_visits import SHOWN, day_visits, next_visit
from recruitment.rules.vocabulary import NoShowReason, VisitResult
from recruitment.views.lead_answers import me
from trialsnest.lib.words import day, local

RESULTS = [
    (result.value, result.label) for result in VisitResult if result != VisitResult.RESCHEDULED
]


@require_safe
def visits_today(request: HttpRequest) -> HttpResponse:
    """Past visits without a result first, then today's by their time."""
    places, now = access.working_places(me(request)), timezone.now()
    led = access.study_sites(me(request), "lead_site").exists()
    whose = "team" if led and request.GET.get("whose") == "team" else "mine"
    owner = me(request) if whose == "mine" else None
    visits = day_visits(places, now=now, owner=owner)
    context = {
        "title": "Visits today",
        "today": day(local(now, places[0].site.time_zone)),
        "visits": visits,
        "next": next_visit(places, now=now, owner=owner) if visits.is_empty else None,
        "whose": whose,
        "leads_a_site": led,
        "results": RESULTS,
        "reasons": NoShowReason.choices,
        "now": now,
        "zone": places[0].site.time_zone,
        "most": SHOWN,
    }
    return render(request, "recruitment/days/visits.html", context)
