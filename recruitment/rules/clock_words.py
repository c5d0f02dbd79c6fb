"""The arithmetic of a due time in words, as it is worked out and not retold (CK1-CK5, PZ3).

Times read on the site's clock. The words are made from the same functions as the due time, and
name the calendar that it was counted by.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from recruitment.rules.calendars import BusinessCalendar, business_time_between, next_opening
from recruitment.rules.clock_codes import ClockOutcome, ClockStanding
from recruitment.rules.clock_walk import Pause, effective
from recruitment.rules.clocks import Clock, standing_of, timed
from recruitment.rules.targets import TargetKey, Unit
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import BlockerCategory, Party
from trialsnest.lib.words import clock as hour
from trialsnest.lib.words import day_short, long_age, moment
from trialsnest.lib.zones import DAY, local_time

T, P = TargetKey, Party
WEEK = timedelta(days=7)
NAMED = 3  # closed days that are named one by one
NOTHING = timedelta(0)

BEGAN: Mapping[TargetKey, str] = {
    T.OWN: "Without an owner",
    T.FIRST_RESPONSE: "Received",
    T.PRESCREEN_COMPLETE: "Prescreen sent",
    T.PRESCREEN_REVIEW: "Prescreen completed",
    T.STUDY_TEAM_REVIEW: "Review asked for",
    T.RECORDS_REQUEST: "Record needed",
    T.RECORDS_CHASE: "Record asked for",
    T.RECORDS_REVIEW: "Record received",
    T.SCHEDULE_OFFER: "Ready to schedule",
    T.SCHEDULE_BOOKED: "Dates offered",
    T.VISIT_CONFIRM: "Visit",
    T.MISSED_VISIT: "An hour after the visit",
    T.OUTCOME: "Visit attended",
    T.HANDOFF: "Hand-off offered",
    T.STALE_REVIEW: "Flagged as stale",
    T.BLOCKER_REVIEW: "Blocker to be looked at again",
    T.ASK_ANSWER: "Asked",
}
"""What a target starts with, in words before its time (5.1)."""

BEGAN_AGAIN: Mapping[TargetKey, str] = {
    T.FIRST_RESPONSE: "Reopened",
    T.RECORDS_CHASE: "Record last chased",
    T.RECORDS_REQUEST: "Record needed again",
}
"""The same for a later run, where that begins otherwise."""

TURN: Mapping[TargetKey, Party] = {
    **dict.fromkeys(TargetKey, P.COORDINATOR),
    T.PRESCREEN_COMPLETE: P.PATIENT,
    T.SCHEDULE_BOOKED: P.PATIENT,
    T.VISIT_CONFIRM: P.PATIENT,
    T.STUDY_TEAM_REVIEW: P.STUDY_TEAM,
    T.OUTCOME: P.STUDY_TEAM,
    T.RECORDS_CHASE: P.RECORDS_PROVIDER,
    T.ASK_ANSWER: P.SPONSOR,
}
"""Whose turn it is while a target runs; what pauses it has its own party."""


@dataclass(frozen=True)
class Explained:
    """How a due time came about: one sentence, and its parts with full dates below one another."""

    standing: ClockStanding
    sentence: str
    rows: tuple[tuple[str, str], ...]


def explain(
    clock: Clock,
    *,
    terms: Terms,
    now: datetime,
    version: int = 0,
    holidays: Mapping[date, str] | None = None,
    result: str = "",
) -> Explained:
    """The arithmetic of `clock` at `now` (UTC).

    `version` is the number of the target's version, 0 for the default; `holidays` names closed
    days; `result` says what came of it (SLA2).
    """
    calendar, is_changed = counted_by(clock, terms)
    rows = [
        ("Began", _moment(clock.started_at, calendar)),
        ("Target", _target_words(clock, version)),
        ("Due", _due_words(clock, calendar)),
        ("All in all", _spans(clock, calendar, now)),
    ]
    opening = next_opening(clock.started_at, calendar)
    if opening > clock.started_at and clock.under.unit != Unit.BEFORE:
        rows.insert(1, ("Counted from", f"{_moment(opening, calendar)}, the next opening"))
    if clock.told_at > clock.started_at:
        rows.insert(1, ("Entered", _moment(clock.told_at, calendar)))
    if is_changed:
        rows.append(("Hours", "Changed while it ran; counted by the new ones"))
    if clock.outcome is not None:
        rows.append(("Result", ended_words(clock, calendar, result=result)))
    parts = [_began(clock, calendar), *_middle(clock, calendar, now, holidays or {})]
    sentence = f"{', '.join(parts)} = {_short(clock.due_at, clock, calendar)}"
    if clock.due_at is None:
        sentence = f"{', '.join(parts)}: due when a person ends the halt"
    return Explained(standing_words(clock, calendar, now), sentence, tuple(rows))


def standing_words(clock: Clock, calendar: BusinessCalendar, now: datetime) -> ClockStanding:
    """How it stands, with an arrival outside hours not started before the opening (CK2)."""
    standing = standing_of(clock, now)
    waits = now < next_opening(clock.started_at, calendar)
    return ClockStanding.NOT_STARTED if standing == ClockStanding.ON_TRACK and waits else standing


def ended_words(clock: Clock, calendar: BusinessCalendar, *, result: str = "") -> str:
    """How it ended: `Met Mon 9 Mar 2026, 10:00; no answer`. Empty for a running one."""
    if clock.outcome is None or clock.ended_at is None:
        return ""
    words = f"{clock.outcome.label} {_moment(clock.ended_at, calendar)}"
    if clock.outcome in {ClockOutcome.MET_LATE, ClockOutcome.MISSED} and clock.due_at is not None:
        late = business_time_between(clock.due_at, clock.ended_at, calendar)
        words += f", {worked_words(late)} of opening hours after it was due"
    if clock.entered_late and clock.end_told_at is not None:
        words += f", entered late on {_moment(clock.end_told_at, calendar)}"
    return f"{words}; {result}" if result else words


def worked_words(span: timedelta) -> str:
    """Business time, in which a day is no unit: `12 h 30 min`."""
    minutes = int(max(span, NOTHING).total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


def counted_by(clock: Clock, terms: Terms) -> tuple[BusinessCalendar, bool]:
    """The calendar that the due time was counted by, and whether it came while the clock ran."""
    first = found = terms.calendar_at(clock.told_at)
    for _, calendar in terms.calendars_after(clock.told_at):
        if timed(clock, Terms(((None, calendar),))).due_at == clock.due_at:
            found = calendar
    if timed(clock, Terms(((None, first),))).due_at == clock.due_at:
        found = first
    return found, found != first


def site_time(clock: Clock, calendar: BusinessCalendar, end: datetime) -> timedelta:
    """The opening hours until `end` in which nothing paused it: the site's own time (PZ3)."""
    worked = business_time_between(clock.started_at, max(end, clock.started_at), calendar)
    for pause in effective(clock.pauses, clock.started_at):
        until = min(pause.until or end, end)
        if until > pause.begin:
            worked -= business_time_between(pause.begin, until, calendar)
    return max(worked, NOTHING)


