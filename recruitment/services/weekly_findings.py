"""What happened at a site, as findings that a weekly review may have to end (W1, W2, B3, PZ4, D34).

Each lane takes three statements at most, however many studies and leads there are. Every finding
that has a figure is given, also where it does not stand out: an earlier action is measured by it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from recruitment.models import (
    Blocker,
    Clock,
    CloseReason,
    Handoff,
    Lead,
    LeadEvent,
    Milestone,
    NextAction,
    SlotHold,
    StaleReview,
    StudySite,
    week_loads_by_place,
    weeks_from,
)
from recruitment.models.blocker_counts import counts_by_place
from recruitment.models.capacity import held_now
from recruitment.models.paused_work import paused_work
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind, MilestoneCode
from recruitment.rules.next_actions import PUT_OFF_OFTEN
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.target_rates import Kept, kept
from recruitment.rules.weekly.agenda import Finding
from recruitment.rules.weekly.codes import ItemKind
from recruitment.rules.weekly.sources import SourceShare, is_weak
from recruitment.rules.work_codes import HandoffState

MOST_LEADS = 50  # named under one item; the figure counts all
MATURE_AFTER = timedelta(days=28)  # Q3
WEEKS_AHEAD = 4  # of visit slots
MANY_MISSES = 3  # of one target of a study, as of leads with one blocker (B3)
VAGUE = (CloseCode.CRIT_AGE_OTHER, CloseCode.PT_OTHER_INTENT)
"""Close reasons that leave the reason open ("other")."""
VAGUE_WINDOW, ONE_IN = timedelta(weeks=4), 10  # CL5: more than a tenth of the closes of 4 weeks
INVALID = (CloseCode.SRC_DUPLICATE, CloseCode.SRC_SPAM)
"""What is no inquiry at all, and so in no share (Q2)."""

Groups = Mapping[tuple[int, str], list[int]]


def findings(places: Sequence[StudySite], *, since: datetime, now: datetime) -> list[Finding]:
    """Everything the lanes find at these studies at sites, in `[since, now)` or as of `now`. UTC.

    What was agreed before is not among it (`weekly_actions`). Fifteen statements.
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
    groups = _grouped((place, reason or "", lead) for place, reason, lead in rows)
    return [
        _of_leads(ItemKind.STALE_REASON if code else ItemKind.STALE_UNNAMED, place, code, leads)
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
    leads = _grouped(rows)
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
    ready = _grouped((place, "", lead) for place, lead in rows)
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
        found.append(_of_leads(ItemKind.READY_NO_SLOT, place, "", leads, value=beyond))
    return found


def ownership(places: Sequence[StudySite], *, now: datetime) -> list[Finding]:
    """Promises and next actions past due, leads nobody owns, hand-overs, what is put off."""
    listed = Q(is_held=True, is_promised=False)  # not released yet: nothing is owed (D28)
    rows = (
        Lead.objects.filter(study_site__in=places, stage__in=OPEN)
        .filter(Q(owner__isnull=True) | Q(due_at__lte=now))
        .exclude(listed)
        .annotate(owned=Q(owner__isnull=False), is_due=Q(due_at__lte=now))
        .order_by("due_at", "pk")
        .values_list("study_site", "pk", "owned", "is_promised", "is_due")
    )
    kinds: list[tuple[int, str, int]] = []
    for place, lead, owned, promised, is_due in rows:
        if not owned:
            kinds.append((place, ItemKind.UNOWNED, lead))
        if is_due:
            kind = ItemKind.BREACHED_PROMISE if promised else ItemKind.OVERDUE
            kinds.append((place, kind, lead))
    offered = Handoff.objects.filter(
        lead__study_site__in=places, state=HandoffState.OFFERED, offered_at__lte=now
    ).order_by("accept_by", "pk")
    kinds += [
        (place, ItemKind.UNACCEPTED_HANDOFF, lead)
        for place, lead in offered.values_list("lead__study_site", "lead")
    ]
    again = NextAction.objects.filter(
        lead__study_site__in=places, ended_at__isnull=True, push_backs__gte=PUT_OFF_OFTEN
    ).order_by("-push_backs", "due_at", "pk")
    kinds += [
        (place, ItemKind.PUT_OFF, lead)
        for place, lead in again.values_list("lead__study_site", "lead")
    ]
    return [
        _of_leads(ItemKind(kind), place, "", leads)
        for (place, kind), leads in _grouped(kinds).items()
    ]


def targets(places: Sequence[StudySite], *, since: datetime, now: datetime) -> list[Finding]:
    """Of each target how many of what was due in `[since, now)` was not done in time (CK4)."""
    due = Clock.objects.filter(study_site__in=places, due_at__gte=since, due_at__lt=now)
    rows = (
        due.exclude(outcome=ClockOutcome.NOT_APPLICABLE)
        .order_by("due_at", "pk")
        .values_list("study_site", "target", "outcome", "due_at", "lead")
    )
    base: dict[tuple[int, str], int] = defaultdict(int)
    missed: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, target, outcome, due_at, lead in rows:
        how = kept(outcome, due_at, now=now)
        if how is None:
            continue
        base[place, target] += 1
        if how != Kept.MET:
            missed[place, target].append(lead)
    return [
        Finding(
            ItemKind.MISSED_TARGET,
            place,
            target,
            value=len(missed[place, target]),
            of=of,
            leads=_first(lead for lead in missed[place, target] if lead),
            stands_out=len(missed[place, target]) >= MANY_MISSES,
        )
        for (place, target), of in base.items()
    ]


def paused(places: Sequence[StudySite], *, now: datetime) -> list[Finding]:
    """How much of each study's work stands still; a quarter of its clocks makes an item (PZ4)."""
    return [
        Finding(
            ItemKind.PAUSED_WORK,
            work.place.pk,
            value=work.percent,
            of=work.running,
            stands_out=work.is_much,
        )
        for work in paused_work(places, now=now)
        if work.running
    ]


def decisions(places: Sequence[StudySite], *, since: datetime, now: datetime) -> list[Finding]:
    """Overrides since `since` by who let them pass (G3), and leads closed as "other" (CL5)."""
    return [
        *_overrides(places, since=since, now=now),
        *_closed_as_other(places, now=now),
    ]


def _overrides(places: Sequence[StudySite], *, since: datetime, now: datetime) -> list[Finding]:
    rows = (
        LeadEvent.objects.filter(
            study_site__in=places,
            kind=EventKind.GATE_OVERRIDDEN,
            recorded_at__gte=since,
            recorded_at__lt=now,
            voided_by__isnull=True,
        )
        .order_by("recorded_at", "pk")
        .values_list("study_site", "actor", "lead", "action_id", "code")
    )
    steps: dict[tuple[int, int], dict[object, int]] = defaultdict(dict)
    for place, actor, lead, action, code in rows:
        steps[place, actor or 0][action, lead, code] = lead
    return [
        Finding(
            ItemKind.OVERRIDE,
            place,
            str(actor),
            value=len(found),
            leads=_first(found.values()),
            subject=actor,
        )
        for (place, actor), found in steps.items()
    ]


def _closed_as_other(places: Sequence[StudySite], *, now: datetime) -> list[Finding]:
    """Of four weeks' closes those whose reason is "other", where they are over a tenth (CL5)."""
    rows = (
        CloseReason.objects.filter(
            lead__study_site__in=places,
            position=1,
            event__recorded_at__gte=now - VAGUE_WINDOW,
            event__recorded_at__lt=now,
            event__voided_by__isnull=True,
        )
        .order_by("pk")
        .values_list("lead__study_site", "code", "lead")
    )
    closes: dict[int, int] = defaultdict(int)
    vague: dict[int, list[int]] = defaultdict(list)
    for place, code, lead in rows:
        closes[place] += 1
        if code in VAGUE:
            vague[place].append(lead)
    return [
        Finding(
            ItemKind.OTHER_CLOSE,
            place,
            value=len(vague[place]),
            of=of,
            leads=_first(vague[place]),
            stands_out=len(vague[place]) * ONE_IN > of,
        )
        for place, of in closes.items()
    ]


def _grouped(rows: Iterable[Any]) -> Groups:
    """Leads by study at a site and code, in the order of the rows."""
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, code, lead in rows:
        found[place, code].append(lead)
    return found


def _of_leads(
    kind: ItemKind, place: int, code: str, leads: Sequence[int], *, value: int | None = None
) -> Finding:
    figure = len(leads) if value is None else value
    return Finding(kind, place, code, figure, leads=_first(leads), stands_out=figure > 0)


def _first(leads: Iterable[int]) -> tuple[int, ...]:
    """Each lead once, and no more than an item lists."""
    return tuple(dict.fromkeys(leads))[:MOST_LEADS]
