"""A visit without a result an hour after its time is followed up (G6): an action, planned once."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef

from recruitment.models import Clock, Lead, NextAction, Visit
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import OPEN
from recruitment.rules.targets import TargetKey
from recruitment.rules.visits import UNRECORDED
from recruitment.rules.vocabulary import ActionType
from recruitment.services.log import Change, change, check_times
from recruitment.services.next_actions import end_action, set_action


def plan_missed_visits(*, at: datetime, study_sites: Collection[int] | None = None) -> int:
    """Plan to follow up every visit that is an hour past at `at` (UTC) and has no result.

    The action is due with the clock of the missed visit, 4 business hours by default, and takes
    the place of the open one; a promised call-back stays. Nothing is planned once somebody has
    tried to reach the person since, nor while the study is halted. Answers how many were planned.
    May run twice, late, or beside itself. With `study_sites` (keys) only visits there are looked
    at. Raises InvalidInput for a time to come.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    return sum(_plan(lead, at) for lead in _missed(at, study_sites))


def _missed(at: datetime, study_sites: Collection[int] | None) -> list[Lead]:
    """Leads with such a visit that nobody follows up yet, the longest past first."""
    running = Clock.objects.filter(
        lead=OuterRef("lead"), target=TargetKey.MISSED_VISIT, subject_id=OuterRef("pk"), outcome=""
    )
    planned = NextAction.objects.filter(lead=OuterRef("lead"), ended_at__isnull=True)
    kept = planned.filter(type=ActionType.MISSED_VISIT) | planned.filter(is_promised=True)
    visits = Visit.objects.filter(
        Exists(running.filter(due_at__isnull=False)),
        ~Exists(kept),
        result="",
        starts_at__lte=at - UNRECORDED,
        lead__stage__in=OPEN,
    )
    if study_sites is not None:
        visits = visits.filter(lead__study_site__in=study_sites)
    return [visit.lead for visit in visits.select_related("lead").order_by("starts_at", "pk")]


def _plan(lead: Lead, at: datetime) -> bool:
    """Plan it, unless somebody was quicker; whether it was planned. A transaction of its own."""
    with change(lead, by=None, at=at, seen=None) as work:
        due_at = _due(work)
        row = work.action_row
        if due_at is None or row is None:
            return False
        if row.is_promised or row.type == ActionType.MISSED_VISIT:
            return False
        end_action(work, done=False)
        set_action(work, Plan(ActionType.MISSED_VISIT, due_at))
    return True


def _due(work: Change) -> datetime | None:
    """When the follow-up is due; None if it is not, or not any more."""
    if work.state.visit_at is None or work.state.visit_at > work.at - UNRECORDED:
        return None
    for clock in work.clocks.values():
        if clock.target == TargetKey.MISSED_VISIT and clock.outcome is None:
            return clock.due_at
    return None
