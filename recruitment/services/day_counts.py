"""Counting the stale leads of each day, so that a review sees them grow or shrink (ST2)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Q

from recruitment.models import DayCount, Lead, StudySite
from recruitment.rules.stages import OPEN, Stage
from recruitment.services.log import check_times
from trialsnest.lib.zones import DAY, local_time, start_of

NOTHING = {"open": 0, "stale": 0, "at_risk": 0, "call_back": 0}


def count_the_day(*, at: datetime, study_sites: Collection[int] | None = None) -> int:
    """Count the last whole day of every study at a site, on the site's clock, before `at` (UTC).

    Answers how many were counted. A day that is counted already is left as it is, so it may
    run twice, at any hour, or beside itself. It counts the leads as their rows are now against the
    deadlines at the day's end: a day is counted best right after it, which an hourly run does.
    Raises InvalidInput for a time to come.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    places = StudySite.objects.filter(Q(activated_at__isnull=True) | Q(activated_at__lt=at))
    if study_sites is not None:
        places = places.filter(pk__in=study_sites)
    by_zone: dict[str, list[int]] = {}
    for key, zone in places.values_list("pk", "site__time_zone"):
        by_zone.setdefault(zone, []).append(key)
    return sum(_count_zone(zone, keys, at) for zone, keys in by_zone.items())


def _count_zone(zone: str, keys: Iterable[int], at: datetime) -> int:
    today = local_time(at, zone).date()
    on, end = today - DAY, start_of(today, zone)
    known = set(DayCount.objects.filter(on=on).values_list("study_site", flat=True))
    missing = [key for key in keys if key not in known]
    counts = _standing(missing, end) if missing else {}
    rows = [
        DayCount(study_site_id=key, on=on, counted_at=at, **counts.get(key, NOTHING))
        for key in missing
    ]
    return len(DayCount.objects.bulk_create(rows, ignore_conflicts=True))


def _standing(keys: Iterable[int], end: datetime) -> dict[int, dict[str, int]]:
    """By study at a site: open leads at `end`, and of these stale, at risk, in the window."""
    waits = Q(stage=Stage.NO_RESPONSE)
    leads = Lead.objects.filter(study_site__in=keys, stage__in=OPEN, received_at__lt=end)
    rows = (
        leads.order_by()
        .values_list("study_site")
        .annotate(
            open=Count("pk"),
            stale=Count("pk", filter=Q(stale_at__lte=end)),
            at_risk=Count("pk", filter=~waits & Q(risk_at__lte=end, stale_at__gt=end)),
            call_back=Count("pk", filter=waits & Q(stale_at__gt=end)),
        )
    )
    return {key: dict(zip(NOTHING, counts, strict=True)) for key, *counts in rows}
