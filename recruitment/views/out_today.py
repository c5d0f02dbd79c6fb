"""Somebody is out today: her promises, who covers, and one press (O5, D22)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from recruitment import access
from recruitment.forms.team import OutTodayForm
from recruitment.models import StudySite
from recruitment.queries import out_today as queries
from recruitment.queries import team as team_queries
from recruitment.rules.refusals import Refusal
from recruitment.services.out_today import OutToday
from recruitment.views.lead_answers import me
from trialsnest.lib.words import counted


@require_http_methods(["GET", "HEAD", "POST"])
def team_out_today(request: HttpRequest, pk: int) -> HttpResponse:
    """What is at risk today and the covers proposed; a POST records the leave and moves it."""
    person, now = access.get_colleague(me(request), pk), timezone.now()
    places = _places(request, person)
    form = _form(request, person, places)
    if form.is_valid():
        try:
            done = form.run(by=me(request), at=now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _told(person, done))
            return redirect("team_person", pk=pk)
    here = [_place(person, place, form) for place in places]
    context = {
        "title": f"{person.name} is out today",
        "person": person,
        "form": form,
        "here": here,
        "at_risk": sum(len(part["risks"]) for part in here),
        "leaves": team_queries.standing_leaves([person], now=now, places=places),
        "crumbs": [
            ("Team", reverse("team")),
            (person.name, reverse("team_person", args=[person.pk])),
        ],
        "zone": places[0].site.time_zone,
    }
    status = 422 if form.is_bound else 200
    return render(request, "recruitment/team_out_today.html", context, status=status)


def _places(request: HttpRequest, person: User) -> list[StudySite]:
    """Where she works at sites that whoever asks leads; 404 where there is none."""
    led = {place.pk for place in access.study_sites(me(request), "lead_site")}
    places = [place for place in access.study_sites(person, "work_leads") if place.pk in led]
    if not places or not person.is_active:
        raise Http404
    return places


def _form(request: HttpRequest, person: User, places: list[StudySite]) -> OutTodayForm:
    return OutTodayForm(
        request.POST if request.method == "POST" else None,
        user=person,
        places=places,
        elsewhere=[
            place for place in access.study_sites(person, "work_leads") if place not in places
        ],
        people=team_queries.colleagues_by_place(places),
        owned=team_queries.open_leads_by_place(person),
        proposals=queries.proposed_covers(person, places, now=timezone.now()),
    )


def _place(person: User, place: StudySite, form: OutTodayForm) -> dict[str, Any]:
    return {
        "place": place,
        "risks": queries.at_risk(person, place, now=timezone.now()),
        "field": form[form.name_of(place)],
        "owned": form.fields[form.name_of(place)].required,
    }


def _told(person: User, done: OutToday) -> str:
    said = f"{person.name} is out today. {counted(done.moved, 'lead')} moved until tonight."
    if done.handoffs:
        said += f" {counted(done.handoffs, 'hand-off')} settled."
    return said
