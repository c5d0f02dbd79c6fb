"""One lead's log as plain values, and how it stood at a cut-off. Makes no statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from recruitment.rules.attribution import (
    RESPONSES,
    attempts_since_answer,
    is_slow_follow_up,
    missed_for_burden,
)
from recruitment.rules.clock_book import Clocks
from recruitment.rules.clock_facts import deadlines, fold_for
from recruitment.rules.clocks import Clock
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind, Fact, milestones_of
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import CLOSED, Bucket, Stage, bucket_of
from recruitment.rules.staleness import CALL_BACK_WINDOW, is_stale, stale_at
from recruitment.rules.targets import TargetKey
from recruitment.rules.terms import Terms as ClockTerms
from recruitment.rules.vocabulary import RecordsState
from reporting.figures.execution import TARGETS
from reporting.figures.inputs import (
    NO_RESPONSE,
    ActionFacts,
    BlockerFacts,
    LeadFacts,
    Moment,
    SourceFacts,
    Turn,
    TurnKind,
)
from reporting.figures.later import Later, Running, running_targets
from reporting.queries.happenings import (
    booked_times,
    happenings,
    stale_reason,
    targets,
)

LEAST_ADVANCED_FIRST = (
    RecordsState.NEEDED,
    RecordsState.REQUESTED,
    RecordsState.INCOMPLETE,
    RecordsState.UNOBTAINABLE,
    RecordsState.RECEIVED,
    RecordsState.REVIEWED,
)
"""The states of a record that is needed; the roll-up is the first that occurs (RC4)."""


class Told(NamedTuple):
    """A fact, and when the log was told. `counts_at` is its place in the order of the log.

    A stage change entered late can lie before one that was entered earlier. The log's own order
    decides what follows what, so such a change counts from the moment of the one before it.
    """

    fact: Fact
    recorded_at: datetime
    counts_at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What a study and its site have agreed, as far as figures need it."""

    clocks: ClockTerms
    rest_days: Mapping[Stage, int]
    max_attempts: int
    call_back: timedelta = CALL_BACK_WINDOW


def in_order(facts: Sequence[tuple[Fact, datetime]]) -> list[Told]:
    """Facts in the order of `seq`, each with the moment from which it counts."""
    told, reached = [], None
    for fact, recorded_at in facts:
        counts_at = fact.occurred_at
        if fact.kind == EventKind.STAGE_CHANGED:
            counts_at = reached = max(reached or counts_at, counts_at)
        told.append(Told(fact, recorded_at, counts_at))
    return told


def lead_facts(
    log: Sequence[Told], *, source: SourceFacts, is_test: bool, cut_off: datetime, terms: Terms
) -> LeadFacts | None:
    """One lead for the figures; None when it was received at the cut-off or later."""
    before = [told.fact for told in log if told.counts_at < cut_off]
    if not before or before[0].kind != EventKind.RECEIVED:
        return None
    state, clocks = fold_for(before, terms.clocks, _is_told)
    received = log[0]
    milestones = _milestones(log)
    running, paused = running_targets(clocks.values(), at=cut_off)
    return LeadFacts(
        source=source,
        received=Moment(received.fact.occurred_at, received.recorded_at),
        bucket=str(_bucket(state, clocks, cut_off, terms)),
        milestones=milestones,
        turns=tuple(_turns(log, milestones, terms)),
        blockers=tuple(_blockers(state)),
        records=_records(before),
        action=ActionFacts(str(state.action.type), state.action.due_at) if state.action else None,
        is_test=is_test,
        happened=happenings([(told.fact, told.recorded_at) for told in log]),
        targets=targets(clocks),
        taken=booked_times(before),
        stale_reason=stale_reason(before),
        is_owned=state.owner_id is not None,
        running=running,
        paused=paused,
    )


