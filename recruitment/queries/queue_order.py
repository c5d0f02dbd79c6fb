"""The order of rules.lanes as SQL, so that the database sorts and only a page of rows is read.

Every boundary is an instant worked out in Python: SQL does no arithmetic in time zones (house.md
8.5). A property test holds this module to `rules.lanes.place` on random leads.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least

from recruitment.models import Blocker, Handoff, Lead, LeadEvent, RecordsItem, Visit
from recruitment.rules.events import EventKind
from recruitment.rules.lanes import (
    CONTACTS,
    PROMISE_AHEAD,
    RANK,
    VISIT_UNRECORDED,
    ContactTimes,
    Day,
    Lane,
)
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, RecordsState
from recruitment.rules.work_codes import HandoffState

Days = Mapping[int, Day]
"""Study at a site -> today there."""
Zones = Mapping[str, ContactTimes]
"""A patient's zone -> when she may be contacted."""

DATES = ("due", "review_by", "chase_at", "confirm_by", "accept_by")
ORDER = ("lane", "behind", "moment", "due", "received_at", "pk")


def with_action(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Leads joined to their open next action, as `action`; closed leads have none."""
    return leads.annotate(
        action=FilteredRelation("next_actions", condition=Q(next_actions__ended_at__isnull=True)),
        due=F("action__due_at"),
    )


def with_dates(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Adds the dates beside the next action (D18), and whether visit dates were offered."""
    beside: dict[str, QuerySet[Any]] = {
        "review_by": Blocker.objects.filter(resolved_at__isnull=True),
        "chase_at": RecordsItem.objects.filter(state=RecordsState.REQUESTED),
        "confirm_by": Visit.objects.filter(result="", confirmed_at__isnull=True),
        "accept_by": Handoff.objects.filter(state=HandoffState.OFFERED),
    }
    offered = LeadEvent.objects.filter(
        lead=OuterRef("pk"),
        kind=EventKind.VISIT_OFFERED,
        occurred_at__gte=OuterRef("stage_entered_at"),
        voided_by__isnull=True,
    )
    return leads.annotate(
        **{name: _earliest(rows, name) for name, rows in beside.items()},
        dates_offered=Case(
            When(stage=Stage.READY_TO_SCHEDULE, then=Exists(offered)), default=Value(False)
        ),
    )


def _earliest(rows: QuerySet[Any], name: str) -> Subquery:
    """The earliest `name` among the lead's `rows`."""
    own = rows.filter(lead=OuterRef("pk")).order_by().values("lead")
    return Subquery(own.annotate(first=Min(name)).values("first"), output_field=DateTimeField())


def in_queue_order(
    leads: QuerySet[Lead],
    *,
    now: datetime,
    days: Days,
    zones: Zones,
    halted: Iterable[int] = (),
) -> QuerySet[Lead]:
    """Open leads in the order of the lanes; for leads of `with_action` and `with_dates`.

    `halted` are the studies at sites (keys) that are halted.
    """
    dated = leads.annotate(
        date=Least(*(F(name) for name in DATES)),  # PostgreSQL leaves out those that are null
        ends_at=_ends_at(days, now),
        doable=_doable(zones, now),
    )
    dated = dated.annotate(
        date_doable=Case(When(date=F("due"), then=F("doable")), default=_at(now)),
    )
    parked = parked_leads(halted)
    ranked = dated.annotate(lane=_lane(now, parked))
    first_lanes = Q(lane__lte=RANK[Lane.VISITS])
    ranked = ranked.annotate(
        behind=Case(
            When(parked | (first_lanes & Q(doable__gt=now)), then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
    )
    return ranked.annotate(moment=_moment(now, parked)).order_by(*ORDER)


def _at(moment: datetime) -> Value:
    return Value(moment, output_field=DateTimeField())


def _ends_at(days: Days, now: datetime) -> Combinable:
    """The end of today at the lead's site."""
    by_end: dict[datetime, list[int]] = {}
    for key, day in days.items():
        by_end.setdefault(day.ends_at, []).append(key)
    whens = [When(study_site__in=keys, then=_at(end)) for end, keys in by_end.items()]
    return Case(*whens, default=_at(now), output_field=DateTimeField())


def _doable(zones: Zones, now: datetime) -> Combinable:
    """From when on the open action may be done; see rules.lanes.doable_at."""
    in_band = reduce(
        or_,
        (
            Q(person__time_zone=zone, due__gte=times.band[0], due__lt=times.band[1])
            for zone, times in zones.items()
            if times.band is not None
        ),
        Q(pk__in=[]),
    )
    return Case(
        When(~Q(action__type__in=sorted(CONTACTS)), then=_at(now)),
        When(action__is_promised=True, then=_by_zone((z, t.promised) for z, t in zones.items())),
        When(in_band, then=_at(now)),
        default=_by_zone((z, t.usual) for z, t in zones.items()),
        output_field=DateTimeField(),
    )


def _by_zone(moments: Iterable[tuple[str, datetime]]) -> Combinable:
    by_moment: dict[datetime, list[str]] = {}
    for zone, moment in moments:
        by_moment.setdefault(moment, []).append(zone)
    if len(by_moment) == 1:
        return _at(next(iter(by_moment)))
    whens = [When(person__time_zone__in=z, then=_at(moment)) for moment, z in by_moment.items()]
    return Case(*whens, output_field=DateTimeField())


def _visit_today(now: datetime) -> Q:
    unconfirmed = Q(visit_confirmed=False, visit_at__lt=F("ends_at"))
    return Q(visit_at__isnull=False) & (unconfirmed | Q(visit_at__lte=now - VISIT_UNRECORDED))


def parked_leads(halted: Iterable[int]) -> Q:
    """What nobody works on now; see rules.lanes.Ranked.parked."""
    on_a_list = Q(is_held=True, action__is_promised=False)
    return on_a_list | Q(study_site__in=list(halted), visit_at__isnull=True)


def _lane(now: datetime, parked: Q) -> Combinable:
    missed = Q(action__type=ActionType.MISSED_VISIT, due__lt=F("ends_at"))
    may_now = Q(date_doable__lte=now)
    later = Greatest(F("date"), F("date_doable"))
    lanes: list[tuple[Lane, Q]] = [
        (Lane.PROMISED_CALLBACK, Q(action__is_promised=True, due__lte=now + PROMISE_AHEAD)),
        (Lane.NO_FIRST_ACTION, Q(first_action_at__isnull=True)),
        (Lane.VISITS, _visit_today(now) | missed),
        (Lane.OVERDUE, may_now & Q(date__lte=now)),
        (
            Lane.READY_TO_SCHEDULE,
            may_now & Q(stage=Stage.READY_TO_SCHEDULE, dates_offered=False),
        ),
        (Lane.DUE_TODAY, Q(ends_at__gt=later)),
    ]
    whens = [When(condition, then=Value(RANK[lane])) for lane, condition in lanes]
    last = When(parked, then=Value(RANK[Lane.REST]))
    return Case(last, *whens, default=Value(RANK[Lane.REST]), output_field=IntegerField())


def _moment(now: datetime, parked: Q) -> Combinable:
    return Case(
        When(parked, then=F("received_at")),
        When(behind=1, then=F("doable")),
        When(lane=RANK[Lane.PROMISED_CALLBACK], then=F("due")),
        When(lane=RANK[Lane.NO_FIRST_ACTION], then=F("received_at")),
        When(
            _visit_today(now) & Q(lane=RANK[Lane.VISITS]),
            then=F("visit_at"),
        ),
        When(lane=RANK[Lane.VISITS], then=F("due")),
        When(lane=RANK[Lane.DUE_TODAY], then=Greatest(F("date"), F("date_doable"))),
        When(lane=RANK[Lane.REST], then=Coalesce(F("last_movement_at"), F("received_at"))),
        default=F("date"),
        output_field=DateTimeField(),
    )
