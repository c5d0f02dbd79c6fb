# ruff: noqa: S608  (every text put together here is one of this module's own)
"""The lanes as SQL: for each, an index that gives its leads, and the order in which they stand.

A page is had lane by lane. Each lane looks into one partial index of Lead, place by place, and what
comes behind it is looked for only where the page is not full yet. So the cost follows the leads of
a page, not those in sight. Only keys are fetched; the rows of a page are read by them. Every
boundary is an instant worked out in Python (house.md 8.5). A property test holds this module to
`rules.lanes.place` on random leads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from recruitment.rules.lanes import CONTACTS, RANK, Lane
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.vocabulary import ActionType

L = RANK
TEXTS = 256  # kept, so that each is put together once
KEY = "lane, behind, moment, due_at, received_at, id"
OPEN_CODES = ", ".join(f"'{stage}'" for stage in sorted(OPEN))
CONTACT_CODES = ", ".join(f"'{action}'" for action in sorted(CONTACTS))

PARKED = """((recruitment_lead.is_held AND NOT recruitment_lead.is_promised)
    OR (place.is_halted AND recruitment_lead.visit_at IS NULL))"""
VISIT_TODAY = """(recruitment_lead.visit_at IS NOT NULL
    AND ((NOT recruitment_lead.visit_confirmed AND recruitment_lead.visit_at < place.ends_at)
         OR recruitment_lead.visit_at <= %(unrecorded)s))"""
MISSED = f"""(recruitment_lead.next_type = '{ActionType.MISSED_VISIT}'
    AND recruitment_lead.due_at < place.ends_at)"""
TO_OFFER = f"""recruitment_lead.stage = '{Stage.READY_TO_SCHEDULE}'
    AND NOT recruitment_lead.dates_offered"""

# From when on the open action may be done (rules.lanes.doable_at), where somewhere it may not be
# done now. OFFSET keeps the database from working it out again for each use.
DOABLE = f"""LATERAL (SELECT CASE
    WHEN recruitment_lead.next_type NOT IN ({CONTACT_CODES}) THEN %(now)s::timestamptz
    ELSE (SELECT CASE WHEN recruitment_lead.is_promised THEN zone.promised
                      WHEN recruitment_lead.due_at >= zone.band_from
                       AND recruitment_lead.due_at < zone.band_to THEN %(now)s::timestamptz
                      ELSE zone.usual END
            FROM recruitment_person person
            JOIN zone ON zone.name = person.time_zone
           WHERE person.id = recruitment_lead.person_id) END AS doable OFFSET 0) contact"""
ALWAYS = "(SELECT %(now)s::timestamptz AS doable) contact"

LANE = f"""CASE
    WHEN {PARKED} THEN {L[Lane.REST]}
    WHEN recruitment_lead.is_promised AND recruitment_lead.due_at <= %(at_hand)s
        THEN {L[Lane.PROMISED_CALLBACK]}
    WHEN recruitment_lead.first_action_at IS NULL THEN {L[Lane.NO_FIRST_ACTION]}
    WHEN {VISIT_TODAY} OR {MISSED} THEN {L[Lane.VISITS]}
    WHEN date_doable <= %(now)s AND recruitment_lead.date_at <= %(now)s THEN {L[Lane.OVERDUE]}
    WHEN date_doable <= %(now)s AND {TO_OFFER} THEN {L[Lane.READY_TO_SCHEDULE]}
    WHEN greatest(recruitment_lead.date_at, date_doable) < place.ends_at THEN {L[Lane.DUE_TODAY]}
    ELSE {L[Lane.REST]} END"""
BEHIND = f"""CASE WHEN {PARKED} OR (lane <= {L[Lane.VISITS]} AND doable > %(now)s)
    THEN 1 ELSE 0 END"""
MOVED = "COALESCE(recruitment_lead.last_movement_at, recruitment_lead.received_at)"
MOMENT = f"""CASE
    WHEN {PARKED} THEN recruitment_lead.received_at
    WHEN behind = 1 THEN doable
    WHEN lane = {L[Lane.PROMISED_CALLBACK]} THEN recruitment_lead.due_at
    WHEN lane = {L[Lane.NO_FIRST_ACTION]} THEN recruitment_lead.received_at
    WHEN lane = {L[Lane.VISITS]} AND {VISIT_TODAY} THEN recruitment_lead.visit_at
    WHEN lane = {L[Lane.VISITS]} THEN recruitment_lead.due_at
    WHEN lane = {L[Lane.DUE_TODAY]} THEN greatest(recruitment_lead.date_at, date_doable)
    WHEN lane = {L[Lane.REST]} THEN {MOVED}
    ELSE recruitment_lead.date_at END"""

RANKED = """
SELECT recruitment_lead.id, lane, {behind} AS behind, {moment} AS moment,
       recruitment_lead.due_at, recruitment_lead.received_at
  FROM {leads},
       {contact},
       LATERAL (SELECT CASE WHEN recruitment_lead.date_at = recruitment_lead.due_at THEN doable
                            ELSE %(now)s::timestamptz END AS date_doable) dated,
       {laned}
 WHERE {where}"""
ANY_LANE = f"""LATERAL (SELECT {LANE} AS lane OFFSET 0) laned,
       LATERAL (SELECT {BEHIND} AS behind OFFSET 0) stood"""
ONE_LANE = f"LATERAL (SELECT {LANE} AS lane) laned"
PLACES = """place AS MATERIALIZED (
    SELECT found.id, (%(ends)s::timestamptz[])[found.day] AS ends_at,
           found.id = ANY(%(halted)s::bigint[]) AS is_halted
      FROM unnest(%(places)s::bigint[], %(days)s::int[]) AS found (id, day))"""
ZONES = """zone AS MATERIALIZED (
    SELECT * FROM unnest(%(zones)s::text[], %(usual)s::timestamptz[], %(promised)s::timestamptz[],
                         %(band_from)s::timestamptz[], %(band_to)s::timestamptz[])
        AS zone (name, usual, promised, band_from, band_to))"""


@dataclass(frozen=True)
class Source:
    """One index and what it gives of a lane.

    `held` is the condition of the index and its range, `moment` what the lane is ordered by. With
    `order`, the columns after the place, it gives the leads of the lane in their order, and is read
    only as far as the page needs.
    """

    held: str
    moment: str
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A stretch of the list: a lane, for the last one of those who rest and those parked apart."""

    lane: int
    sources: tuple[Source, ...]
    is_parked: bool = False


