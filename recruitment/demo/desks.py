"""A study's desk at a site: who works there, and when things get done in its opening hours."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from random import Random

from accounts.models import User
from recruitment.demo.people import Member
from recruitment.demo.studies import DemoStudy
from recruitment.models import Source, StudySite, StudyStaff
from recruitment.rules.calendars import (
    BusinessCalendar,
    add_business_days,
    add_business_time,
    is_open,
    next_opening,
)
from trialsnest.lib.zones import DAY, instant_of, local_time

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Worker:
    """Somebody at the desk, and how she works."""

    user: User
    member: Member


@dataclass
class Desk:
    """One study at one site. `until` is when it stops taking inquiries, None for never.

    `paused_at` is when the sponsor halted the study there. Times are UTC.
    """

    plan: DemoStudy
    study_site: StudySite
    sources: dict[str, Source]
    team: list[StudyStaff]
    delegated: StudyStaff  # decides on criteria before consent
    workers: list[tuple[Worker, int]]  # with the share of leads each gets
    calendar: BusinessCalendar
    lead: User  # the site's lead
    half: int  # 0 or 1: which half of the history it belongs to
    now: datetime  # the moment the demo is made for
    until: datetime | None = None
    paused_at: datetime | None = None

    @property
    def zone(self) -> str:
        return self.calendar.zone

    def choose_worker(self, rng: Random) -> Worker:
        """Who gets a lead."""
        workers, shares = zip(*self.workers, strict=True)
        chosen: Worker = rng.choices(workers, weights=shares)[0]
        return chosen

    def hours(self, at: datetime, hours: float) -> datetime:
        """`hours` of working time after `at`, or before it when negative."""
        return add_business_time(at, timedelta(hours=hours), self.calendar)

    def days(self, at: datetime, days: int) -> datetime:
        """The same time of the day `days` working days after `at`."""
        return add_business_days(at, days, self.calendar)

    def at_work(self, at: datetime, rng: Random) -> datetime:
        """`at` itself in opening hours, else a little after the next opening."""
        if is_open(at, self.calendar):
            return at
        return next_opening(at, self.calendar) + rng.uniform(2, 55) * MINUTE

    def slot(self, at: datetime, days: int, rng: Random) -> datetime:
        """A free time for a visit, on the half-hour, about `days` working days after `at`."""
        day = local_time(self.days(at, days), self.zone).date()
        start = at
        while start <= at or not is_open(start, self.calendar):
            clock = time(rng.randint(9, 14), rng.choice((0, 30)))
            start = instant_of(day, clock, self.zone)
        return start

    @cached_property
    def left_from(self) -> datetime | None:
        """On a day off: noon of the last working day, from when on much was left for Monday.

        So a demo that is made on a weekend has something past due, as it has on every other day.
        None on a working day.
        """
        day = local_time(self.now, self.zone).date()
        if self.calendar.works_on(day):
            return None
        while not self.calendar.works_on(day):
            day -= DAY
        return instant_of(day, time(12), self.zone)

    def today_at(self, hour: int) -> datetime:
        """This hour of the local day for which the demo is made."""
        return instant_of(local_time(self.now, self.zone).date(), time(hour), self.zone)

    def asked_time(self, at: datetime, rng: Random) -> datetime:
        """When somebody asks to be called: in some hours or on one of the next days.

        Shortly before the demo's own moment most people ask for an hour right after it, so that
        call-backs are due then whatever day of the week it is.
        """
        if self.now - at < timedelta(days=4) and rng.random() < 0.75:
            first = max(self.now - HOUR / 2, at + HOUR, self.today_at(9))
            last = min(first + 5 * HOUR, self.today_at(19))
            if first < last:
                return to_five_minutes(first + rng.random() * (last - first))
        day = local_time(at, self.zone).date() + timedelta(days=rng.choice((0, 1, 1, 2, 3)))
        clock = time(rng.randint(9, 18), rng.choice((0, 15, 30)))
        if instant_of(day, clock, self.zone) <= at + HOUR:
            day += DAY
        while not self.calendar.works_on(day):
            day += DAY
        return instant_of(day, clock, self.zone)


def to_five_minutes(at: datetime) -> datetime:
    """`at` as somebody types it from memory: on five minutes, never later."""
    return at - timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