def later_of(log: Sequence[Told], *, cut_off: datetime, terms: Terms) -> Later:
    """From what follows how the lead stands after `cut_off` (UTC), if nothing is told of it.

    The lead was received before it.
    """
    before = [told.fact for told in log if told.counts_at < cut_off]
    state, clocks = fold_for(before, terms.clocks, _is_told)
    calendar, due = terms.clocks.calendar, deadlines(clocks)
    return Later(
        bucket=bucket_of(state.stage, stale_at=None, at=cut_off).value,
        stale_at=stale_at(state, calendar, terms.rest_days, terms.call_back, due),
        running=tuple(
            Running(clock.started_at, clock.due_at, clock.paused_at, clock.paused_until)
            for clock in clocks.values()
            if clock.outcome is None
        ),
    )


def _bucket(state: LeadState, clocks: Clocks, at: datetime, terms: Terms) -> Bucket:
    calendar, due = terms.clocks.calendar, deadlines(clocks)
    if is_stale(state, calendar, terms.rest_days, terms.call_back, due, at=at):
        return Bucket.STALE
    return bucket_of(state.stage, stale_at=None, at=at)


def _is_told(clock: Clock) -> bool:
    """Whether a report tells of the clock, or it may still hold off that the lead is stale."""
    return clock.target in TARGETS or clock.outcome is None


def _milestones(log: Sequence[Told]) -> dict[str, Moment]:
    """The first occurrence of each; of two at once the one told first (3.3)."""
    first: dict[str, Moment] = {}
    for fact, recorded_at, _ in log:
        codes = [code.value for code in milestones_of(fact)]
        if fact.to_stage == Stage.NO_RESPONSE:
            codes.append(NO_RESPONSE)
        for code in codes:
            known = first.get(code)
            if known is None or fact.occurred_at < known.occurred_at:
                first[code] = Moment(fact.occurred_at, recorded_at)
    return first


def _turns(log: Sequence[Told], milestones: Mapping[str, Moment], terms: Terms) -> list[Turn]:
    """Closes, enrollments and reopenings; derived reasons only where a code leaves them open.

    Whether a lead was closed is told by the change before, for one in between may be voided.
    """
    turns, before, is_closed = [], list[Fact](), False
    for fact, recorded_at, counts_at in log:
        before.append(fact)
        if fact.kind != EventKind.STAGE_CHANGED:
            continue
        was_closed, is_closed = is_closed, Stage(fact.to_stage) in CLOSED
        if was_closed == is_closed:
            continue
        slow = None
        if fact.reason_code == CloseCode.CONTACT_UNREACHED:
            slow = is_slow_follow_up(
                first_response_at=_first_response(milestones),
                due_at=_first_due(log, terms),
                attempts=attempts_since_answer(before),
                cadence=terms.max_attempts,
            )
        turn, burden = _turn_kind(fact, is_closed), missed_for_burden(before)
        turns.append(Turn(turn, counts_at, recorded_at, fact.reason_code, slow, burden))
    return turns


def _turn_kind(fact: Fact, is_closed: bool) -> TurnKind:
    if not is_closed:
        return TurnKind.REOPENED
    return TurnKind.ENROLLED if fact.to_stage == Stage.ENROLLED else TurnKind.CLOSED


def _first_response(milestones: Mapping[str, Moment]) -> datetime | None:
    """When somebody first tried the person, or spoke with her (5.1 `first_response`)."""
    moments = [milestones[code].occurred_at for code in RESPONSES if code in milestones]
    return min(moments, default=None)


def _first_due(log: Sequence[Told], terms: Terms) -> datetime | None:
    """When the first response was due, by its own clock; None where none ran (5.1, D28)."""
    first = (TargetKey.FIRST_RESPONSE, 0, 1)
    _, clocks = fold_for([told.fact for told in log], terms.clocks, lambda c: c.name == first)
    return clocks[first].due_at if first in clocks else None


def _blockers(state: LeadState) -> list[BlockerFacts]:
    return [
        BlockerFacts(blocker.category, str(blocker.party), blocker.opened_at)
        for blocker in state.blockers
    ]


def _records(facts: Sequence[Fact]) -> str:
    """The least advanced of the records that are needed; "" when none is (RC4)."""
    items = {f.subject_id: f.code for f in facts if f.kind == EventKind.RECORDS_CHANGED}
    states = set(items.values())
    return next((str(state) for state in LEAST_ADVANCED_FIRST if state in states), "")