LEADS = "place JOIN recruitment_lead ON recruitment_lead.study_site_id = place.id"
OPEN_LEADS = "recruitment_lead.due_at IS NOT NULL"
TAIL = ("recruitment_lead.due_at", "recruitment_lead.received_at", "recruitment_lead.id")
DATE = "recruitment_lead.date_at"
BY_DATE = (DATE, *TAIL)
BY_MOVEMENT = (MOVED, *TAIL)
BY_RECEIPT = ("recruitment_lead.received_at", *TAIL)
HALTED = "place.is_halted AND recruitment_lead.visit_at IS NULL"
VISIT_MOMENT = f"""CASE WHEN {VISIT_TODAY} THEN recruitment_lead.visit_at
    ELSE recruitment_lead.due_at END"""
VISIT_DUE = "recruitment_lead.visit_at IS NOT NULL AND recruitment_lead.visit_at < place.ends_at"


def parts(*, all_doable: bool) -> list[Part]:
    """The stretches of the list in their order. `all_doable`: in no zone anybody has to wait."""
    today = f"{OPEN_LEADS} AND recruitment_lead.date_at < place.ends_at"
    at_hand = "recruitment_lead.is_promised AND recruitment_lead.due_at <= %(at_hand)s"
    untouched = f"{OPEN_LEADS} AND recruitment_lead.first_action_at IS NULL"
    missed = f"""{MISSED} AND (recruitment_lead.visit_at IS NULL
        OR recruitment_lead.visit_at >= place.ends_at)"""
    overdue = f"{OPEN_LEADS} AND recruitment_lead.date_at <= %(now)s"
    held = f"{OPEN_LEADS} AND recruitment_lead.is_held AND NOT ({HALTED})"
    # what waits is due today by its next allowed moment, whatever its date was
    due_today = (
        Source(f"{today} AND recruitment_lead.date_at > %(now)s", DATE, BY_DATE)
        if all_doable
        else Source(today, f"greatest({DATE}, date_doable)")
    )
    return [
        Part(L[Lane.PROMISED_CALLBACK], (Source(at_hand, "recruitment_lead.due_at"),)),
        Part(L[Lane.NO_FIRST_ACTION], (Source(untouched, "recruitment_lead.received_at"),)),
        Part(
            L[Lane.VISITS],
            (
                Source(f"{OPEN_LEADS} AND {VISIT_DUE}", VISIT_MOMENT),
                Source(missed, "recruitment_lead.due_at"),
            ),
        ),
        Part(L[Lane.OVERDUE], (Source(overdue, DATE, BY_DATE),)),
        Part(L[Lane.READY_TO_SCHEDULE], (Source(f"{OPEN_LEADS} AND {TO_OFFER}", DATE),)),
        Part(L[Lane.DUE_TODAY], (due_today,)),
        Part(L[Lane.REST], (Source(OPEN_LEADS, MOVED, BY_MOVEMENT),)),
        Part(
            L[Lane.REST],
            (
                Source(held, "recruitment_lead.received_at", BY_RECEIPT),
                Source(f"{OPEN_LEADS} AND {HALTED}", "recruitment_lead.received_at", BY_RECEIPT),
            ),
            is_parked=True,
        ),
    ]


@dataclass(frozen=True)
class Reading:
    """How a list is read: what else its leads fulfil, from which key on, and which way.

    `where` is SQL about recruitment_lead; `since` is None, or the rank and whether it stands behind
    of the key %(since_…)s after which (before which, with `is_back`) it goes on.
    """

    where: str
    all_doable: bool
    since: tuple[int, int] | None = None
    is_back: bool = False


