"""The team of a site lead: workload, giving leads to somebody else, alerts seen (O6, O7, D22)."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from recruitment import access
from recruitment.forms.team import ReassignForm
from recruitment.models import StudySite
from recruitment.queries import team as queries
from recruitment.rules.refusals import Refusal
from recruitment.services.alerts import see_alert
from recruitment.services.away import last_day
from recruitment.services.reassigning import Reassigned
from recruitment.views.lead_answers import me
from recruitment.views.setup.base import Cell, Row
from trialsnest.lib import words

HEADS = ("Open", "Past due", "Visits this week", "Hand-offs to answer")


def _places(request: HttpRequest) -> list[StudySite]:
    """The studies at sites that whoever asks leads; 404 for whoever leads none."""
    places = list(access.study_sites(me(request), "lead_site"))
    if not places:
        raise Http404
    return places


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Who works here, what each has in hand, who is away."""
    places, now = _places(request), timezone.now()
    zone = places[0].site.time_zone
    loads = queries.workload(places, now=now)
    names = ["Name", *HEADS, *(bucket.label for bucket in queries.OPEN_BUCKETS)]
    context = {
        "title": "Team",
        "columns": [*(Cell(name, is_num=n > 0) for n, name in enumerate(names)), Cell("Today")],
        "rows": [_row(load, zone, now) for load in loads],
    }
    return render(request, "recruitment/team.html", context)


def _row(load: queries.Load, zone: str, now: datetime) -> Row:
    counts = [load.open, load.overdue, load.visits, load.handoffs]
    counts += [load.buckets[bucket] for bucket in queries.OPEN_BUCKETS]
    if load.user is None:
        since = f"Oldest: {words.age(now - load.oldest_at)}" if load.oldest_at else ""
        name = Cell("Unowned", reverse("queue") + "?tab=unowned", since)
    else:
        name = Cell(load.user.name, reverse("team_person", args=[load.user.pk]), _away(load, zone))
    return Row([name, *(Cell(n, is_num=True) for n in counts), _out_today(load, now)])


def _out_today(load: queries.Load, now: datetime) -> Cell:
    """The way to say that somebody is not here today; not for who is away already."""
    if load.user is None or (load.leave is not None and load.leave.starts_at <= now):
        return Cell("")
    return Cell("Mark as out", reverse("team_out_today", args=[load.user.pk]))


def _away(load: queries.Load, zone: str) -> str:
    if load.leave is None:
        return ""
    if load.leave.begun_at is not None:
        return f"On leave until {last_day(load.leave, zone)}"
    return f"Leave from {words.day(words.local(load.leave.starts_at, zone))}"


@require_http_methods(["GET", "HEAD", "POST"])
def team_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's open leads here, to give to somebody else; the result says what happened."""
    places, person = _places(request), access.get_colleague(me(request), pk)
    leads = queries.open_leads_of(person, places)
    people = [user for user in queries.colleagues(places) if user != person]
    form = ReassignForm(request.POST or None, leads=leads, people=people)
    if request.method != "POST":
        return _person_page(request, person, form, places)
    if form.is_valid():
        try:
            done, to = form.run(by=me(request), at=timezone.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _result(request, person, to, done)
    return _person_page(request, person, form, places, status=422)


def _person_page(
    request: HttpRequest,
    person: User,
    form: ReassignForm,
    places: list[StudySite],
    *,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    context = {
        "title": "Team member",
        "person": person,
        "form": form,
        "leads": list(form.by_key.values()),
        "chosen": form.ticked,
        "works_here": person in queries.colleagues(places),
        "leaves": queries.standing_leaves([person], now=now, places=places),
        "crumbs": [("Team", reverse("team"))],
        "now": now,
        "zone": places[0].site.time_zone,
    }
    return render(request, "recruitment/team_person.html", context, status=status)


def _result(request: HttpRequest, person: User, to: User | None, done: Reassigned) -> HttpResponse:
    context = {
        "title": "Leads reassigned",
        "person": person,
        "to": to.name if to else "Unowned",
        "moved": done.moved,
        "left": done.left,
        "crumbs": [("Team", reverse("team"))],
    }
    return render(request, "recruitment/team_result.html", context)


@require_POST
def alert_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an alert off the queue; who saw it stands in the record."""
    alert = access.get_alert(me(request), pk)
    see_alert(alert=alert, by=me(request), at=timezone.now())
    messages.success(request, "Noted.")
    return redirect("queue")
