"""What a site lead has to see to: exact counts, and the lists behind them (S8, RQ4, G3, O2, O5).

Each count is taken from the same rows as the list that it links to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Q, QuerySet

from recruitment.models import Lead, Leave, LeaveCover, StudySite
from recruitment.queries.out_today import today_at
from recruitment.queries.overrides import Override, overrides
from recruitment.queries.team import colleagues_by_place
from recruitment.rules.recovery import THIRD_TIME
from recruitment.rules.stages import OPEN

LATELY = timedelta(days=7)
SHOWN = 200  # leads of one list
RELATED = ("person", "study_site__study", "study_site__site", "owner")
NOW_TOO = timedelta(microseconds=1)  # what is recorded at this very instant belongs to it


@dataclass(frozen=True)
class Tally:
    """How many leads a list holds, and since when the oldest has been on it (UTC)."""

    count: int
    since: datetime | None


@dataclass(frozen=True)
class Uncovered:
    """Somebody who is out today, and where nobody stands in for her."""

    leave: Leave
    places: Sequence[StudySite]


def third_time(places: Sequence[StudySite], *, now: datetime) -> QuerySet[Lead]:
    """Leads that are stale for the third time or more: only a site lead may go on (RQ4)."""
    told = Q(stale_flagged_for__isnull=False, stale_flagged_for=F("stale_at"))
    enough = Q(times_stale__gte=THIRD_TIME) | (Q(times_stale=THIRD_TIME - 1) & ~told)
    found = Lead.objects.filter(study_site__in=places, stage__in=OPEN, stale_at__lte=now)
    return found.filter(enough).order_by("stale_at", "pk")


def unowned(places: Sequence[StudySite]) -> QuerySet[Lead]:
    """Open leads without an owner, the oldest first; those on lists are no work yet (D28)."""
    found = Lead.objects.filter(study_site__in=places, stage__in=OPEN, owner__isnull=True)
    return found.exclude(is_held=True, is_promised=False).order_by("received_at", "pk")


def overrides_lately(places: Sequence[StudySite], *, now: datetime) -> list[Override]:
    """What was let through a gate in the last seven days, the latest first (G3). One statement."""
    return overrides(places, start=now - LATELY, end=now + NOW_TOO)[::-1]


def tally(leads: QuerySet[Lead], *, since: str) -> Tally:
    """How many, and the earliest `since` (a field) of them. One statement."""
    found = leads.order_by().aggregate(n=Count("pk"), first=Min(since))
    return Tally(found["n"], found["first"])


def listed(leads: QuerySet[Lead]) -> list[Lead]:
    """The first of a list, with what a row shows. One statement."""
    return list(leads.select_related(*RELATED)[:SHOWN])


def uncovered_today(places: Sequence[StudySite], *, now: datetime) -> list[Uncovered]:
    """Who is away at some time today and is covered by nobody who is here (O5). Four statements.

    By name. Today is each site's own. A cover who is away herself, or can sign in no more, is none.
    """
    people = colleagues_by_place(places)
    days = {place.pk: today_at(place, now=now) for place in places}
    if not days:
        return []
    everybody = {user.pk for users in people.values() for user in users}
    leaves = Leave.objects.filter(
        ended_at__isnull=True, starts_at__lt=max(d.ends_at for d in days.values()), ends_at__gt=now
    ).select_related("user")
    away = set(leaves.values_list("user", flat=True))
    covered = _covered(leaves, away)
    found = []
    for leave in leaves.filter(user__in=everybody).order_by("user__name", "starts_at"):
        missing = [
            place
            for place in places
            if leave.user in people.get(place.pk, [])
            and leave.starts_at < days[place.pk].ends_at
            and (leave.pk, place.pk) not in covered
        ]
        if missing:
            found.append(Uncovered(leave, missing))
    return found


def _covered(leaves: QuerySet[Leave], away: set[int]) -> set[tuple[int, int]]:
    """Leave and study at a site, where somebody who is here covers."""
    rows = LeaveCover.objects.filter(leave__in=leaves, cover__is_active=True)
    return set(rows.exclude(cover__in=away).values_list("leave", "study_site"))
