"""What a site lead has to see to: its parts, and the lists behind the counts (S8, O6).

The page itself is put together in `trialsnest.home`, since reports are part of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from accounts.models import User
from recruitment import access
from recruitment.models import StudySite
from recruitment.queries import needs_me as queries
from recruitment.queries import team
from recruitment.queries.escalations import Escalations
from recruitment.queries.handoffs import unanswered
from recruitment.queries.messages import waiting_messages
from recruitment.rules.recovery_codes import EscalationLevel
from recruitment.services.away import last_day
from recruitment.views.lead_answers import me
from trialsnest.lib.charts.small import bar
from trialsnest.lib.words import age


@dataclass(frozen=True)
class Need:
    """One thing to see to: how many, what it is, what is asked, and where exactly these stand."""

    code: str
    label: str
    says: str
    count: int
    url: str
    since: str = ""  # how long the oldest has waited


def led_places(user: User) -> list[StudySite]:
    """The studies at sites that `user` leads; Http404 for whoever leads none."""
    places = list(access.study_sites(user, "lead_site"))
    if not places:
        raise Http404
    return places


def needs(user: User, places: Sequence[StudySite], *, now: datetime) -> list[Need]:
    """Everything that is about leads and people, the most pressing first; counts of 0 too."""
    return [*_waiting(user, places, now), *_asked(user, now)]


def _waiting(user: User, places: Sequence[StudySite], now: datetime) -> list[Need]:
    nobody = queries.tally(queries.unowned(places), since="received_at")
    third = queries.tally(queries.third_time(places, now=now), since="stale_at")
    out = queries.uncovered_today(places, now=now)
    handoffs = unanswered(user, now=now).count()
    return [
        _need("unowned", nobody.count, _age(nobody, now)),
        _need("uncovered", len(out)),
        Need(
            "handoffs",
            "Hand-offs not answered in time",
            "Still with the sender.",
            handoffs,
            reverse("handoffs") + "#late",
        ),
        _need("third-time", third.count, _age(third, now)),
        _need("overrides", len(queries.overrides_lately(places, now=now))),
    ]


def _need(code: str, count: int, since: str = "") -> Need:
    named = LISTS[code]
    return Need(code, named.label, named.says, count, reverse("needs_me_list", args=[code]), since)


def _age(tally: queries.Tally, now: datetime) -> str:
    return age(now - tally.since) if tally.since is not None else ""


def _asked(user: User, now: datetime) -> list[Need]:
    """Breaches and escalations, from the page that lists them (E1); messages for her."""
    counts, url = Escalations(user, now).counts(), reverse("escalations")
    levels = {
        EscalationLevel.SITE_LEAD: ("Escalated to you", "Answer, or send on."),
        EscalationLevel.STUDY_LEAD: ("Escalated to the study lead", "See that it is answered."),
        EscalationLevel.SPONSOR: ("For the sponsor", "Goes out with the report."),
    }
    found = [
        Need(
            "messages",
            "Messages passed on",
            "Calls taken for somebody else.",
            len(waiting_messages(user)),
            reverse("messages"),
        ),
        Need(
            "overdue",
            "Targets past due",
            "By target, the longest first.",
            counts.overdue,
            f"{url}?list=overdue",
        ),
    ]
    for level, (label, says) in levels.items():
        code = str(level.value)
        found.append(Need(code, label, says, counts.by_level[level], f"{url}?list={code}"))
    return found


@dataclass(frozen=True)
class Named:
    """A list of its own: its name, what is asked, and its rows for the template."""

    label: str
    says: str
    rows: Callable[[Sequence[StudySite], datetime], Mapping[str, Any]]


def _unowned(places: Sequence[StudySite], now: datetime) -> Mapping[str, Any]:
    return {"leads": queries.listed(queries.unowned(places)), "since": "received_at"}


def _third(places: Sequence[StudySite], now: datetime) -> Mapping[str, Any]:
    leads = queries.third_time(places, now=now)
    return {"leads": queries.listed(leads), "since": "stale_at"}


def _overrides(places: Sequence[StudySite], now: datetime) -> Mapping[str, Any]:
    return {"overrides": queries.overrides_lately(places, now=now)}


def _uncovered(places: Sequence[StudySite], now: datetime) -> Mapping[str, Any]:
    rows = queries.uncovered_today(places, now=now)
    return {"out": [(row, last_day(row.leave, row.places[0].site.time_zone)) for row in rows]}


LISTS: Mapping[str, Named] = {
    "unowned": Named("Leads with no owner", "Give each to somebody.", _unowned),
    "uncovered": Named("Out today without cover", "Say who stands in.", _uncovered),
    "third-time": Named(
        "Stale for the third time", "Only you may do more than close or escalate.", _third
    ),
    "overrides": Named("Overrides of the last 7 days", "What passed a gate, and why.", _overrides),
}


@require_safe
def needs_me_list(request: HttpRequest, which: str) -> HttpResponse:
    """One of the lists: exactly what its count told."""
    places, now = led_places(me(request)), timezone.now()
    named = LISTS.get(which)
    if named is None:
        raise Http404
    context = {
        "title": named.label,
        "lede": named.says,
        "crumbs": [("Needs me", reverse("needs_me"))],
        "zone": places[0].site.time_zone,
        "now": now,
        "most": queries.SHOWN,
        **named.rows(places, now),
    }
    return render(request, "recruitment/days/needs_me_list.html", context)


def workload(places: Sequence[StudySite], *, now: datetime) -> dict[str, Any]:
    """What each person has in hand, as bars to look at (O6); for site leads alone."""
    loads = team.workload(places, now=now)
    zone = places[0].site.time_zone
    buckets = [
        bucket for bucket in team.OPEN_BUCKETS if any(load.buckets[bucket] for load in loads)
    ]
    most = max((load.buckets[bucket] for load in loads for bucket in buckets), default=0)
    return {"buckets": buckets, "loads": [_load(load, buckets, most, zone) for load in loads]}


def _load(load: team.Load, buckets: Sequence[Any], most: int, zone: str) -> dict[str, Any]:
    user = load.user
    return {
        "name": user.name if user else "Unowned",
        "url": reverse("team_person", args=[user.pk])
        if user
        else reverse("needs_me_list", args=["unowned"]),
        "away": away_words(load, zone),
        "open": load.open,
        "overdue": load.overdue,
        "visits": load.visits,
        "handoffs": load.handoffs,
        "cells": [(b.label, load.buckets[b], _bar(load.buckets[b], most)) for b in buckets],
    }


def _bar(number: int, most: int) -> str:
    return mark_safe(bar(number, most)) if number else ""  # noqa: S308  (numbers only)


def away_words(load: team.Load, zone: str) -> str:
    """That somebody is away now, and until when; nothing for whoever is here."""
    if load.leave is None or load.leave.begun_at is None:
        return ""
    return f"Away until {last_day(load.leave, zone)}"
