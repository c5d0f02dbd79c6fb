"""The capacity panel of a study at a site: slots, load and backlogs (G7, O6). Counts, no names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from recruitment.models import (
    Blocker,
    Lead,
    NextAction,
    RecordsItem,
    StudySite,
    Visit,
    week_loads,
    weeks_from,
)
from recruitment.rules.capacity import WEEKS_SHOWN, WeekLoad
from recruitment.rules.records import OUTSTANDING
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.vocabulary import Party, RecordsState


@dataclass(frozen=True)
class Load:
    """What one coordinator carries in the study at the site; "" is nobody."""

    owner: str
    leads: int
    overdue: int
    visits: int  # booked in the current week


@dataclass(frozen=True)
class Capacity:
    """What a site looks at before it starts a new source (G7)."""

    weeks: Sequence[WeekLoad]
    loads: Sequence[Load]
    records_outstanding: int
    records_to_review: int
    no_response: int
    waiting_on_sponsor: int

    @property
    def in_two(self) -> tuple[int, int]:
        """Slots left and slots there are in this week and the next."""
        return _left(self.weeks[:2])

    @property
    def in_four(self) -> tuple[int, int]:
        """The same over all four weeks."""
        return _left(self.weeks)


def capacity_of(study_site: StudySite, *, now: datetime) -> Capacity:
    """The panel at `now` (UTC); weeks are of the site's clock. Ten statements."""
    weeks = weeks_from(now, study_site.site.time_zone, WEEKS_SHOWN)
    leads = Lead.objects.filter(study_site=study_site, stage__in=OPEN)
    items = RecordsItem.objects.filter(lead__in=leads, is_required=True)
    blocked = Blocker.objects.filter(lead__in=leads, resolved_at__isnull=True)
    return Capacity(
        weeks=week_loads(study_site, weeks, at=now),
        loads=_loads(leads, now=now, until=weeks[0].end),
        records_outstanding=items.filter(state__in=OUTSTANDING).count(),
        records_to_review=items.filter(state=RecordsState.RECEIVED).count(),
        no_response=leads.filter(stage=Stage.NO_RESPONSE).count(),
        waiting_on_sponsor=blocked.filter(waiting_on=Party.SPONSOR).count(),
    )


def _loads(leads: QuerySet[Any], *, now: datetime, until: datetime) -> list[Load]:
    carried = leads.values("owner__name").annotate(n=Count("pk")).order_by("owner__name")
    overdue = _by_owner(
        NextAction.objects.filter(lead__in=leads, ended_at__isnull=True, due_at__lte=now)
    )
    ahead = Q(lead__in=leads, result="", starts_at__gte=now, starts_at__lt=until)
    visits = _by_owner(Visit.objects.filter(ahead))
    return [
        Load(
            row["owner__name"] or "",
            row["n"],
            overdue.get(row["owner__name"], 0),
            visits.get(row["owner__name"], 0),
        )
        for row in carried
    ]


def _by_owner(rows: QuerySet[Any]) -> dict[str | None, int]:
    counted = rows.values("lead__owner__name").annotate(n=Count("pk")).order_by()
    return {row["lead__owner__name"]: row["n"] for row in counted}


def _left(weeks: Sequence[WeekLoad]) -> tuple[int, int]:
    return sum(week.free for week in weeks), sum(week.slots for week in weeks)
