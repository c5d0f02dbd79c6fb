"""A lead as it is kept: text, from which the same values are made again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from recruitment.rules.stages import Bucket
from reporting.figures.inputs import (
    ActionFacts,
    BlockerFacts,
    LeadFacts,
    Moment,
    SourceFacts,
    Turn,
    TurnKind,
)
from reporting.figures.later import Later, Running, standing_at
from reporting.figures.shares import Closed, Share
from reporting.figures.work_facts import TargetFacts

LAYOUT = 1
"""Version of these texts; raised when an older one could not be read, or would be read wrongly."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def share_text(share: Share) -> str:
    """The share as text; equal shares have the same."""
    return _json([share.moved, share.closes, share.steps, share.is_enrolled])


def share_in(text: str) -> Share:
    """The share of a text that `share_text` made."""
    moved, closes, steps, is_enrolled = json.loads(text)
    return Share(
        tuple((code, number) for code, number in moved),
        tuple(Closed(family, reason) for family, reason in closes),
        steps,
        is_enrolled,
    )


def facts_text(lead: LeadFacts, later: Later | None) -> str:
    """What figures look at of a lead, but for its source. Times to the microsecond.

    `later` is what follows for an open lead, None for a closed one.
    """
    return _json(
        [
            _numbers(lead.received),
            {code: _numbers(moment) for code, moment in lead.milestones.items()},
            [_turn_numbers(turn) for turn in lead.turns],
            {code: [_numbers(m) for m in moments] for code, moments in lead.happened.items()},
            [[t.target, _number(t.due_at), t.outcome] for t in lead.targets],
            [_number(time) for time in lead.taken],
            _open_text(lead, later) if later else None,
        ]
    )


def lead_in(text: str, *, source: SourceFacts, at: datetime) -> LeadFacts:
    """The lead of a text that `facts_text` made, as it stands at `at` (UTC)."""
    received, milestones, turns, happened, targets, taken, still = json.loads(text)
    stands = {"bucket": Bucket.CLOSED.value} if still is None else _open(still, at)
    return LeadFacts(
        source,
        _moment(received),
        milestones={code: _moment(moment) for code, moment in milestones.items()},
        turns=tuple(
            Turn(TurnKind(kind), _time(occurred), _time(recorded), reason, slow, burden)
            for kind, occurred, recorded, reason, slow, burden in turns
        ),
        happened={code: tuple(map(_moment, moments)) for code, moments in happened.items()},
        targets=tuple(TargetFacts(target, _at(due), outcome) for target, due, outcome in targets),
        taken=tuple(map(_time, taken)),
        **stands,
    )


def _open_text(lead: LeadFacts, later: Later) -> list[Any]:
    action = lead.action
    return [
        [later.bucket, _number(later.stale_at)],
        [
            [_number(time) for time in (c.started_at, c.due_at, c.paused_at, c.paused_until)]
            for c in later.running
        ],
        [[b.category, b.waiting_on, _number(b.opened_at)] for b in lead.blockers],
        [action.type, _number(action.due_at)] if action else None,
        [lead.records, lead.stale_reason, lead.is_owned],
    ]


def _open(still: list[Any], at: datetime) -> dict[str, Any]:
    """How an open lead stands at `at`, as fields of `LeadFacts`."""
    (bucket, stale_at), running, blockers, action, (records, stale_reason, is_owned) = still
    clocks = tuple(
        Running(_time(started), _at(due), _at(paused), _at(until))
        for started, due, paused, until in running
    )
    return {
        "blockers": tuple(BlockerFacts(what, whom, _time(since)) for what, whom, since in blockers),
        "action": ActionFacts(action[0], _time(action[1])) if action else None,
        "records": records,
        "stale_reason": stale_reason,
        "is_owned": is_owned,
        **standing_at(Later(bucket, _at(stale_at), clocks), at=at),
    }


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _number(time: datetime | None) -> int | None:
    return None if time is None else (time - EPOCH) // MICROSECOND


def _time(number: int) -> datetime:
    return EPOCH + timedelta(microseconds=number)


def _at(number: int | None) -> datetime | None:
    return None if number is None else _time(number)


def _numbers(moment: Moment) -> list[int | None]:
    return [_number(moment.occurred_at), _number(moment.recorded_at)]


def _moment(numbers: tuple[int, int]) -> Moment:
    occurred, recorded = numbers
    at = _time(occurred)
    return Moment(at, at if recorded == occurred else _time(recorded))


def _turn_numbers(turn: Turn) -> list[Any]:
    times = (turn.occurred_at, turn.recorded_at)
    slow, burden = turn.slow_first_response, turn.burden_no_show
    return [turn.kind.value, *map(_number, times), turn.reason, slow, burden]