def _began(clock: Clock, calendar: BusinessCalendar) -> str:
    began = BEGAN[clock.target]
    if clock.run > 1:
        began = BEGAN_AGAIN.get(clock.target, began)
    at = clock.started_at
    if clock.under.unit == Unit.BEFORE:
        at = clock.anchor_at or at
    return f"{began} {_short(at, clock, calendar)}"


def _middle(
    clock: Clock, calendar: BusinessCalendar, now: datetime, holidays: Mapping[date, str]
) -> Iterator[str]:
    unit, words = clock.under.unit, clock.under.words
    opening = next_opening(clock.started_at, calendar)
    if unit == Unit.BEFORE:
        yield f"less {words.removesuffix(' before the visit')}"
    else:
        if opening > clock.started_at:
            yield f"starts at the next opening {_short(opening, clock, calendar)}"
        yield words if unit == Unit.CLOSING else f"plus {words}"
    yield from _closed_words(clock, calendar, holidays)
    for category, pauses in _by_category(clock).items():
        yield _pause_words(BlockerCategory(category), pauses, clock, calendar, now)


def _by_category(clock: Clock) -> dict[str, list[Pause]]:
    found: dict[str, list[Pause]] = {}
    for pause in effective(clock.pauses, clock.started_at):
        if clock.due_at is None or pause.begin < clock.due_at:
            found.setdefault(pause.category, []).append(pause)
    return found


