"""Which place one lead has in a list, and which it would have if one fact were another."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q

from recruitment.models import Lead
from recruitment.queries.queue import EVERYTHING, Queue
from recruitment.queries.queue_ask import Ask
from recruitment.queries.queue_keys import Key
from recruitment.queries.queue_lanes import KEY, before_sql, whole_sql
from recruitment.queries.queue_order import Span, reading_of, sql_of
from recruitment.queries.queue_read import row_values_of
from recruitment.queries.queue_rows import RowValues, ranked_of
from recruitment.rules.lanes import Place, contact_times
from recruitment.rules.rank_trace import RankTrace, rank_trace
from trialsnest.lib.tally import Count, counted_to


def trace_of(read: Queue, lead: Lead | RowValues) -> RankTrace:
    """The trace of an open lead, by the facts the queue ranks it by. One statement."""
    found = row_values_of([lead.pk], now=read.now)[lead.pk]
    day = read.days()[lead.study_site_id]
    times = contact_times(read.now, found.time_zone)
    return rank_trace(ranked_of(found, halted=read.halted), day, times)


def ranks(
    read: Queue, ask: Ask, lead: Lead | RowValues, places: Sequence[Place]
) -> tuple[list[Count], Count]:
    """The ranks that the lead would have with each of `places` in the list, and its length.

    The lead itself is not counted before itself. For open leads. Four statements at most, and one
    for each place where the leads in sight are too many to rank: then a rank is exact up to the
    limit of the counts, and beyond it says only that so many stand before it.
    """
    counts = read.counts(ask)
    if counts.is_cut:
        return [_rank(read, ask, lead, place) for place in places], counts.of_list(ask)
    found, total = _ranks(read, ask, lead, places)
    return [*found], total


def _rank(read: Queue, ask: Ask, lead: Lead | RowValues, place: Place) -> Count:
    """One more than how many stand before `place`, lane by lane and no further than the cap."""
    span, days = Span(read.limits.cap, before=Key(*place.key, lead.pk)), read.days_of(ask)
    others = sql_of(read.of_list(ask) & ~Q(pk=lead.pk), "leads")
    reading, params = reading_of(others, span, now=read.now, days=days, halted=read.halted)
    with connection.cursor() as cursor:
        cursor.execute(before_sql(reading), params)
        (before,) = cursor.fetchone()
    return counted_to(before + 1, read.limits.cap)


def _ranks(
    read: Queue, ask: Ask, lead: Lead | RowValues, places: Sequence[Place]
) -> tuple[list[int], int]:
    keys = [Key(*place.key, lead.pk) for place in places]
    leads, days = sql_of(read.of_list(ask), "leads"), read.days_of(ask)
    span = Span(EVERYTHING)
    reading, params = reading_of(leads, span, now=read.now, days=days, halted=read.halted)
    before = []
    for at, key in enumerate(keys):
        named = {f"key{at}_{name}": value for name, value in key._asdict().items()}
        params |= named
        given = ", ".join(f"%({name})s" for name in named)
        before.append(f"count(*) FILTER (WHERE ({KEY}) < ({given}) AND id <> %(lead)s)")
    counted = ", ".join([*before, "count(*)"])
    with connection.cursor() as cursor:
        # KEY and the lanes are constants of this project, and every value is a parameter.
        cursor.execute(
            f"SELECT {counted} FROM ({whole_sql(reading)}) listed",  # noqa: S608
            params | {"lead": lead.pk},
        )
        *found, total = cursor.fetchone()
    return [n + 1 for n in found], total
