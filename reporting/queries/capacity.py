"""Visit times that are kept for somebody, and how many visits a week can hold (G7)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from recruitment.models import SlotHold, StudySite, WeekCapacity
from trialsnest.lib.prepared import prepared


class Hold(NamedTuple):
    """One time kept for one lead, from `held_at` until it was ended or ran out. UTC."""

    starts_at: datetime
    held_at: datetime
    until: datetime
    ended_at: datetime | None


def read_holds(study_site: StudySite) -> Mapping[int, Sequence[Hold]]:
    """Every time that was kept, by lead. One statement."""
    found: dict[int, list[Hold]] = defaultdict(list)
    for lead, *hold in _holds(place=study_site.pk):
        found[lead].append(Hold(*hold))
    return found


@prepared
def _holds(*, place: int) -> QuerySet[SlotHold, tuple[Any, ...]]:
    rows = SlotHold.objects.filter(lead__study_site=place).order_by("starts_at", "pk")
    return rows.values_list("lead", *Hold._fields)


def kept_times(holds: Sequence[Hold], *, until: datetime) -> tuple[datetime, ...]:
    """The times that were kept just before `until` (UTC)."""
    return tuple(
        hold.starts_at
        for hold in holds
        if hold.held_at < until <= hold.until and (hold.ended_at is None or hold.ended_at >= until)
    )


def read_slots(study_site: StudySite) -> Mapping[date, int]:
    """The weeks, by their Monday, whose slots differ from the usual. One statement."""
    return dict(_slots(place=study_site.pk))


@prepared
def _slots(*, place: int) -> QuerySet[WeekCapacity, tuple[date, int]]:
    return WeekCapacity.objects.filter(study_site=place).values_list("week_on", "slots")
