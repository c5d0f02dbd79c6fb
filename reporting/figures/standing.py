"""How leads stood at the cut-off: buckets, blockers, records, next actions (12.1; R4, D9, D23)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from statistics import median

from recruitment.rules.stages import Bucket
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Party
from reporting.figures.breakdowns import WITHHELD_LEVEL, Breakdown, Level, Row, breakdown
from reporting.figures.cells import WITHHELD, Cell, added, exact, small
from reporting.figures.inputs import ActionFacts, BlockerFacts, Inputs, LeadFacts
from reporting.figures.movement import is_enrolled
from reporting.figures.words import (
    ACTION_GROUPS,
    ACTIONS,
    BUCKET_GROUPS,
    COORDINATOR,
    LONGEST_WAIT,
    OPEN_BUCKETS,
    PARTIES,
    RECORDS,
    RECORDS_GROUPS,
    SITE_LEAD,
    WAIT_BANDS,
)

FOLDED, OTHER = "bucket, some together", "other"
"""The level of open leads where small buckets are one row, and the code of that row."""
BY_CATEGORY = frozenset({"category and party", "category"})
"""Levels of the table of blockers whose rows are of one category each."""


def _open(inputs: Inputs) -> list[LeadFacts]:
    return [lead for lead in inputs.counted if lead.bucket != Bucket.CLOSED]


def most_open(inputs: Inputs) -> int:
    """No more leads are open than came and did not enroll, which every reader knows (D37)."""
    as_of, cut_off = inputs.header.as_of, inputs.header.cut_off
    quiet, leads = inputs.quiet, inputs.counted
    enrolled = sum(is_enrolled(lead, at=cut_off, as_of=as_of) for lead in leads)
    return len(leads) - enrolled + quiet.leads - quiet.enrolled


def _group_of(groups: Mapping[str, tuple[str, frozenset[str]]], code: str) -> str:
    return next(name for name, (_, members) in groups.items() if code in members)


def open_by_bucket(inputs: Inputs) -> Breakdown:
    """Open leads by bucket (LC1), or by the coarse groups of LC3."""
    return open_tables(inputs)[0]


def open_tables(inputs: Inputs) -> list[Breakdown]:
    """That table at each level that is safe by itself, from the finest to none at all."""
    buckets = [Bucket(lead.bucket) for lead in _open(inputs)]
    listed = [b for b in OPEN_BUCKETS if b != Bucket.AWAITING_OUTCOME or b in buckets]  # D1
    by_bucket = Level[Bucket](
        "bucket", str, lambda code: (str(Bucket(code).label), ""), tuple(map(str, listed))
    )
    by_group = Level[Bucket](
        "group",
        lambda bucket: _group_of(BUCKET_GROUPS, bucket),
        lambda code: (BUCKET_GROUPS[code][0], ""),
        tuple(BUCKET_GROUPS),
    )
    levels, most = [by_bucket, by_group], most_open(inputs)
    tables = [breakdown(buckets, levels[at:], inputs, at_most=most) for at in range(3)]
    tables[1:1] = [
        *_folded(buckets, listed, inputs),
        *_folded(buckets, listed, inputs, Bucket.STALE),
    ]
    return [table for at, table in enumerate(tables) if table not in tables[:at]]


def _folded(
    buckets: Sequence[Bucket], listed: Sequence[Bucket], inputs: Inputs, *with_them: Bucket
) -> list[Breakdown]:
    """The table with buckets of fewer than k in one row, which takes in more until it has k."""
    counts = {bucket: buckets.count(bucket) for bucket in listed}
    few = [b for b, n in counts.items() if 0 < n < inputs.k]
    few += [b for b in with_them if few and b not in few]
    rest = [b for b in listed if counts[b] >= inputs.k and b not in few]
    rest.sort(key=lambda b: counts[b])
    while rest and few and (len(few) < 2 or sum(counts[b] for b in few) < inputs.k):
        few.append(rest.pop(0))
    if not few or not rest or inputs.strict:
        return []
    rows = [Row(str(b), str(b.label), exact(counts[b])) for b in listed if b not in few]
    rows.append(Row(OTHER, "Other buckets", exact(sum(counts[b] for b in few))))
    return [Breakdown(FOLDED, exact(len(buckets)), tuple(rows))]


def blockers(inputs: Inputs) -> Breakdown:
    """Blocked leads, each under its oldest open blocker (D23), by category and who is waited on."""
    oldest = [
        min(lead.blockers, key=lambda blocker: blocker.opened_at)
        for lead in _open(inputs)
        if lead.blockers
    ]

    def with_wait(row: Row, here: list[BlockerFacts]) -> Row:
        return replace(row, wait=_band([inputs.header.cut_off - b.opened_at for b in here]))

    return breakdown(oldest, _BLOCKER_LEVELS, inputs, describe=with_wait, at_most=most_open(inputs))


def blocked(table: Breakdown, category: BlockerCategory | str) -> Cell:
    """How many the table prints under a category over all parties; a row it leaves out is zero.

    Withheld where its rows are not of one category each.
    """
    if table.total.known == 0:
        return exact(0)
    if table.level not in BY_CATEGORY:
        return WITHHELD
    return added([row.cell for row in table.rows if row.code.partition(" ")[0] == category])


def _category(code: str) -> str:
    return str(BlockerCategory(code).label)


def _category_and_party(code: str) -> tuple[str, str]:
    category, _, party = code.partition(" ")
    return _category(category), PARTIES[Party(party)]


_BLOCKER_LEVELS: Sequence[Level[BlockerFacts]] = (
    Level("category and party", lambda b: f"{b.category} {b.waiting_on}", _category_and_party),
    Level("category", lambda b: b.category, lambda code: (_category(code), "")),
    Level("party", lambda b: b.waiting_on, lambda code: ("", PARTIES[Party(code)])),
)


def _band(waits: Sequence[timedelta]) -> str:
    """The age band that the median wait is in."""
    days = median(wait / timedelta(days=1) for wait in waits)
    return next((label for limit, label in WAIT_BANDS if days < limit), LONGEST_WAIT)


def records(inputs: Inputs) -> Breakdown:
    """Open leads that need records, by the roll-up of their items (RC4).

    Their number says something of the bucket of that name, so it is printed as a cell is (SC1).
    """
    states = [lead.records for lead in _open(inputs) if lead.records]
    by_state = Level[str]("state", str, lambda code: (RECORDS[code], ""))
    by_group = Level[str](
        "group",
        lambda state: _group_of(RECORDS_GROUPS, state),
        lambda code: (RECORDS_GROUPS[code][0], ""),
    )
    table = breakdown(states, [by_state, by_group], inputs, at_most=most_open(inputs))
    if 0 < (table.total.known or 0) < inputs.k:
        return Breakdown(WITHHELD_LEVEL, small(inputs.k), ())
    return table


def next_actions(inputs: Inputs) -> Breakdown:
    """What the site does next, by type: how many leads, the earliest due time, whose role (D9)."""
    actions = [lead.action for lead in _open(inputs) if lead.action]

    def with_due(row: Row, here: list[ActionFacts]) -> Row:
        return replace(row, due_at=min(action.due_at for action in here))

    return breakdown(actions, _ACTION_LEVELS, inputs, describe=with_due, at_most=most_open(inputs))


def _role(code: str) -> str:
    return SITE_LEAD if code == ActionType.ESCALATE else COORDINATOR


_ACTION_LEVELS: Sequence[Level[ActionFacts]] = (
    Level("type", lambda a: a.type, lambda code: (ACTIONS[ActionType(code)], _role(code))),
    Level(
        "group",
        lambda a: _group_of(ACTION_GROUPS, a.type),
        lambda code: (ACTION_GROUPS[code][0], COORDINATOR),
    ),
)
