"""Logs as plain values, made by chance: long, untidy, in an order that a lead could have had."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from recruitment.rules.events import EventKind, Fact
from recruitment.rules.recovery_codes import RecoveryOutcome
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    BlockerCategory,
    ContactResult,
    Party,
    PrescreenState,
    RecordsState,
    ReviewDecision,
    SourceKind,
    VisitResult,
)
from recruitment.rules.what_if import LeadLog

K = EventKind
PEOPLE = (11, 12, 13, None)
STAGES = (
    Stage.AWAITING_PRESCREEN,
    Stage.COORDINATOR_REVIEW,
    Stage.CONTACTED,
    Stage.RECORDS_NEEDED,
    Stage.READY_TO_SCHEDULE,
    Stage.SCHEDULED,
    Stage.SCREENED,
    Stage.NOT_QUALIFIED,
)


def random_log(
    chance: random.Random, lead_id: int, *, received_at: datetime, events: int
) -> LeadLog:
    """A lead's log of so many events over some weeks, some of them told hours late."""
    facts = [
        Fact(
            kind=K.RECEIVED,
            occurred_at=received_at,
            by_staff=False,
            recorded_at=received_at,
            seq=1,
            code=chance.choice(list(SourceKind)),
        )
    ]
    at, stage, blockers = received_at, Stage.NEW_INQUIRY, list[int]()
    for seq in range(2, events + 1):
        at += timedelta(minutes=chance.randrange(1, 4_000))
        late = timedelta(minutes=chance.choice((0, 0, 0, chance.randrange(1, 900))))
        values = _values(chance, at, stage, blockers, seq)
        if values["kind"] == K.STAGE_CHANGED:
            stage = Stage(str(values["to_stage"]))
        facts.append(
            Fact(
                occurred_at=max(at - late, received_at),
                by_staff=True,
                recorded_at=at,
                seq=seq,
                **values,  # type: ignore[arg-type]  # one kind of fact has other values
            )
        )
    return LeadLog(lead_id, facts)


def _values(
    chance: random.Random, at: datetime, stage: Stage, blockers: list[int], seq: int
) -> dict[str, object]:
    """What one more fact says; `blockers` are those that are open."""
    choices = list(_possible(chance, at, stage))
    if blockers:
        one = chance.choice(blockers)
        later = at + timedelta(hours=chance.randrange(1, 200))
        choices.append({"kind": K.BLOCKER_RESOLVED, "subject_id": one})
        choices.append({"kind": K.BLOCKER_REDATED, "subject_id": one, "due_at": later})
    chosen = chance.choice(choices)
    if chosen["kind"] == K.BLOCKER_OPENED:
        chosen["subject_id"] = seq
        blockers.append(seq)
    if chosen["kind"] == K.BLOCKER_RESOLVED:
        blockers.remove(one)
    return chosen


def _possible(chance: random.Random, at: datetime, stage: Stage) -> Iterator[dict[str, object]]:
    soon = at + timedelta(hours=chance.randrange(1, 300))
    item = chance.randrange(1, 3)
    yield {"kind": K.OWNER_SET, "to_owner_id": chance.choice(PEOPLE)}
    yield {"kind": K.OUTREACH_LOGGED, "code": chance.choice(list(ContactResult))}
    yield {"kind": K.CONTACT_RECEIVED, "code": ContactResult.REACHED}
    yield {"kind": K.PRESCREEN_CHANGED, "code": chance.choice(list(PrescreenState))}
    yield {"kind": K.ANSWERS_REVIEWED}
    yield {"kind": K.REVIEW_REQUESTED}
    yield {"kind": K.REVIEW_DECIDED, "code": chance.choice(list(ReviewDecision))}
    yield {
        "kind": K.RECORDS_CHANGED,
        "code": chance.choice(list(RecordsState)),
        "subject_id": item,
    }
    yield {"kind": K.RECORDS_CHASED, "subject_id": item}
    yield {"kind": K.VISIT_OFFERED}
    yield {"kind": K.VISIT_BOOKED, "subject_id": item, "due_at": soon}
    yield {"kind": K.VISIT_CONFIRMED}
    yield {"kind": K.VISIT_ENDED, "subject_id": item, "code": chance.choice(list(VisitResult))}
    yield {"kind": K.HANDOFF_OFFERED, "subject_id": item}
    yield {"kind": K.HANDOFF_ACCEPTED, "subject_id": item}
    yield {"kind": K.STALE_FLAGGED, "due_at": at}
    yield {"kind": K.STALE_REVIEWED, "code": RecoveryOutcome.CLOSE}
    yield {
        "kind": K.BLOCKER_OPENED,
        "code": chance.choice(list(BlockerCategory)),
        "reason_code": chance.choice(list(Party)),
        "due_at": soon,
    }
    yield {"kind": K.STAGE_CHANGED, "from_stage": stage, "to_stage": chance.choice(STAGES)}
    yield {"kind": K.RELEASED, "code": SourceKind.REGISTRY}
