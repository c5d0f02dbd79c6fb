"""What may happen to a lead more than once, its targets and its visit times. Makes no statement."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from recruitment.models.capacity import USES_A_SLOT
from recruitment.rules.clock_book import Clocks
from recruitment.rules.events import MOVED, EventKind, Fact, is_movement
from recruitment.rules.vocabulary import VisitResult
from reporting.figures.execution import TARGETS
from reporting.figures.inputs import Happening, Moment
from reporting.figures.work_facts import TargetFacts

_KINDS: Mapping[tuple[str, str], Happening] = {
    (EventKind.VISIT_BOOKED, ""): Happening.VISIT_BOOKED,
    (EventKind.VISIT_ENDED, VisitResult.ATTENDED): Happening.VISIT_ATTENDED,
    (EventKind.VISIT_ENDED, VisitResult.NO_SHOW): Happening.VISIT_MISSED,
    (EventKind.STALE_FLAGGED, ""): Happening.WENT_STALE,
    (EventKind.RECOVERED, ""): Happening.RECOVERED,
}


def happenings(log: Sequence[tuple[Fact, datetime]]) -> dict[str, tuple[Moment, ...]]:
    """When each happened, in the order of the log: facts, each with when it was recorded."""
    found: dict[str, list[Moment]] = defaultdict(list)
    for fact, recorded_at in log:
        code = fact.code if fact.kind == EventKind.VISIT_ENDED else ""
        kind = _KINDS.get((fact.kind, code))
        if kind is not None and fact.reason_code != MOVED:  # it was told before that it is stale
            found[kind.value].append(Moment(fact.occurred_at, recorded_at))
    return {kind: tuple(moments) for kind, moments in found.items()}


def targets(clocks: Clocks) -> tuple[TargetFacts, ...]:
    """The runs of the targets that a report tells of."""
    return tuple(
        TargetFacts(clock.target.value, clock.due_at, str(clock.outcome or ""))
        for clock in clocks.values()
        if clock.target in TARGETS
    )


def booked_times(facts: Sequence[Fact]) -> tuple[datetime, ...]:
    """When the visits begin that have had a slot or still have one (G7)."""
    times: dict[int | None, datetime] = {}
    for fact in facts:
        if fact.kind == EventKind.VISIT_BOOKED and fact.due_at is not None:
            times[fact.subject_id] = fact.due_at
        elif fact.kind == EventKind.VISIT_ENDED and fact.code not in USES_A_SLOT:
            times.pop(fact.subject_id, None)
    return tuple(sorted(times.values()))


def stale_reason(facts: Sequence[Fact]) -> str:
    """What the last review named since the lead last moved; "" for none (6.2, ST5)."""
    found = ""
    for fact in facts:
        if fact.kind == EventKind.STALE_REVIEWED:
            found = fact.reason_code
        elif is_movement(fact):
            found = ""
    return found
