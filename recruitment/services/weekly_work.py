"""The later lanes of a weekly review: ownership, targets, paused work, decisions (W2, CK4, G3)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from recruitment.models import (
    Clock,
    CloseReason,
    Handoff,
    Lead,
    LeadEvent,
    NextAction,
    StudySite,
)
from recruitment.models.paused_work import paused_work
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import PUT_OFF_OFTEN
from recruitment.rules.stages import OPEN
from recruitment.rules.target_rates import Kept, kept
from recruitment.rules.weekly.agenda import Finding
from recruitment.rules.weekly.codes import ItemKind
from recruitment.rules.work_codes import HandoffState
from recruitment.services.weekly_asks import unsettled_asks
from recruitment.services.weekly_groups import first, grouped, of_leads

MANY_MISSES = 3  # of one target of a study, as of leads with one blocker (B3)
VAGUE = (CloseCode.CRIT_AGE_OTHER, CloseCode.PT_OTHER_INTENT)
"""Close reasons that leave the reason open ("other")."""
VAGUE_WINDOW, ONE_IN = timedelta(weeks=4), 10  # CL5: more than a tenth of the closes of 4 weeks


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
        of_leads(ItemKind(kind), place, "", leads)
        for (place, kind), leads in grouped(kinds).items()
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
            leads=first(lead for lead in missed[place, target] if lead),
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
    """Asks (AS3), overrides since `since` by who let them pass (G3), leads closed as "other"."""
    return [
        *unsettled_asks(places),
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
            leads=first(found.values()),
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
            leads=first(vague[place]),
            stands_out=len(vague[place]) * ONE_IN > of,
        )
        for place, of in closes.items()
    ]
