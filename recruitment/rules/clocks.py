"""One run of a target as a value, and the arithmetic of its due time (CK1-CK6, PZ1-PZ3, D28, D32).

The due time of a clock follows from its start, its amount, its pauses and the site's calendars.
All times are UTC; nothing here reads a table or the present.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from recruitment.rules.calendars import (
    BusinessCalendar,
    add_business_days,
    add_business_time,
    business_time_between,
    next_opening,
)
from recruitment.rules.clock_codes import ClockOutcome, ClockStanding
from recruitment.rules.clock_walk import Pause, effective, last_stretch, walk
from recruitment.rules.targets import DECIDE_AFTER, STARTS_OVER, Target, TargetKey, Unit
from recruitment.rules.terms import Terms
from trialsnest.lib.values import copy_with
from trialsnest.lib.zones import DAY, local_time, start_of

WARN_AT = 0.75  # of its working time: due soon, and the owner is told (CK3, E1)
NOTHING = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One run of one target. `subject_id` 0 is the lead itself.

    `told_at` and `end_told_at` are when start and end were recorded. `anchor_at` is what the
    amount is counted from besides the start: the visit, or the request of a record. `due_at` and
    what follows from it are worked out by `timed`.
    """

    target: TargetKey
    subject_id: int
    run: int
    under: Target
    started_at: datetime
    told_at: datetime
    anchor_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    ended_at: datetime | None = None
    end_told_at: datetime | None = None
    outcome: ClockOutcome | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    paused_at: datetime | None = None
    paused_until: datetime | None = None

    @property
    def name(self) -> tuple[TargetKey, int, int]:
        """What tells the clocks of one lead apart."""
        return (self.target, self.subject_id, self.run)

    @property
    def entered_late(self) -> bool:
        """Whether it was met in time, and told only after it was due."""
        return (
            self.outcome == ClockOutcome.MET
            and self.due_at is not None
            and self.end_told_at is not None
            and self.end_told_at > self.due_at
        )


def timed(clock: Clock, terms: Terms) -> Clock:
    """The clock with its due time worked out, and its outcome again if it has ended.

    The calendar is that in force when the start was told. A later one moves the due time only
    while the clock runs and was not due yet: what was breached never moves (CK5).
    """
    found = _times(clock, terms.calendar_at(clock.told_at))
    for begins, calendar in terms.calendars_after(clock.told_at):
        if clock.end_told_at is not None and clock.end_told_at <= begins:
            break
        if found.due_at is not None and found.due_at <= begins:
            break
        found = _times(clock, calendar)
    return _judged(found)


def met(clock: Clock, *, at: datetime, told_at: datetime) -> Clock:
    """The clock ended by what it waited for, which happened at `at`; `timed` says late or not."""
    return copy_with(
        clock,
        ended_at=max(at, clock.started_at),
        end_told_at=told_at,
        outcome=ClockOutcome.MET,
    )


def withdrawn(clock: Clock, *, at: datetime, told_at: datetime, blameless: bool = False) -> Clock:
    """The clock ended without what it waited for; `timed` says missed if it was due (CK4).

    `blameless`: there was nothing to do in the first place, such as for a duplicate.
    """
    outcome = ClockOutcome.NOT_APPLICABLE if blameless else ClockOutcome.MISSED
    return copy_with(clock, ended_at=at, end_told_at=told_at, outcome=outcome)


class Ticking(Protocol):
    """As much of a clock as tells how it stands."""

    @property
    def outcome(self) -> ClockOutcome | None: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def warn_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def paused_until(self) -> datetime | None: ...


def standing_of(clock: Ticking, now: datetime) -> ClockStanding:
    """How the clock stands at `now` (CK3)."""
    if clock.outcome is not None:
        return ClockStanding(clock.outcome)
    if now < clock.started_at:
        return ClockStanding.NOT_STARTED
    if clock.due_at is not None and clock.due_at <= now:
        return ClockStanding.OVERDUE
    paused = clock.paused_at is not None and clock.paused_at <= now
    if paused and (clock.paused_until is None or now < clock.paused_until):
        return ClockStanding.PAUSED
    if clock.warn_at is not None and clock.warn_at <= now:
        return ClockStanding.DUE_SOON
    return ClockStanding.ON_TRACK


def is_miss(clock: Clock, now: datetime) -> bool:
    """Whether it counts against the site at `now`: late, missed, or still open past due (CK4)."""
    return standing_of(clock, now) in {
        ClockStanding.MET_LATE,
        ClockStanding.MISSED,
        ClockStanding.OVERDUE,
    }


