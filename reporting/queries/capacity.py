"""Visit times that are kept for somebody, and how many visits a week can hold (G7)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from recruitment.models import SlotHold, StudySite, WeekCapacity


class Hold(NamedTuple):
    """One time kept for one lead, from `held_at` until it was ended or ran out. UTC."""

    starts_at: datetime
    held_at: datetime
    until: datetime
    ended_at: datetime | None


def read_holds(study_site: StudySite) -> Mapping[int, Sequence[Hold]]:
    """Every time that was kept, by lead. One statement."""
    found: dict[int, list[Hold]] = defaultdict(list)
    rows = SlotHold.objects.filter(lead__study_site=study_site).order_by("starts_at", "pk")
    for lead, *hold in rows.values_list("lead", *Hold._fields):
        found[lead].append(Hold(*hold))
    return found


def kept_times(holds: Sequence[Hold], *, until: datetime) -> tuple[datetime, ...]:
    """The times that were kept just before `until` (UTC)."""
    return tuple(
        hold.starts_at
        for hold in holds
        if hold.held_at < until <= hold.until and (hold.ended_at is None or hold.ended_at >= until)
    )


def read_slots(study_site: StudySite) -> Mapping[date, int]:
    """The weeks, by their Monday, whose slots differ from the usual. One statement."""
    rows = WeekCapacity.objects.filter(study_site=study_site)
    return dict(rows.values_list("week_on", "slots"))
