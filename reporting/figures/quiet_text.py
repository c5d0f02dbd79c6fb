"""A quiet lead as it is kept: text, from which the same values are made again."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from recruitment.rules.stages import Bucket
from reporting.figures.inputs import LeadFacts, Moment, SourceFacts, Turn, TurnKind
from reporting.figures.shares import Closed, Share
from reporting.figures.work_facts import TargetFacts

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


def facts_text(lead: LeadFacts) -> str:
    """What figures look at of a closed lead, but for its source. Times to the microsecond."""
    return _json(
        [
            _numbers(lead.received),
            {code: _numbers(moment) for code, moment in lead.milestones.items()},
            [_turn_numbers(turn) for turn in lead.turns],
            {code: [_numbers(m) for m in moments] for code, moments in lead.happened.items()},
            [[t.target, t.due_at and _number(t.due_at), t.outcome] for t in lead.targets],
            [_number(time) for time in lead.taken],
        ]
    )


def lead_in(text: str, *, source: SourceFacts) -> LeadFacts:
    """The closed lead of a text that `facts_text` made."""
    received, milestones, turns, happened, targets, taken = json.loads(text)
    return LeadFacts(
        source,
        _moment(received),
        Bucket.CLOSED.value,
        {code: _moment(moment) for code, moment in milestones.items()},
        tuple(
            Turn(TurnKind(kind), _time(occurred), _time(recorded), reason, slow, burden)
            for kind, occurred, recorded, reason, slow, burden in turns
        ),
        happened={code: tuple(map(_moment, moments)) for code, moments in happened.items()},
        targets=tuple(
            TargetFacts(target, None if due is None else _time(due), outcome)
            for target, due, outcome in targets
        ),
        taken=tuple(map(_time, taken)),
    )


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _number(time: datetime) -> int:
    return (time - EPOCH) // MICROSECOND


def _time(number: int) -> datetime:
    return EPOCH + timedelta(microseconds=number)


def _numbers(moment: Moment) -> list[int]:
    return [_number(moment.occurred_at), _number(moment.recorded_at)]


def _moment(numbers: Iterable[int]) -> Moment:
    return Moment(*map(_time, numbers))


def _turn_numbers(turn: Turn) -> list[Any]:
    times = (turn.occurred_at, turn.recorded_at)
    slow, burden = turn.slow_first_response, turn.burden_no_show
    return [turn.kind.value, *map(_number, times), turn.reason, slow, burden]
