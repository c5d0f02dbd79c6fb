"""When somebody hears by e-mail what is new in her work: at most once for each slot."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from recruitment.rules.calendars import BusinessCalendar, next_opening
from recruitment.rules.recovery_codes import DigestRhythm
from trialsnest.lib.zones import DAY, as_utc, local_time, start_of

EVERY = timedelta(minutes=15)
SETTLED = timedelta(minutes=2)
"""What was recorded less than this before a slot may not be committed yet when it is read; it is
left to the next slot, so that nothing falls between two."""


@dataclass(frozen=True)
class Slot:
    """One occasion to send: `at` is when it came, `through` what it tells up to. Both UTC."""

    at: datetime

    @property
    def through(self) -> datetime:
        """The last moment that it tells of."""
        return self.at - SETTLED

    @property
    def key(self) -> str:
        """The same for everybody who looks: a slot is sent once."""
        return f"{self.at:%Y%m%dT%H%M}"


def slot_of(rhythm: DigestRhythm, *, at: datetime, calendar: BusinessCalendar) -> Slot | None:
    """The latest slot of `rhythm` that is not after `at`; None for whoever wants none.

    As it happens: every quarter of an hour. In the morning: the site's first opening of each
    working day. On Monday: the first opening of the week, on Tuesday if Monday is closed. A slot
    that nobody looked at is not lost: the next one tells from where the last one ended.
    """
    at = as_utc(at)
    if rhythm == DigestRhythm.OFF:
        return None
    if rhythm == DigestRhythm.NOW:
        since_midnight = at - at.replace(hour=0, minute=0, second=0, microsecond=0)
        return Slot(at - since_midnight % EVERY)
    day = local_time(at, calendar.zone).date()
    step = DAY if rhythm == DigestRhythm.MORNING else DAY * 7
    if rhythm == DigestRhythm.MONDAY:
        day -= timedelta(days=day.weekday())
    while (opening := next_opening(start_of(day, calendar.zone), calendar)) > at:
        day -= step
    return Slot(opening)
