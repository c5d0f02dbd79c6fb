"""Dates around a booked visit: confirming, reminding, following up (5.1, G5, D28).

No reminder is sent from here (DN7): the plan is a list for whoever sends them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recruitment.rules.calendars import BusinessCalendar, add_business_days, add_business_time
from recruitment.rules.contact_hours import DEFAULT_WINDOW, ContactWindow, next_allowed
from recruitment.rules.vocabulary import Channel
from trialsnest.lib.words import clock, day_short, local
from trialsnest.lib.zones import instant_of, local_time

CONFIRM_BEFORE = 2  # business days before the visit
CONFIRM_FROM = 3  # business days ahead at least, or confirming does not apply
FOLLOW_UP = timedelta(hours=4)  # of business time, after a visit that was missed
UNRECORDED = timedelta(hours=1)  # after its time a visit without a result is missed
REMIND_BEFORE = (timedelta(hours=72), timedelta(hours=24))


@dataclass(frozen=True)
class Reminder:
    """One reminder of the plan: when (UTC), on which channels, in which words."""

    at: datetime
    channels: tuple[Channel, ...]
    words: str


def confirm_by(
    starts_at: datetime, *, booked_at: datetime, calendar: BusinessCalendar
) -> datetime | None:
    """By when the person should have confirmed: 2 business days before the visit (5.1).

    None when the visit was booked less than 3 business days ahead (D28). UTC.
    """
    if add_business_days(booked_at, CONFIRM_FROM, calendar) > starts_at:
        return None
    return add_business_days(starts_at, -CONFIRM_BEFORE, calendar)


def follow_up_by(starts_at: datetime, *, at: datetime, calendar: BusinessCalendar) -> datetime:
    """By when a missed visit is followed up: 4 business hours after it is known (5.1). UTC.

    Known is the moment it is recorded, and an hour after the visit at the earliest (G6).
    """
    return add_business_time(max(at, starts_at + UNRECORDED), FOLLOW_UP, calendar)


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
