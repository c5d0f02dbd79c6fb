"""How leads stood at the cut-off: buckets, blockers, records, next actions (12.1; R4, D9, D23)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from statistics import median

from recruitment.rules.stages import Bucket
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Party
from reporting.figures.breakdowns import Breakdown, Level, Row, breakdown
from reporting.figures.cells import WITHHELD, Cell, added, exact
from reporting.figures.inputs import ActionFacts, BlockerFacts, Inputs, LeadFacts
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

BY_CATEGORY = frozenset({"category and party", "category"})
"""Levels of the table of blockers whose rows are of one category each."""


def _open(inputs: Inputs) -> list[LeadFacts]:
    return [lead for lead in inputs.counted if lead.bucket != Bucket.CLOSED]


def _group_of(groups: Mapping[str, tuple[str, frozenset[str]]], code: str) -> str:
    return next(name for name, (_, members) in groups.items() if code in members)


def open_by_bucket(inputs: Inputs) -> Breakdown:
    """Open leads by bucket (LC1), or by the coarse groups of LC3."""
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
    return breakdown(buckets, [by_bucket, by_group], inputs)


def blockers(inputs: Inputs) -> Breakdown:
    """Blocked leads, each under its oldest open blocker (D23), by category and who is waited on."""
    oldest = [
        min(lead.blockers, key=lambda blocker: blocker.opened_at)
        for lead in _open(inputs)
        if lead.blockers
    ]

    def with_wait(row: Row, here: list[BlockerFacts]) -> Row:
        return replace(row, wait=_band([inputs.header.cut_off - b.opened_at for b in here]))

    return breakdown(oldest, _BLOCKER_LEVELS, inputs, describe=with_wait)


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
    """Open leads that need records, by the roll-up of their items (RC4)."""
    states = [lead.records for lead in _open(inputs) if lead.records]
    by_state = Level[str]("state", str, lambda code: (RECORDS[code], ""))
    by_group = Level[str](
        "group",
        lambda state: _group_of(RECORDS_GROUPS, state),
        lambda code: (RECORDS_GROUPS[code][0], ""),
    )
    return breakdown(states, [by_state, by_group], inputs)


def next_actions(inputs: Inputs) -> Breakdown:
    """What the site does next, by type: how many leads, the earliest due time, whose role (D9)."""
    actions = [lead.action for lead in _open(inputs) if lead.action]

    def with_due(row: Row, here: list[ActionFacts]) -> Row:
        return replace(row, due_at=min(action.due_at for action in here))

    return breakdown(actions, _ACTION_LEVELS, inputs, describe=with_due)


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