def first_due(clock: Clock, calendar: BusinessCalendar) -> datetime:
    """When the clock would be due if nothing paused it (CK1, CK2)."""
    start, amount = clock.started_at, clock.under.amount
    if clock.under.unit == Unit.HOURS:
        due = add_business_time(start, timedelta(hours=amount), calendar)
    elif clock.under.unit == Unit.DAYS:
        due = add_business_days(start, amount, calendar)
    elif clock.under.unit == Unit.CLOSING:
        return closing_after(start, amount, calendar)
    else:
        return add_business_days(clock.anchor_at or start, -amount, calendar)
    if clock.target == TargetKey.RECORDS_CHASE and clock.anchor_at is not None:
        decide_at = add_business_days(clock.anchor_at, DECIDE_AFTER, calendar)
        if start < decide_at:
            return min(due, decide_at)  # then a decision is due, not one more chase (D28)
    return due


def closing_after(start: datetime, days: int, calendar: BusinessCalendar) -> datetime:
    """The closing of the `days`th working day, that of `start` being the first if it is one."""
    day = local_time(start, calendar.zone).date()
    if not calendar.works_on(day) or start > _closing_of(day, calendar):
        day = local_time(next_opening(start, calendar), calendar.zone).date()
    return _closing_of(calendar.working_day(day, days - 1), calendar)


def target_due(
    under: Target,
    *,
    at: datetime,
    calendar: BusinessCalendar,
    key: TargetKey,
    anchor_at: datetime | None = None,
) -> datetime:
    """When a clock of `key` that starts at `at` is due, unless something pauses it."""
    clock = Clock(target=key, subject_id=0, run=1, under=under, started_at=at, told_at=at)
    return first_due(copy_with(clock, anchor_at=anchor_at), calendar)


def due_from(
    terms: Terms,
    key: TargetKey,
    *,
    at: datetime,
    kind: str = "",
    anchor_at: datetime | None = None,
) -> datetime:
    """When a clock of `key` that starts at `at` and is told now is due: what forms propose (N3)."""
    under = terms.target(key, at, kind)
    return target_due(under, at=at, calendar=terms.calendar, key=key, anchor_at=anchor_at)


def _closing_of(day: date, calendar: BusinessCalendar) -> datetime:
    begins = start_of(day, calendar.zone)
    worked = business_time_between(begins, start_of(day + DAY, calendar.zone), calendar)
    return add_business_time(begins, worked, calendar)


def _times(clock: Clock, calendar: BusinessCalendar) -> Clock:
    first = first_due(clock, calendar)
    pauses = effective(clock.pauses, clock.started_at) if clock.pauses else []
    due, warn = _with_pauses(clock, first, pauses, calendar)
    last = last_stretch(pauses, due)
    return copy_with(
        clock,
        due_at=due,
        warn_at=None if due is None else warn,
        paused_at=last.begin if last else None,
        paused_until=last.until if last else None,
    )


def _with_pauses(
    clock: Clock, first: datetime, pauses: list[Pause], calendar: BusinessCalendar
) -> tuple[datetime | None, datetime | None]:
    """When the clock is due and due soon."""
    if clock.under.unit == Unit.BEFORE:
        due = _before_visit(clock, first, pauses, calendar)
        return due, None if due is None else _warn(clock.started_at, first, calendar)
    if not pauses:
        return first, _warn(clock.started_at, first, calendar)
    worked = max(business_time_between(clock.started_at, first, calendar), NOTHING)
    over = clock.target in STARTS_OVER
    due = walk(clock.started_at, worked, pauses, calendar, over=over)
    return due, walk(clock.started_at, worked * WARN_AT, pauses, calendar, over=over)


def _before_visit(
    clock: Clock, first: datetime, pauses: list[Pause], calendar: BusinessCalendar
) -> datetime | None:
    """When what counts back from a visit is due: put off only by a halt that stands at that time.

    What was left at the halt is then worked after it, up to the visit itself.
    """
    over = next((p for p in pauses if p.begin < first <= (p.until or first)), None)
    if over is None:
        return first
    if over.until is None:
        return None
    left = business_time_between(over.begin, first, calendar)
    if clock.anchor_at is not None and clock.anchor_at > over.until:
        left = min(left, business_time_between(over.until, clock.anchor_at, calendar)) or left
    return add_business_time(over.until, left, calendar)


def _warn(start: datetime, due: datetime, calendar: BusinessCalendar) -> datetime:
    worked = business_time_between(start, due, calendar)
    if worked <= NOTHING:
        return due
    return add_business_time(start, worked * WARN_AT, calendar)


def _judged(clock: Clock) -> Clock:
    """The outcome that the end deserves, given when it was due."""
    if clock.outcome is None or clock.ended_at is None:
        return clock
    late = clock.due_at is not None and clock.ended_at > clock.due_at
    if clock.outcome in {ClockOutcome.MET, ClockOutcome.MET_LATE}:
        outcome = ClockOutcome.MET_LATE if late else ClockOutcome.MET
    elif clock.outcome == ClockOutcome.MISSED:
        outcome = ClockOutcome.MISSED if late else ClockOutcome.NOT_APPLICABLE
    else:
        return clock
    return clock if outcome == clock.outcome else copy_with(clock, outcome=outcome)
