# ruff: noqa: S608  (every text put together here is one of this module's own)
"""How many leads stand in each bucket and tab: exact where that is little work, in one statement.

It reads one index. Where more leads match than anybody works through, counting them all would cost
the more the more there are; then `Groups.is_open_cut` says that only the reader's own were counted,
and `queries.queue_capped` counts the rest as far as somebody wants to know.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recruitment.queries.queue_ask import Ask
from recruitment.queries.queue_lanes import LEADS, OPEN_CODES, PARKED, PLACES
from recruitment.queries.queue_lists import filtered, listed_now, shape_of, waiting
from recruitment.queries.queue_order import Days, places_of
from recruitment.rules.stages import CLOSED
from trialsnest.lib.kept_plans import MANY, fetch

MOST_OPEN = 50_000
"""Open leads up to which every count is exact: ten milliseconds of counting."""
MOST_CLOSED = 20_000
"""Closed leads up to which they are counted exactly."""
FEW_PLACES = 100  # who sees more may see too much to group, which a bare count tells sooner

GROUP = ("stage", "is_stale", "whose", "waits", "n", "listed", "overdue", "today", "held", "apart")
CLOSED_CODES = ", ".join(f"'{stage}'" for stage in sorted(CLOSED))
ANY_CLOSED = f"'{min(CLOSED)}'"  # stands for all of them: one tile holds them, and no more is asked
ON_A_LIST = "recruitment_lead.is_held AND NOT recruitment_lead.is_promised"  # promises are kept
STALE = "coalesce(recruitment_lead.stale_at <= %(now)s, false)"
OVERDUE = f"(recruitment_lead.due_at <= %(now)s AND NOT {PARKED})"
TODAY = f"""(recruitment_lead.due_at > %(now)s AND recruitment_lead.due_at < place.ends_at
    AND NOT {PARKED})"""
WHOSE = """CASE WHEN recruitment_lead.owner_id IS NULL THEN 'unowned'
     WHEN recruitment_lead.owner_id = %(me)s THEN 'mine' ELSE '' END"""

# What no closed lead has is not looked for.
LOOKED_AT = f"""
    SELECT recruitment_lead.stage, {STALE} AS is_stale, {WHOSE} AS whose,
           coalesce({{waits}}, false) AS waits, {{listed}} AS is_listed, {OVERDUE} AS is_overdue,
           {TODAY} AS is_today, recruitment_lead.is_held, {ON_A_LIST} AS is_apart
      FROM {LEADS}"""
COUNTED = """
    SELECT stage, is_stale, whose, waits, count(*) AS n, count(*) FILTER (WHERE is_listed),
           count(*) FILTER (WHERE is_overdue), count(*) FILTER (WHERE is_today),
           count(*) FILTER (WHERE is_held), count(*) FILTER (WHERE is_apart)"""
IS_MUCH = f"""(SELECT count(*) > %(most_open)s FROM (SELECT FROM {LEADS}
    WHERE recruitment_lead.stage IN ({OPEN_CODES}) LIMIT %(most_open)s + 1) seen)"""
COUNTS = f"""
WITH {PLACES},
much AS MATERIALIZED (SELECT {{is_much}} AS is_much),
open_group AS MATERIALIZED ({COUNTED} FROM ({LOOKED_AT}
     WHERE recruitment_lead.stage IN ({OPEN_CODES}) AND {{where}}
       AND NOT (SELECT is_much FROM much) LIMIT %(most_open)s + 1) found GROUP BY 1, 2, 3, 4),
closed AS MATERIALIZED (
    SELECT count(*) AS n, count(*) FILTER (WHERE owner_id IS NULL) AS unowned,
           count(*) FILTER (WHERE owner_id = %(me)s) AS mine
      FROM (SELECT recruitment_lead.owner_id FROM {LEADS}
             WHERE recruitment_lead.stage IN ({CLOSED_CODES}) AND {{where}}
             LIMIT %(most_closed)s + 1) found),
closed_group AS (
    SELECT {ANY_CLOSED}, false, part.whose, false, part.n, 0, 0, 0, 0, 0
      FROM closed, LATERAL (VALUES ('unowned', unowned), ('mine', mine), ('', n - unowned - mine))
           AS part (whose, n)),
cut AS MATERIALIZED (
    SELECT (SELECT is_much FROM much)
        OR (SELECT coalesce(sum(n), 0) > %(most_open)s FROM open_group) AS is_open_cut,
           (SELECT n > %(most_closed)s FROM closed) AS is_closed_cut),
own_group AS ({COUNTED} FROM ({LOOKED_AT}
     WHERE recruitment_lead.owner_id = %(me)s AND {{where}}
       AND (SELECT is_open_cut OR is_closed_cut FROM cut)) found GROUP BY 1, 2, 3, 4)
SELECT is_open_cut, is_closed_cut, '', false, '', false, 0, 0, 0, 0, 0, 0 FROM cut
UNION ALL
SELECT false, false, open_group.* FROM open_group WHERE NOT (SELECT is_open_cut FROM cut)
UNION ALL
SELECT false, false, closed_group.* FROM closed_group WHERE NOT (SELECT is_closed_cut FROM cut)
UNION ALL
SELECT false, false, own_group.* FROM own_group
 WHERE CASE WHEN stage IN ({OPEN_CODES}) THEN (SELECT is_open_cut FROM cut)
            ELSE (SELECT is_closed_cut FROM cut) END
"""


@dataclass(frozen=True)
class Groups:
    """What was counted by stage, owner and state; of closed leads by owner alone.

    Where the open or the closed leads are cut, of these only the reader's own are counted.
    """

    groups: Sequence[Mapping[str, Any]]
    is_open_cut: bool
    is_closed_cut: bool


@dataclass(frozen=True)
class Counted:
    """The leads to be counted: what is asked for, with the values of `queue_lists.Lists` for it.

    `days` has the studies at sites, `halted` those of them (keys) that are halted; `now` is UTC.
    """

    ask: Ask
    values: Mapping[str, Any]
    now: datetime
    days: Days
    halted: Collection[int]

    @property
    def is_long(self) -> bool:
        """Whether so many studies at sites are in sight that each statement needs its own plan."""
        return len(self.days) > MANY

    def texts(self) -> tuple[dict[str, str], dict[str, Any]]:
        """The conditions as SQL, and the values for it."""
        texts = {
            "where": filtered.where(shape_of(self.ask), **self.values),
            "listed": listed_now.where(self.ask.check is not None, now=self.now),
            "waits": waiting.where(now=self.now),
        }
        return texts, {**self.values, **places_of(self.days, self.halted)}


def counted(asked: Counted, *, most_open: int, most_closed: int) -> Groups:
    """Count by stage, owner and state; one statement.

    Exact for up to `most_open` open and `most_closed` closed leads, each for itself.
    """
    texts, params = asked.texts()
    # Of a narrowed list nobody knows beforehand whether it is long.
    is_plain = not asked.ask.is_filtered and len(asked.days) > FEW_PLACES
    texts["is_much"] = IS_MUCH if is_plain else "false"
    params |= {"most_open": most_open, "most_closed": most_closed}
    found = fetch(COUNTS.format(**texts), params, is_long=asked.is_long)
    (is_open_cut, is_closed_cut, *_), *rows = found
    groups = [dict(zip(GROUP, row[2:], strict=True)) for row in rows]
    return Groups(groups, is_open_cut, is_closed_cut)
