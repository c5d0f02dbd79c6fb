"""How pauses put off a due time: arithmetic over plain values (PZ1-PZ3, D28, D32)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from recruitment.rules.calendars import (
    BusinessCalendar,
    add_business_time,
    business_time_between,
)
from recruitment.rules.vocabulary import BlockerCategory


class Pause(NamedTuple):
    """A stretch in which a clock stands still, by the blocker that says why.

    `begin` is when the blocker was recorded (PZ3); `until` is its review-by, or when it was
    resolved before that. None: nobody knows, because only a person ends it (D32).
    """

    blocker_id: int
    category: str
    begin: datetime
    until: datetime | None


def effective(pauses: Iterable[Pause], start: datetime) -> list[Pause]:
    """The pauses in order, cut to what lies after `start` and after one another."""
    found: list[Pause] = []
    reached = start
    for pause in sorted(pauses, key=lambda p: (p.begin, p.blocker_id)):
        begin = max(pause.begin, reached)
        if pause.until is not None and pause.until <= begin:
            continue
        found.append(pause._replace(begin=begin))
        if pause.until is None:
            break
        reached = pause.until
    return found


def walk(
    start: datetime,
    amount: timedelta,
    pauses: list[Pause],
    calendar: BusinessCalendar,
    *,
    over: bool,
) -> datetime | None:
    """When `amount` is worked, standing still in `pauses`; None if a pause has no end yet.

    `over`: the amount begins anew after each pause but that of a halt.
    """
    cursor, left = start, amount
    for pause in pauses:
        worked = business_time_between(cursor, pause.begin, calendar)
        if worked >= left:
            break
        starts_over = over and pause.category != BlockerCategory.STUDY_PAUSED
        left = amount if starts_over else left - worked
        if pause.until is None:
            return None
        cursor = pause.until
    return add_business_time(cursor, left, calendar)


def last_stretch(pauses: list[Pause], due: datetime | None) -> Pause | None:
    """The last stretch of pauses, one right after another, that begins before the clock is due."""
    found: Pause | None = None
    for pause in pauses:
        if due is not None and pause.begin >= due:
            break
        follows = found is not None and found.until == pause.begin
        found = pause._replace(begin=found.begin) if found and follows else pause
    return found
