"""What is taken of a week's visit slots at a study at a site (G7); one place that counts it."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from recruitment.models.leads import Lead
from recruitment.models.studies import StudySite
from recruitment.models.visits import SlotHold, Visit, WeekCapacity
from recruitment.rules.capacity import WeekLoad
from recruitment.rules.stages import OPEN
from recruitment.rules.vocabulary import VisitResult
from trialsnest.lib.weeks import Week

USES_A_SLOT = ("", VisitResult.ATTENDED, VisitResult.NO_SHOW)
"""Results with which a visit has had its slot; whoever canceled or moved gave it back."""


def week_loads(
    study_site: StudySite, weeks: Sequence[Week], *, at: datetime, but: Lead | None = None
) -> list[WeekLoad]:
    """How full each of `weeks` is at `at` (UTC), leaving out what is for the lead `but`.

    The weeks follow one another. A hold counts until it runs out or its lead is closed. Three
    statements.
    """
    own = dict(
        WeekCapacity.objects.filter(
            study_site=study_site, week_on__in=[week.monday for week in weeks]
        ).values_list("week_on", "slots")
    )
    within = Q(starts_at__gte=weeks[0].start, starts_at__lt=weeks[-1].end)
    here = Q(lead__study_site=study_site) & within
    if but is not None:
        here &= ~Q(lead=but)
    booked = Visit.objects.filter(here, result__in=USES_A_SLOT)
    times = list(booked.values_list("starts_at", flat=True))
    kept = list(SlotHold.objects.filter(here, held_now(at)).values_list("starts_at", flat=True))
    return [
        WeekLoad(
            monday=week.monday,
            slots=own.get(week.monday, study_site.capacity_per_week),
            booked=sum(moment in week for moment in times),
            held=sum(moment in week for moment in kept),
        )
        for week in weeks
    ]


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