@lru_cache(maxsize=TEXTS)
def whole_sql(reading: Reading) -> str:
    """One page out of all leads there are: for a list that is short."""
    where = f"{OPEN_LEADS} AND recruitment_lead.stage IN ({OPEN_CODES})"
    ranked = RANKED.format(
        leads=LEADS,
        contact=_contact(reading),
        laned=ANY_LANE,
        behind="behind",
        moment=MOMENT,
        where=f"{where} AND {reading.where}",
    )
    found = f"SELECT {KEY} FROM ({ranked}) ranked{_after(reading, 'ranked')}"
    return f"WITH {PLACES}{_zones(reading)} {found} ORDER BY {_order(reading)} LIMIT %(limit)s"


def before_sql(reading: Reading) -> str:
    """How many stand before the key of `reading`; not looked for beyond %(limit)s."""
    return f"SELECT count(*) FROM ({lanes_sql(reading, is_sorted=False)}) found"


@lru_cache(maxsize=TEXTS)
def lanes_sql(reading: Reading, *, is_sorted: bool = True) -> str:
    """One page, lane by lane: for a list that is long. Not `is_sorted`: any so many leads of it."""
    found = [part for part in parts(all_doable=reading.all_doable) if _is_ahead(part, reading)]
    if reading.is_back:
        found.reverse()
    names = [f"part_{position}" for position in range(len(found))]
    order = f" ORDER BY {_order(reading)}" if is_sorted else ""
    tables = [
        f"{name} AS MATERIALIZED ({_part(part, reading, names[:position], order)})"
        for position, (name, part) in enumerate(zip(names, found, strict=True))
    ]
    rows = " UNION ALL ".join(f"SELECT * FROM {name}" for name in names)
    return (
        f"WITH {', '.join([PLACES + _zones(reading), *tables])}"
        f" SELECT {KEY} FROM ({rows}) listed{order} LIMIT %(limit)s"
    )


def _is_ahead(part: Part, reading: Reading) -> bool:
    if reading.since is None:
        return True
    here, since = (part.lane, int(part.is_parked)), reading.since
    if part.lane != L[Lane.REST] or since[0] != L[Lane.REST]:
        here, since = (part.lane, 0), (since[0], 0)
    return here <= since if reading.is_back else here >= since


def _part(part: Part, reading: Reading, before: Sequence[str], order: str) -> str:
    sources = " UNION ALL ".join(
        f"(SELECT * FROM ({_source(part, source, reading)}) found)" for source in part.sources
    )
    is_full = " + ".join(f"(SELECT count(*) FROM {name})" for name in before)
    gate = f" WHERE {is_full} < %(limit)s" if before else ""
    return f"SELECT * FROM ({sources}) sources{gate}{order} LIMIT %(limit)s"


def _source(part: Part, source: Source, reading: Reading) -> str:
    where = f"{source.held} AND {reading.where} AND lane = {part.lane}"
    if part.lane == L[Lane.REST]:
        where += f" AND {'' if part.is_parked else 'NOT '}{PARKED}"
    if not source.order:
        found = _ranked(part, source, reading, LEADS, where)
        return f"SELECT found.* FROM ({found}) found{_after(reading, 'found')}"
    where += " AND recruitment_lead.study_site_id = place.id"
    if reading.since == (part.lane, int(part.is_parked)):
        since = "%(since_moment)s, %(since_due_at)s, %(since_received_at)s, %(since_id)s"
        where += f" AND ({', '.join(source.order)}) {_ahead(reading)} ({since})"
    way = " DESC" if reading.is_back else ""
    order = ", ".join(f"{name}{way}" for name in source.order)
    ranked = _ranked(part, source, reading, "recruitment_lead", where)
    return (
        f"SELECT found.* FROM place CROSS JOIN LATERAL ({ranked} ORDER BY {order} LIMIT %(limit)s)"
        f" found{_after(reading, 'found')}"
    )


def _ranked(part: Part, source: Source, reading: Reading, leads: str, where: str) -> str:
    """The leads of one source, with what is known of a lane put in."""
    behind, moment = ("1" if part.is_parked else "0"), source.moment
    if part.lane <= L[Lane.VISITS]:
        behind = "CASE WHEN doable > %(now)s THEN 1 ELSE 0 END"
        moment = f"CASE WHEN doable > %(now)s THEN doable ELSE {moment} END"
    return RANKED.format(
        leads=leads,
        contact=_contact(reading),
        laned=ONE_LANE,
        behind=behind,
        moment=moment,
        where=where,
    )


def _contact(reading: Reading) -> str:
    return ALWAYS if reading.all_doable else DOABLE


def _zones(reading: Reading) -> str:
    return "" if reading.all_doable else f", {ZONES}"


def _ahead(reading: Reading) -> str:
    return "<" if reading.is_back else ">"


def _after(reading: Reading, table: str) -> str:
    if reading.since is None:
        return ""
    here = ", ".join(f"{table}.{name}" for name in KEY.split(", "))
    since = ", ".join(f"%(since_{name})s" for name in KEY.split(", "))
    return f" WHERE ({here}) {_ahead(reading)} ({since})"


def _order(reading: Reading) -> str:
    way = " DESC" if reading.is_back else ""
    return ", ".join(f"{name}{way}" for name in KEY.split(", "))