def _pause_words(
    category: BlockerCategory,
    pauses: list[Pause],
    clock: Clock,
    calendar: BusinessCalendar,
    now: datetime,
) -> str:
    why, last = f"for {category.label.lower()}", pauses[-1]
    if last.until is None:
        return f"standing still {why} since {_short(last.begin, clock, calendar)}"
    if last.until > now and clock.outcome is None:
        return f"paused until {_short(last.until, clock, calendar)} {why}"
    spent = sum((pause.until - pause.begin for pause in pauses if pause.until), NOTHING)
    return f"paused {long_age(spent)} {why}"


def _closed_words(
    clock: Clock, calendar: BusinessCalendar, holidays: Mapping[date, str]
) -> Iterator[str]:
    """The days on the way that would be worked but are closed; weekends go without saying."""
    if clock.due_at is None:
        return
    days = list(_closed_days(clock, calendar, clock.due_at))
    if len(days) > NAMED:
        yield f"{len(days)} closed days"
        return
    for day in days:
        name = holidays.get(day, "")
        yield f"{_day(day, clock)} closed" + (f" for {name}" if name else "")


def _closed_days(clock: Clock, calendar: BusinessCalendar, due_at: datetime) -> Iterator[date]:
    begin, end = sorted([clock.started_at, due_at])
    if clock.under.unit == Unit.BEFORE:
        begin, end = sorted([due_at, clock.anchor_at or due_at])
    paused = [
        (
            local_time(pause.begin, calendar.zone).date(),
            local_time(pause.until, calendar.zone).date(),
        )
        for pause in effective(clock.pauses, clock.started_at)
        if pause.until is not None
    ]
    day, last = (local_time(at, calendar.zone).date() for at in (begin, end))
    while day <= last:
        in_pause = any(first < day < until for first, until in paused)
        if day in calendar.closed_dates and calendar.hours[day.weekday()] and not in_pause:
            yield day
        day += DAY


def _is_near(clock: Clock) -> bool:
    """Whether its start and its due time can be told by the day of the week."""
    far = clock.anchor_at if clock.under.unit == Unit.BEFORE else clock.started_at
    return clock.due_at is not None and far is not None and abs(clock.due_at - far) < WEEK - DAY


def _short(at: datetime | None, clock: Clock, calendar: BusinessCalendar) -> str:
    if at is None:
        return ""
    there = local_time(at, calendar.zone)
    return f"{_day(there, clock)} {hour(there)}"


def _day(value: date, clock: Clock) -> str:
    words = day_short(value)
    return words.partition(" ")[0] if _is_near(clock) else words


def _moment(at: datetime, calendar: BusinessCalendar) -> str:
    return moment(local_time(at, calendar.zone))


def _target_words(clock: Clock, version: int) -> str:
    return f"{clock.under.words}, " + (f"version {version}" if version else "the default")


def _due_words(clock: Clock, calendar: BusinessCalendar) -> str:
    if clock.due_at is None:
        return "When a person ends the halt"
    words = _moment(clock.due_at, calendar)
    if clock.warn_at is None or clock.outcome is not None:
        return words
    return f"{words}; due soon from {_moment(clock.warn_at, calendar)}"


def _spans(clock: Clock, calendar: BusinessCalendar, now: datetime) -> str:
    end = clock.ended_at or now
    spent = long_age(max(end - clock.started_at, NOTHING))
    worked = worked_words(site_time(clock, calendar, end))
    return f"{spent}, of which {worked} of opening hours were the site's"
