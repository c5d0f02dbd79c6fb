"""What other targets, hours or holidays would have changed: the log replayed (CK5).

A replay folds the log of each lead with the very functions that keep its clocks. Under the terms
as recorded it gives the recorded misses; under others it gives those that the same work, done at
the same times, would have made. What people or jobs would have done otherwise it cannot know: a
lead that went stale in the log goes stale in the replay. All times are UTC.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.clock_facts import fold_under
from recruitment.rules.clocks import Clock, is_miss
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.targets import Target, TargetKey, check_target
from recruitment.rules.terms import TargetVersion, Terms
from trialsnest.lib.zones import local_time

ALWAYS = datetime.min.replace(tzinfo=UTC)

Amounts = Mapping[tuple[TargetKey, str], Target]
"""Proposed amounts by target and, for the first response, by kind of source."""


class Window(NamedTuple):
    """`[start, end)`. The misses are those that stand at `end`, the moment of reading."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Whether `at` lies in it."""
        return self.start <= at < self.end


@dataclass(frozen=True)
class LeadLog:
    """The facts of one lead up to the moment of reading: by `seq`, voided ones left out."""

    lead_id: int
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Breach:
    """A clock that was due in the window and is a miss; `owner_id` had the lead at that moment."""

    lead_id: int
    target: TargetKey
    subject_id: int
    run: int
    due_at: datetime
    outcome: ClockOutcome | None
    owner_id: int | None


@dataclass
class Replay:
    """What one set of terms makes of the logs: clocks that ran in the window, and its misses."""

    ran: Counter[TargetKey] = field(default_factory=Counter)
    breaches: list[Breach] = field(default_factory=list)

    def by_target(self) -> Counter[TargetKey]:
        """Misses by what they missed."""
        return Counter(breach.target for breach in self.breaches)

    def by_hour(self, zone: str) -> Counter[tuple[int, int]]:
        """Misses by weekday (Monday 0) and hour of the due time on the clock of `zone`."""
        local = (local_time(breach.due_at, zone) for breach in self.breaches)
        return Counter((due.weekday(), due.hour) for due in local)

    def by_owner(self) -> Counter[int | None]:
        """Misses by who owned the lead when it was due; None: nobody did."""
        return Counter(breach.owner_id for breach in self.breaches)


def proposed(
    recorded: Terms, *, amounts: Amounts, calendar: BusinessCalendar | None = None
) -> Terms:
    """The recorded terms with other amounts, or another calendar, from the beginning of time on.

    What is not proposed stays as it was by version. Raises InvalidInput for an amount that no
    work could be planned with.
    """
    for (key, _), target in amounts.items():
        check_target(key, target.amount, target.unit)
    kept = [version for version in recorded.versions if (version.key, version.kind) not in amounts]
    new = [
        TargetVersion(key=key, kind=kind, is_own=True, in_force_from=ALWAYS, target=target)
        for (key, kind), target in amounts.items()
    ]
    return replace(
        recorded,
        versions=(*kept, *new),
        calendars=recorded.calendars if calendar is None else ((None, calendar),),
    )


def replays(logs: Iterable[LeadLog], terms: Sequence[Terms], window: Window) -> tuple[Replay, ...]:
    """One replay of all logs for each of `terms`, in their order. Reads each log once."""
    found = tuple(Replay() for _ in terms)
    for log in logs:
        owners = _owners(log.facts)
        for replay, clocks in zip(found, fold_under(log.facts, terms)[1], strict=True):
            for clock in clocks.values():
                if _ran_in(clock, window):
                    replay.ran[clock.target] += 1
                due = clock.due_at
                if due is not None and window.holds(due) and is_miss(clock, window.end):
                    replay.breaches.append(_breach(log, clock, due, owners))
    return found


def _ran_in(clock: Clock, window: Window) -> bool:
    """Whether it ran at some moment of the window, whenever it was due."""
    still = clock.ended_at is None or clock.ended_at >= window.start
    return clock.started_at < window.end and still


def _owners(facts: Iterable[Fact]) -> list[tuple[datetime, int, int | None]]:
    """Who owned the lead from when on, in order."""
    return sorted(
        (
            (fact.occurred_at, fact.seq, fact.to_owner_id)
            for fact in facts
            if fact.kind == EventKind.OWNER_SET
        ),
        key=lambda change: change[:2],
    )


def _breach(
    log: LeadLog,
    clock: Clock,
    due_at: datetime,
    owners: Sequence[tuple[datetime, int, int | None]],
) -> Breach:
    owner_id = None
    for since, _, owner in owners:
        if since <= due_at:
            owner_id = owner
    return Breach(
        lead_id=log.lead_id,
        target=clock.target,
        subject_id=clock.subject_id,
        run=clock.run,
        due_at=due_at,
        outcome=clock.outcome,
        owner_id=owner_id,
    )
