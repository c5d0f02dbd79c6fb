"""Reading the queue in the order of the lanes: the keys of one page, by queries.queue_lanes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import (
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
)

from recruitment.models import Lead
from recruitment.models.dates_beside import dates_beside
from recruitment.queries.queue_keys import Key
from recruitment.queries.queue_lanes import Reading, lanes_sql, whole_sql
from recruitment.rules.lanes import (
    PROMISE_AHEAD,
    ContactTimes,
    Day,
    contact_times,
)
from recruitment.rules.stages import CLOSED
from recruitment.rules.visits import UNRECORDED
from trialsnest.lib.kept_plans import MANY, fetch

Days = Mapping[int, Day]
"""Study at a site -> today there."""
Condition = tuple[str, Mapping[str, Any]]
"""About columns of Lead, in SQL with named parameters; and their values."""

ZONES_IN_USE = """
WITH RECURSIVE used AS (
    (SELECT time_zone FROM recruitment_person ORDER BY time_zone LIMIT 1)
    UNION ALL
    SELECT (SELECT time_zone FROM recruitment_person WHERE time_zone > used.time_zone
             ORDER BY time_zone LIMIT 1) FROM used WHERE used.time_zone IS NOT NULL)
SELECT time_zone FROM used WHERE time_zone IS NOT NULL"""
SHORT = 200  # a list of up to so many leads is sorted whole; a longer one is read lane by lane
SHORT_NARROWED = 1500  # of one that is narrowed, for which a lane may be looked through in vain


@dataclass(frozen=True)
class Span:
    """Which stretch of a list: from its beginning, or after or before a key."""

    limit: int
    after: Key | None = None
    before: Key | None = None


def with_action(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Leads joined to their open next action, as `action`; closed leads have none."""
    return leads.annotate(
        action=FilteredRelation("next_actions", condition=Q(next_actions__ended_at__isnull=True)),
        due=F("due_at"),
    )


def with_dates(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Adds the dates beside the next action (D18), for the words of a row."""
    return leads.annotate(**dates_beside(OuterRef("pk")))


def parked_leads(halted: Iterable[int]) -> Q:
    """What nobody works on now; see rules.lanes.Ranked.parked."""
    on_a_list = Q(is_held=True, is_promised=False)
    return on_a_list | Q(study_site__in=list(halted), visit_at__isnull=True)


def keys_in_order(
    leads: Condition,
    span: Span,
    *,
    now: datetime,
    days: Days,
    halted: Collection[int],
    is_short: bool,
) -> list[Key]:
    """The keys of open leads in the order of the lanes, at most `span.limit`. Two statements.

    The studies at sites of `leads` are those of `days`, and `halted` are those (keys) that are
    halted. `is_short`: they are few, so that sorting all is the least work.
    What lies before a key comes in the order of the list, too. `now` is UTC.
    """
    reading, params = reading_of(leads, span, now=now, days=days, halted=halted)
    statement = whole_sql(reading) if is_short else lanes_sql(reading)
    found = [Key(*row) for row in fetch(statement, params, is_long=len(days) > MANY)]
    return found[::-1] if reading.is_back else found


def reading_of(
    leads: Condition, span: Span, *, now: datetime, days: Days, halted: Collection[int]
) -> tuple[Reading, dict[str, Any]]:
    """How a stretch of the list of these leads is read, and the values for it. One statement."""
    zones = {zone: contact_times(now, zone) for (zone,) in fetch(ZONES_IN_USE, {})}
    where, values = leads
    since = span.before or span.after
    reading = Reading(
        where,
        all_doable=all(times.usual <= now for times in zones.values()),
        since=(since.lane, since.behind) if since else None,
        is_back=span.before is not None,
    )
    params = {**values, **_moments(now, zones), **places_of(days, halted), "limit": span.limit}
    if since is not None:
        params |= {f"since_{name}": value for name, value in since._asdict().items()}
    return reading, params


def closed_keys(leads: QuerySet[Lead], span: Span) -> list[Key]:
    """The keys of closed `leads`, the latest first, at most `span.limit`. One statement."""
    rows = leads.filter(stage__in=CLOSED)
    since = span.before or span.after
    if since is not None:
        here, key = Q(stage_entered_at=since.moment), since.id
        if span.before:
            rows = rows.filter(Q(stage_entered_at__gt=since.moment) | (here & Q(pk__gt=key)))
        else:
            rows = rows.filter(Q(stage_entered_at__lt=since.moment) | (here & Q(pk__lt=key)))
    order = ("stage_entered_at", "pk") if span.before else ("-stage_entered_at", "-pk")
    found = rows.order_by(*order).values_list("stage_entered_at", "pk")[: span.limit]
    keys = [Key(0, 0, at, at, at, key) for at, key in found]
    return keys[::-1] if span.before else keys


def _moments(now: datetime, zones: Mapping[str, ContactTimes]) -> dict[str, Any]:
    times = list(zones.values())
    return {
        "now": now,
        "at_hand": now + PROMISE_AHEAD,
        "unrecorded": now - UNRECORDED,
        "zones": list(zones),
        "usual": [each.usual for each in times],
        "promised": [each.promised for each in times],
        "band_from": [each.band[0] if each.band else None for each in times],
        "band_to": [each.band[1] if each.band else None for each in times],
    }


def places_of(days: Days, halted: Collection[int]) -> dict[str, Any]:
    """The values for queue_lanes.PLACES. Arrays of numbers are written here, which is quicker."""
    ends = sorted({day.ends_at for day in days.values()})
    number = {moment: position for position, moment in enumerate(ends, 1)}
    return {
        "places": _array(days),
        "days": _array(number[day.ends_at] for day in days.values()),
        "ends": ends,
        "halted": _array(halted),
    }


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def sql_of(condition: Q, name: str) -> Condition:
    """A condition that is asked once, its parameters named `name`_0 and so on."""
    query = Lead.objects.filter(condition).query
    compiler = query.get_compiler(connection=connection)
    try:
        where, values = query.where.as_sql(compiler, connection)
    except EmptyResultSet:
        return "false", {}
    except FullResultSet:
        return "true", {}
    names = [f"{name}_{position}" for position in range(len(values))]
    text = where % tuple(f"%({name})s" for name in names)
    return text, dict(zip(names, values, strict=True))
