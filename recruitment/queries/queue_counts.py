# ruff: noqa: S608  (every text put together here is one of this module's own)
"""How many leads stand in each bucket and tab: exact, in one statement that reads one index."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from recruitment.queries.queue_filters import waits_elsewhere
from recruitment.queries.queue_lanes import LEADS, OPEN_CODES, PARKED, PLACES
from recruitment.queries.queue_order import Days, places_of, sql_of
from recruitment.rules.stages import CLOSED

GROUP = ("stage", "is_stale", "whose", "waits", "n", "listed", "overdue", "today", "held", "apart")
CLOSED_CODES = ", ".join(f"'{stage}'" for stage in sorted(CLOSED))
ON_A_LIST = "recruitment_lead.is_held AND NOT recruitment_lead.is_promised"  # promises are kept
WHOSE = """CASE WHEN recruitment_lead.owner_id IS NULL THEN 'unowned'
     WHEN recruitment_lead.owner_id = %(me)s THEN 'mine' ELSE '' END"""

# What no closed lead has is not looked for.
COUNTS = f"""
WITH {PLACES}
SELECT recruitment_lead.stage,
       coalesce(recruitment_lead.stale_at <= %(now)s, false) AS is_stale, {WHOSE} AS whose,
       coalesce({{waits}}, false) AS waits, count(*),
       count(*) FILTER (WHERE {{listed}}),
       count(*) FILTER (WHERE recruitment_lead.due_at <= %(now)s AND NOT {PARKED}),
       count(*) FILTER (WHERE recruitment_lead.due_at > %(now)s
                          AND recruitment_lead.due_at < place.ends_at AND NOT {PARKED}),
       count(*) FILTER (WHERE recruitment_lead.is_held),
       count(*) FILTER (WHERE {ON_A_LIST})
  FROM {LEADS}
 WHERE recruitment_lead.stage IN ({OPEN_CODES}) AND {{where}}
 GROUP BY 1, 2, 3, 4
UNION ALL
SELECT recruitment_lead.stage, false, {WHOSE} AS whose, false, count(*), 0, 0, 0, 0, 0
  FROM {LEADS}
 WHERE recruitment_lead.stage IN ({CLOSED_CODES}) AND {{where}}
 GROUP BY 1, 3
"""


def counted(
    leads: Q, listed: Q, *, me: int, now: datetime, days: Days, halted: Collection[int]
) -> Iterator[Mapping[str, Any]]:
    """`leads` of the studies at sites of `days`, counted by stage, owner and state. One statement.

    `listed` says which of them a list without a bucket shows; both are about columns of Lead. `me`
    is the reader's key, `halted` holds studies at sites (keys) that are halted; `now` is UTC.
    """
    params: dict[str, Any] = {"me": me, "now": now, **places_of(days, halted)}
    parts = {"where": leads, "listed": listed, "waits": waits_elsewhere(now)}
    texts = {}
    for name, condition in parts.items():
        texts[name], values = sql_of(condition, name)
        params |= values
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.format(**texts), params)
        for row in cursor.fetchall():
            yield dict(zip(GROUP, row, strict=True))
