"""What happened at a site, as findings that a weekly review may have to end (W1, W2, B3, PZ4, D34).

Each lane takes three statements at most, however many studies and leads there are. Every finding
that has a figure is given, also where it does not stand out: an earlier action is measured by it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Subquery

from recruitment.models import (
    Blocker,
    CloseReason,
    Lead,
    Milestone,
    SlotHold,
    StaleReview,
    StudySite,
    week_loads_by_place,
    weeks_from,
)
from recruitment.models.blocker_counts import counts_by_place
from recruitment.models.capacity import held_now
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MilestoneCode
from recruitment.rules.stages import Stage
from recruitment.rules.weekly.agenda import Finding
from recruitment.rules.weekly.codes import ItemKind
from recruitment.rules.weekly.sources import SourceShare, is_weak
from recruitment.services.weekly_groups import MOST_LEADS, grouped, of_leads
from recruitment.services.weekly_work import decisions, ownership, paused, targets

MATURE_AFTER = timedelta(days=28)  # Q3
WEEKS_AHEAD = 4  # of visit slots
INVALID = (CloseCode.SRC_DUPLICATE, CloseCode.SRC_SPAM)
"""What is no inquiry at all, and so in no share (Q2)."""


def findings(places: Sequence[StudySite], *, since: datetime, now: datetime) -> list[Finding]:
    """Everything the lanes find at these studies at sites, in `[since, now)` or as of `now`. UTC.

    What was agreed before is not among it (`weekly_actions`). Fifteen statements at most.
    """
    return [
        *stale(places, now=now),
        *sources(places, now=now),
        *blockers(places, now=now),
        *scheduling(places, now=now),
        *ownership(places, now=now),
        *targets(places, since=since, now=now),
        *paused(places, now=now),
        *decisions(places, since=since, now=now),
    ]


def stale(places: Sequence[StudySite], *, now: datetime) -> list[Finding]:
    """Stale leads by the reason in our process that was confirmed, and those without one (6.2)."""
    named = StaleReview.objects.filter(lead=OuterRef("pk"), stale_at=OuterRef("stale_at"))
    rows = (
        Lead.objects.filter(study_site__in=places)
        .stale(at=now)
        .annotate(reason=Subquery(named.order_by("-pk").values("process_reason")[:1]))
        .order_by("stale_at", "pk")
        .values_list("study_site", "reason", "pk")
    )
    groups = grouped((place, reason or "", lead) for place, reason, lead in rows)
    return [
        of_leads(ItemKind.STALE_REASON if code else ItemKind.STALE_UNNAMED, place, code, leads)
        for (place, code), leads in groups.items()
    ]


def sources(places: Sequence[StudySite], *, now: datetime) -> list[Finding]:
    """Of each source the share of its mature leads that became reviewable candidates (Q3)."""
    became = Milestone.objects.filter(lead=OuterRef("pk"), code=MilestoneCode.REVIEWABLE)
    invalid = CloseReason.objects.filter(lead=OuterRef("pk"), position=1, code__in=INVALID)
    rows = (
        Lead.objects.filter(study_site__in=places, received_at__lte=now - MATURE_AFTER)
        .filter(~Exists(invalid))
        .order_by()
        .values("study_site", "source")
        .annotate(mature=Count("pk"), reviewable=Count("pk", filter=Exists(became)))
    )
    by_place: dict[int, list[SourceShare]] = defaultdict(list)
    for row in rows:
        share = SourceShare(row["source"], row["reviewable"], row["mature"])
        by_place[row["study_site"]].append(share)
    return [
        Finding(
            ItemKind.WEAK_SOURCE,
            place,
            str(share.source),
            value=share.percent,
            of=share.mature,
            stands_out=is_weak(
                share,
                reviewable=sum(one.reviewable for one in shares),
                mature=sum(one.mature for one in shares),
            ),
        )
        for place, shares in by_place.items()
        for share in shares
    ]


def blockers(places: Sequence[StudySite], *, now: datetime) -> list[Finding]:
    """Every blocker category with open leads, and whether it repeats (B3)."""
    standing = Blocker.objects.filter(lead__study_site__in=places, resolved_at__isnull=True)
    rows = standing.order_by("opened_at", "pk").values_list("lead__study_site", "category", "lead")
    leads = grouped(rows)
    return [
        Finding(
            ItemKind.REPEATED_BLOCKER,
            place,
            count.category,
            value=count.open_leads,
            leads=tuple(leads.get((place, count.category), [])[:MOST_LEADS]),
            stands_out=count.is_repeated,
        )
        for place, counts in counts_by_place(places, now=now).items()
        for count in counts
    ]


def scheduling(places: Sequence[StudySite], *, now: datetime) -> list[Finding]:
    """Leads ready to schedule for which no slot is held, where there are more than slots (G7)."""
    held = SlotHold.objects.filter(held_now(now), lead=OuterRef("pk"))
    rows = (
        Lead.objects.filter(study_site__in=places, stage=Stage.READY_TO_SCHEDULE)
        .filter(~Exists(held), visit_at__isnull=True)
        .order_by("stage_entered_at", "pk")
        .values_list("study_site", "pk")
    )
    ready = grouped((place, "", lead) for place, lead in rows)
    wanted = {place for place, _ in ready}
    weeks = {
        place: weeks_from(now, place.site.time_zone, WEEKS_AHEAD)
        for place in places
        if place.pk in wanted
    }
    loads = week_loads_by_place(weeks, at=now)
    found = []
    for (place, _), leads in ready.items():
        free = sum(load.free for load in loads[place])
        beyond = max(0, len(leads) - free)
        found.append(of_leads(ItemKind.READY_NO_SLOT, place, "", leads, value=beyond))
    return found
