# ruff: noqa: S608  (every text put together here is one of this module's own)
"""Counts for who sees more leads than can be counted: each stops at a limit (performance.md B2).

Every cell of the page looks for one lead more than the limit and no further, place by place in an
index. Below the limit it is exact; at it there is a `More`, which sums up with nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from recruitment.queries.queue_ask import Tab
from recruitment.queries.queue_counts import (
    CLOSED_CODES,
    ON_A_LIST,
    OVERDUE,
    STALE,
    TODAY,
    Counted,
    Groups,
)
from recruitment.queries.queue_lanes import LEADS, OPEN_CODES, PLACES
from recruitment.rules.stages import OPEN, Stage
from trialsnest.lib.kept_plans import fetch
from trialsnest.lib.tally import Count, More, counted_to

IS_CLOSED = f"recruitment_lead.stage IN ({CLOSED_CODES})"
IS_OPEN = f"recruitment_lead.stage IN ({OPEN_CODES})"
PAST = f"{IS_OPEN} AND {STALE}"
WINDOW = f"recruitment_lead.stage = '{Stage.NO_RESPONSE}' AND NOT {STALE}"
HELD = f"{IS_OPEN} AND recruitment_lead.is_held"
LATE = f"recruitment_lead.date_at <= %(now)s AND {OVERDUE}"  # the earliest date is in an index
SOON = f"recruitment_lead.date_at < place.ends_at AND {TODAY}"
UNOWNED = f"recruitment_lead.owner_id IS NULL AND NOT ({IS_OPEN} AND {ON_A_LIST})"
CODES = ", ".join(f"('{stage}')" for stage in sorted(OPEN - {Stage.NO_RESPONSE}))

BY_PLACE = f"""place CROSS JOIN LATERAL (
    SELECT {OVERDUE} AS is_overdue, {TODAY} AS is_today FROM recruitment_lead
     WHERE recruitment_lead.study_site_id = place.id AND {{held}} AND {{where}}
     LIMIT %(cap)s + 1) one"""
AT_ONCE = f"""(SELECT {OVERDUE} AS is_overdue, {TODAY} AS is_today FROM {LEADS}
     WHERE {{held}} AND {{where}} LIMIT %(cap)s + 1) one"""
"""What few leads have that have no owner is not looked for place by place."""
SUMS = """SELECT count(*) AS n, count(*) FILTER (WHERE is_overdue) AS overdue,
           count(*) FILTER (WHERE is_today) AS today
      FROM (SELECT is_overdue, is_today FROM {found} LIMIT %(cap)s + 1) found"""


@dataclass(frozen=True)
class Cell:
    """One count, and how many of them are past due and due later today where it is exact."""

    n: Count
    overdue: int
    today: int


Cells = Mapping[tuple[Tab, str], Cell]
"""By the tab and the name of the cell: a stage, or `past`, `window`, `closed`, `listed`, `late`,
`soon`, `all`, `held`."""


def cells(asked: Counted, tab: Tab, groups: Groups, *, cap: int) -> Cells:
    """What `groups` has not counted of everybody's leads; where `tab` is Unowned also of those.

    One statement. Each cell is exact up to `cap`.
    """
    texts, params = asked.texts()
    statement = _statement(texts, groups, is_tray=tab == Tab.UNOWNED)
    found: dict[tuple[Tab, str], Cell] = {}
    rows = fetch(statement, params | {"cap": cap}, is_long=asked.is_long)
    for of_tab, name, n, overdue, today in rows:
        count = counted_to(n, cap)
        known = (0, 0) if isinstance(count, More) else (overdue, today)
        found[Tab(of_tab), name] = Cell(count, *known)
    return found


def _statement(texts: Mapping[str, str], groups: Groups, *, is_tray: bool) -> str:
    where = texts["where"]
    tray = f"{UNOWNED} AND {where}"
    parts = [_cell(Tab.UNOWNED, "closed", IS_CLOSED, AT_ONCE, tray)] if groups.is_closed_cut else []
    due = []
    if groups.is_open_cut:
        parts += [
            *_open(Tab.TEAM, BY_PLACE, where),
            _cell(Tab.TEAM, "held", HELD, BY_PLACE, where),
            _cell(Tab.TEAM, "listed", f"{IS_OPEN} AND {texts['listed']}", BY_PLACE, where),
            _cell(Tab.UNOWNED, "all", IS_OPEN, AT_ONCE, tray),
        ]
        due = [_soon(Tab.TEAM, BY_PLACE, where)]
    if groups.is_open_cut and is_tray:
        parts += _open(Tab.UNOWNED, AT_ONCE, tray)
        due += [_soon(Tab.UNOWNED, AT_ONCE, tray)]
    found = " UNION ALL ".join(["SELECT * FROM cell", *due])
    return f"WITH {PLACES}, cell AS MATERIALIZED ({' UNION ALL '.join(parts)}) {found}"


def _open(tab: Tab, source: str, where: str) -> list[str]:
    """The cells of a tab's open leads."""
    held = {"past": PAST, "window": WINDOW, "late": LATE}
    cells = [_cell(tab, name, text, source, where) for name, text in held.items()]
    return [_stages(tab, source, where), *cells]


def _soon(tab: Tab, source: str, where: str) -> str:
    """What is due today; not looked for behind more that is past due than can be counted."""
    found = _cell(tab, "soon", SOON, source, where)
    few_late = f"(SELECT n FROM cell WHERE tab = '{tab}' AND name = 'late') <= %(cap)s"
    return f"SELECT * FROM ({found}) soon WHERE {few_late}"


def _cell(tab: Tab, name: str, held: str, source: str, where: str) -> str:
    found = source.format(held=held, where=where)
    return f"SELECT '{tab}' AS tab, '{name}' AS name, sums.* FROM ({SUMS.format(found=found)}) sums"


def _stages(tab: Tab, source: str, where: str) -> str:
    """A cell for each stage that is a bucket of its own."""
    held = f"recruitment_lead.stage = code.stage AND NOT {STALE}"
    sums = SUMS.format(found=source.format(held=held, where=where))
    return (
        f"SELECT '{tab}' AS tab, code.stage AS name, sums.* FROM (VALUES {CODES}) code (stage)"
        f" CROSS JOIN LATERAL ({sums}) sums"
    )
