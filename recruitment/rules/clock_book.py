"""The clocks of one lead while one fact is entered: runs that start and end (CK5, CK6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from recruitment.rules.blocking import pauses
from recruitment.rules.clock_walk import Pause
from recruitment.rules.clocks import Clock, met, timed, withdrawn
from recruitment.rules.events import Fact
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import CLOSED
from recruitment.rules.targets import TargetKey, pauses_target
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import BlockerCategory

Clocks = Mapping[tuple[TargetKey, int, int], Clock]
"""All clocks of one lead by target, subject and run."""


@dataclass
class Book:
    """The clocks of one lead while one fact is entered. `told_at` is when the fact was recorded.

    Not `is_timed`: more facts follow, and due times are worked out once after the last. No entry
    may read a due time, nor tell met from met late.
    """

    clocks: dict[tuple[TargetKey, int, int], Clock]
    fact: Fact
    before: LeadState | None
    after: LeadState
    terms: Terms
    is_timed: bool = True

    @property
    def told_at(self) -> datetime:
        return self.fact.told_at

    def running(self, target: TargetKey, subject: int = 0) -> Clock | None:
        """The run that has not ended."""
        last = self.last(target, subject)
        return last if last is not None and last.outcome is None else None

    def last(self, target: TargetKey, subject: int = 0) -> Clock | None:
        """The latest run, ended or not."""
        found: Clock | None = None
        for (key, about, run), clock in self.clocks.items():
            is_later = found is None or run > found.run
            if key == target and about == subject and is_later:
                found = clock
        return found

    def start(
        self,
        target: TargetKey,
        subject: int = 0,
        *,
        at: datetime | None = None,
        kind: str = "",
        anchor_at: datetime | None = None,
    ) -> None:
        """Begin a run, unless one is running or the lead is closed.

        The target is that in force at its start, or when the start was told if that lies ahead:
        what is not known yet at that moment changes no clock later (CK5).
        """
        last = self.last(target, subject)
        if self.after.stage in CLOSED or (last is not None and last.outcome is None):
            return
        started_at = at or self.fact.occurred_at
        clock = Clock(
            target=target,
            subject_id=subject,
            run=last.run + 1 if last is not None else 1,
            under=self.terms.target(target, min(started_at, self.told_at), kind),
            started_at=started_at,
            told_at=self.told_at,
            anchor_at=anchor_at,
            pauses=tuple(self._open_pauses(target)),
        )
        self.put(clock)

    def end(self, target: TargetKey, subject: int = 0) -> None:
        """What the run waited for has happened; without a run nothing."""
        clock = self.running(target, subject)
        if clock is not None:
            self.put(met(clock, at=self.fact.occurred_at, told_at=self.told_at))

    def drop(self, target: TargetKey, subject: int = 0, *, blameless: bool = False) -> None:
        """What the run waited for will not happen."""
        clock = self.running(target, subject)
        if clock is not None:
            at = self.fact.occurred_at
            self.put(withdrawn(clock, at=at, told_at=self.told_at, blameless=blameless))

    def put(self, clock: Clock) -> None:
        """Keep the clock with its due time worked out, unless that comes at the end of a log."""
        self.clocks[clock.name] = timed(clock, self.terms) if self.is_timed else clock

    def open(self) -> list[Clock]:
        """The clocks that have not ended."""
        return [clock for clock in self.clocks.values() if clock.outcome is None]

    def _open_pauses(self, target: TargetKey) -> Iterable[Pause]:
        for blocker in self.after.blockers:
            category = BlockerCategory(blocker.category)
            if pauses_target(target, category) and pauses(category, blocker.party):
                until = pause_end(category, blocker.review_by)
                # it was recorded when it was opened, maybe before this start was told (PZ3)
                yield Pause(blocker.subject_id, category, blocker.opened_at, until)


def pause_end(category: BlockerCategory, review_by: datetime | None) -> datetime | None:
    """When the pause ends by itself: at review-by (PZ2), never for a paused study (D32)."""
    return None if category == BlockerCategory.STUDY_PAUSED else review_by
