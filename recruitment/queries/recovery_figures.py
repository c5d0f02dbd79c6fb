"""What a weekly review reads about stale leads: counts, both axes, rate and trend (RQ5, ST2)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from recruitment.models import DayCount, Lead, LeadEvent, StaleReview, StudySite
from recruitment.queries.recovery import Recovery
from recruitment.rules.events import EventKind
from recruitment.rules.recovery import Decision, Rate, recovery_rate
from recruitment.rules.recovery_codes import PatientReason, ProcessReason, RecoveryOutcome
from trialsnest.lib.weeks import Week
from trialsnest.lib.zones import DAY, local_time

WEEKS = 8
OLDEST = 5
COUNTED = ("stale", "at_risk")  # of a day
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Moment:
    """How many leads were stale and at risk at a day's end; None where no day was counted."""

    on: date
    stale: int | None
    at_risk: int | None


@dataclass(frozen=True)
class Figures:
    """The numbers of these places at one moment. The axes count the reviews of eight weeks."""

    stale: int
    at_risk: int
    new: int
    recovered: int
    closed: int
    rate: Rate
    patient: Mapping[PatientReason, int]
    process: Mapping[ProcessReason, int]
    oldest: Sequence[Lead]
    trend: Sequence[Moment]


def figures(places: Sequence[StudySite], *, now: datetime) -> Figures:
    """Read them. Seven statements. This week begins on Monday on the first site's clock."""
    zone = places[0].site.time_zone
    week, keys = Week.containing(now, zone).start, [row.pk for row in places]
    read = Recovery(places, now)
    reviews = list(
        StaleReview.objects.filter(
            lead__study_site__in=keys, reviewed_at__gte=now - WEEKS * WEEK, reviewed_at__lte=now
        )
    )
    events = _events(keys, week)
    counts = read.leads.aggregate(
        stale=Count("pk", filter=Q(stale_at__lte=now)),
        at_risk=Count("pk", filter=Q(pk__in=read.at_risk.values("pk"))),
    )
    closed = [row for row in reviews if row.outcome == RecoveryOutcome.CLOSE]
    oldest = read.leads.filter(stale_at__lte=now).order_by("stale_at", "pk")
    today = local_time(now, zone).date()
    return Figures(
        stale=counts["stale"],
        at_risk=counts["at_risk"],
        new=events[EventKind.STALE_FLAGGED],
        recovered=events[EventKind.RECOVERED],
        closed=sum(1 for row in closed if row.reviewed_at >= week),
        rate=_rate(reviews, now),
        patient=Counter(PatientReason(row.patient_reason) for row in reviews),
        process=Counter(ProcessReason(row.process_reason) for row in reviews),
        oldest=list(oldest[:OLDEST]),
        trend=[*trend(keys, before=today), Moment(today, counts["stale"], counts["at_risk"])],
    )


def _events(keys: Sequence[int], week: datetime) -> Mapping[EventKind, int]:
    """How many leads went stale, and how many recovered, since `week`."""
    rows = LeadEvent.objects.filter(
        study_site__in=keys,
        kind__in=[EventKind.STALE_FLAGGED, EventKind.RECOVERED],
        occurred_at__gte=week,
        voided_by__isnull=True,
    )
    groups = rows.order_by().values_list("kind").annotate(n=Count("lead", distinct=True))
    return Counter({EventKind(kind): n for kind, n in groups})


def _rate(reviews: Sequence[StaleReview], now: datetime) -> Rate:
    decisions = [
        Decision(row.lead_id, row.reviewed_at, row.recover_by)
        for row in reviews
        if row.recover_by is not None
    ]
    moved = LeadEvent.objects.filter(
        lead__in={decision.lead_id for decision in decisions},
        kind=EventKind.RECOVERED,
        voided_by__isnull=True,
    )
    return recovery_rate(decisions, moved.values_list("lead", "recorded_at"), at=now)


def trend(keys: Sequence[int], *, before: date) -> list[Moment]:
    """The last counted day of each of the eight weeks before a day, summed over the places.

    A week in which a place was not counted counts it with its last day before.
    """
    first = before - WEEKS * WEEK
    rows = DayCount.objects.filter(study_site__in=keys, on__gte=first, on__lt=before)
    by_day: dict[int, list[DayCount]] = {}
    for row in rows.order_by("on"):
        by_day.setdefault((row.on - first).days // 7, []).append(row)
    known: dict[int, DayCount] = {}
    found: list[Moment] = []
    for number in range(WEEKS):
        known |= {row.study_site_id: row for row in by_day.get(number, [])}
        on = first + (number + 1) * WEEK - DAY
        if known:
            stale, risk = (sum(getattr(row, name) for row in known.values()) for name in COUNTED)
            found.append(Moment(on, stale, risk))
        else:
            found.append(Moment(on, None, None))
    return found
