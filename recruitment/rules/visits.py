"""Dates around a booked visit: confirming, reminding, following up (5.1, G5, D28).

No reminder is sent from here (DN7): the plan is a list for whoever sends them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recruitment.rules.calendars import add_business_days
from recruitment.rules.clocks import target_due
from recruitment.rules.contact_hours import DEFAULT_WINDOW, ContactWindow, next_allowed
from recruitment.rules.targets import TargetKey
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import Channel
from trialsnest.lib.words import clock, day_short, local
from trialsnest.lib.zones import instant_of, local_time

UNRECORDED = timedelta(hours=1)  # after its time a visit without a result is missed
REMIND_BEFORE = (timedelta(hours=72), timedelta(hours=24))


@dataclass(frozen=True)
class Reminder:
    """One reminder of the plan: when (UTC), on which channels, in which words."""

    at: datetime
    channels: tuple[Channel, ...]
    words: str


def confirm_by(
    starts_at: datetime, *, booked_at: datetime, told_at: datetime, terms: Terms
) -> datetime | None:
    """By when the person should have confirmed, as the target `visit_confirm` says (5.1). UTC.

    None when the visit was booked less than a business day more ahead than that: with the usual
    two days, less than three (D28). `told_at` is when the booking was recorded.
    """
    key, calendar = TargetKey.VISIT_CONFIRM, terms.calendar_at(told_at)
    under = terms.target(key, booked_at)
    if add_business_days(booked_at, under.amount + 1, calendar) > starts_at:
        return None
    return target_due(under, at=booked_at, calendar=calendar, key=key, anchor_at=starts_at)


def follow_up_by(
    starts_at: datetime, *, booked_at: datetime, at: datetime, terms: Terms
) -> datetime:
    """By when a missed visit is followed up, as the target `missed_visit` says (5.1, G6). UTC.

    The target is that of the booking, and runs from an hour after the visit. Where that is over by
    `at`, when the visit is recorded as missed, as long again is proposed from then on: nothing is
    planned for the past.
    """
    key = TargetKey.MISSED_VISIT
    under, since = terms.target(key, booked_at), starts_at + UNRECORDED
    due = target_due(under, at=since, calendar=terms.calendar, key=key)
    return due if due > at else target_due(under, at=at, calendar=terms.calendar, key=key)


def reminders(
    starts_at: datetime,
    *,
    zone: str,
    agreed: Sequence[Channel],
    call_back: str = "",
    window: ContactWindow = DEFAULT_WINDOW,
) -> list[Reminder]:
    """The reminders of a visit: 72 and 24 hours before, and on its day (G5).

    `zone` is the person's, `agreed` the channels she said yes to; without one there is no
    reminder. Each falls into the contact window of her day; one that would come after the visit
    begins is left out. The words name neither study nor condition, nor the clinic.
    """
    if not agreed:
        return []
    there = local(starts_at, zone)
    words = f"A reminder of your appointment on {day_short(there)} at {clock(there)}."
    if call_back:
        words += f" If you cannot come, call {call_back}."
    same_day = instant_of(local_time(starts_at, zone).date(), window.opens, zone)
    wanted = [*(starts_at - ahead for ahead in REMIND_BEFORE), same_day]
    moments = sorted({next_allowed(moment, zone, window) for moment in wanted})
    return [Reminder(at, tuple(agreed), words) for at in moments if at < starts_at]
