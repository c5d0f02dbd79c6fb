"""What is taken of a week's visit slots at a study at a site (G7); one place that counts it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db.models import F, Q, QuerySet, Value

from recruitment.models.leads import Lead
from recruitment.models.studies import StudySite
from recruitment.models.visits import SlotHold, Visit, WeekCapacity
from recruitment.rules.capacity import WeekLoad
from recruitment.rules.stages import OPEN
from recruitment.rules.vocabulary import VisitResult
from trialsnest.lib.prepared import prepared, prepared_text
from trialsnest.lib.weeks import Week

Taken: TypeAlias = tuple[datetime, str]
NOWHERE = Value("")  # a time that is kept has no place yet
USES_A_SLOT = ("", VisitResult.ATTENDED, VisitResult.NO_SHOW)
"""Results with which a visit has had its slot; whoever canceled or moved gave it back."""


def week_loads(
    study_site: StudySite, weeks: Sequence[Week], *, at: datetime, but: Lead | None = None
) -> list[WeekLoad]:
    """How full each of `weeks` is at `at` (UTC), leaving out what is for the lead `but`.

    The weeks follow one another. A hold counts until it runs out or its lead is closed. Two
    statements.
    """
    return week_loads_by_place({study_site: weeks}, at=at, but=but)[study_site.pk]


def week_loads_by_place(
    weeks: Mapping[StudySite, Sequence[Week]], *, at: datetime, but: Lead | None = None
) -> dict[int, list[WeekLoad]]:
    """The same for several studies at sites, by their keys. Two statements for all of them."""
    if not weeks:
        return {}
    places = [place.pk for place in weeks]
    first = min((each[0] for each in weeks.values()), key=lambda week: week.start)
    last = max((each[-1] for each in weeks.values()), key=lambda week: week.end)
    capacities = _capacities(places=places, first=first.monday, last=last.monday)
    own = {(place, monday): slots for place, monday, slots in capacities}
    booked: dict[int, list[Taken]] = defaultdict(list)
    kept: dict[int, list[Taken]] = defaultdict(list)
    taken = _taken(
        places=places, since=first.start, until=last.end, at=at, but=but.pk if but else None
    )
    for is_kept, place_id, starts_at, where in taken:
        (kept if is_kept else booked)[place_id].append((starts_at, where))
    return {
        place.pk: [
            WeekLoad(
                monday=week.monday,
                slots=own.get((place.pk, week.monday), place.capacity_per_week),
                booked=sum(moment in week for moment, _ in booked[place.pk]),
                held=sum(moment in week for moment, _ in kept[place.pk]),
                times=tuple(
                    moment for moment, _ in booked[place.pk] + kept[place.pk] if moment in week
                ),
                place=_latest_place(booked[place.pk], week),
            )
            for week in each
        ]
        for place, each in weeks.items()
    }


@prepared
def _capacities(
    *, places: Sequence[int], first: date, last: date
) -> QuerySet[WeekCapacity, tuple[int, date, int]]:
    """What somebody set for weeks from one Monday to another."""
    found = WeekCapacity.objects.filter(
        study_site__in=places, week_on__gte=first, week_on__lte=last
    )
    return found.order_by().values_list("study_site_id", "week_on", "slots")


@prepared_text  # few visits of few weeks, or all of a place: what is best, the values say
def _taken(
    *, places: Sequence[int], since: datetime, until: datetime, at: datetime, but: int | None
) -> QuerySet[Any, tuple[int, int, datetime, str]]:
    """When and where visits (0) and holds (1) begin, by study at a site."""
    here = Q(lead__study_site__in=places, starts_at__gte=since, starts_at__lt=until)
    if but is not None:
        here &= ~Q(lead=but)
    visits = Visit.objects.filter(here, result__in=USES_A_SLOT).order_by()
    holds = SlotHold.objects.filter(here, held_now(at)).order_by()
    named = ("lead__study_site_id", "starts_at")
    return visits.values_list(Value(0), *named, F("place")).union(
        holds.values_list(Value(1), *named, NOWHERE), all=True
    )


def _latest_place(visits: Sequence[Taken], week: Week) -> str:
    """Where the latest visit of the week takes place; empty where nobody said."""
    return max(((at, place) for at, place in visits if place and at in week), default=(None, ""))[1]


def week_load(
    study_site: StudySite, week: Week, *, at: datetime, but: Lead | None = None
) -> WeekLoad:
    """The same for one week."""
    return week_loads(study_site, [week], at=at, but=but)[0]


def weeks_from(at: datetime, zone: str, count: int) -> list[Week]:
    """The week of `at` (UTC) on the clock of `zone`, and those that follow."""
    weeks = [Week.containing(at, zone)]
    while len(weeks) < count:
        weeks.append(weeks[-1].next())
    return weeks


def held_now(at: datetime) -> Q:
    """Holds that count at `at` (UTC)."""
    return Q(ended_at__isnull=True, until__gt=at, lead__stage__in=OPEN)
