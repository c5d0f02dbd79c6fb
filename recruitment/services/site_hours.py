"""A site's opening hours, holidays and closures (CK1). Every change raises its calendar version.

Each function locks the site, writes, and checks that the calendar as a whole still gives working
time; if not it raises InvalidCalendar with a sentence and nothing is written. `at` is UTC.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Closure, Holiday, OpeningInterval, Site
from recruitment.rules.calendars import CLOSED_YEARS, WEEKDAYS, Interval
from recruitment.rules.holidays import public_holidays
from recruitment.rules.refusals import InvalidInput
from recruitment.services.calendars import read_calendar
from recruitment.services.settings import lock, raise_version, record
from trialsnest.lib import words


def set_opening_hours(
    site: Site, intervals: tuple[Interval, ...], *, by: User, at: datetime
) -> None:
    """Replace the opening hours by `intervals`, in the site's own time. May run twice."""
    with _calendar_change(site) as locked:
        rows = locked.opening_intervals.all()
        old = tuple((row.weekday, row.opens, row.closes) for row in rows)
        new = tuple(sorted(intervals))
        if not new:
            raise InvalidInput("Give at least one day its opening hours.", field="intervals")
        if old == new:
            return
        rows.delete()
        OpeningInterval.objects.bulk_create(
            OpeningInterval(site=locked, weekday=weekday, opens=opens, closes=closes)
            for weekday, opens, closes in new
        )
        record(locked, "opening_hours", old=_hours(old), new=_hours(new), by=by, at=at)


def add_holiday(site: Site, *, on: date, name: str, by: User, at: datetime) -> None:
    """Close the site on the local day `on`. A day that is a holiday already is refused."""
    with _calendar_change(site) as locked:
        if locked.holidays.filter(on=on).exists():
            raise InvalidInput(f"{words.day(on)} is a holiday already.", field="on")
        Holiday.objects.create(site=locked, on=on, name=name, is_own=True)
        record(locked, "holiday", new=f"{words.day(on)}, {name}", by=by, at=at)


def add_public_holidays(site: Site, *, year: int, by: User, at: datetime) -> int:
    """Add the public holidays of the site's country and region in `year`; how many were new.

    Own holidays stay. May run twice. Takes up to half a second.
    """
    found = public_holidays(site.country, site.region, year)
    with _calendar_change(site) as locked:
        there = set(locked.holidays.values_list("on", flat=True))
        new = [Holiday(site=locked, on=on, name=name[:120]) for on, name in found.items()]
        new = [holiday for holiday in new if holiday.on not in there]
        Holiday.objects.bulk_create(new)
        if new:
            text = f"{words.counted(len(new), 'public holiday')} of {year}"
            record(locked, "holiday", new=text, by=by, at=at)
    return len(new)


def remove_holiday(holiday: Holiday, *, by: User, at: datetime) -> None:
    """Work on that day again."""
    with _calendar_change(holiday.site) as locked:
        if locked.holidays.filter(pk=holiday.pk).delete()[0]:
            text = f"{words.day(holiday.on)}, {holiday.name}"
            record(locked, "holiday", old=text, by=by, at=at)


def add_closure(
    site: Site, *, first_on: date, last_on: date, reason: str, by: User, at: datetime
) -> None:
    """Close the site from one local day to another, both included."""
    if last_on < first_on:
        raise InvalidInput("The last day is before the first.", field="last_on")
    if first_on.year not in CLOSED_YEARS or last_on.year not in CLOSED_YEARS:
        raise InvalidInput("Choose days between 2000 and 2100.", field="first_on")
    with _calendar_change(site) as locked:
        closure = Closure.objects.create(
            site=locked, first_on=first_on, last_on=last_on, reason=reason, added_by=by
        )
        record(locked, "closure", new=_closure(closure), by=by, at=at)


def remove_closure(closure: Closure, *, by: User, at: datetime) -> None:
    """Work on those days again."""
    with _calendar_change(closure.site) as locked:
        if locked.closures.filter(pk=closure.pk).delete()[0]:
            record(locked, "closure", old=_closure(closure), by=by, at=at)


@contextmanager
def _calendar_change(site: Site) -> Iterator[Site]:
    with transaction.atomic():
        locked = lock(site)
        yield locked
        read_calendar(locked)
        raise_version(locked)


def _hours(intervals: tuple[Interval, ...]) -> str:
    return "; ".join(
        f"{WEEKDAYS[weekday][:3]} {opens:%H:%M} to {closes:%H:%M}"
        for weekday, opens, closes in intervals
    )


def _closure(closure: Closure) -> str:
    return f"{words.day(closure.first_on)} to {words.day(closure.last_on)}, {closure.reason}"
