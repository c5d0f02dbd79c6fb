"""A site's opening hours, holidays, closures and clock (CK1). Each change raises its version.

Each function locks the site, writes, and checks that the calendar as a whole still gives working
time; if not it raises InvalidCalendar with a sentence and nothing is written. What the calendar was
until then is kept, and the running clocks are counted anew in the background (CK5). `at` is UTC.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Closure, Holiday, OpeningInterval, Site
from recruitment.rules.calendars import CLOSED_YEARS, WEEKDAYS, BusinessCalendar, Interval
from recruitment.rules.holidays import public_holidays
from recruitment.rules.refusals import InvalidInput
from recruitment.services.calendars import read_calendar
from recruitment.services.recalculation import begin_recalculation
from recruitment.services.settings import change_setting, lock, raise_version, record
from recruitment.services.terms import keep_calendar
from trialsnest.lib import words
from trialsnest.lib.zones import UnknownZone, zone_named


def change_site(
    site: Site, values: Mapping[str, object], *, by: User, at: datetime, seen: int | None = None
) -> list[str]:
    """Change what a site is, its time zone too; as `change_setting`, which this calls.

    Raises InvalidInput for an unknown zone. May run twice.
    """
    try:
        zone_named(str(values.get("time_zone", site.time_zone)))
    except UnknownZone as problem:
        raise InvalidInput(str(problem), field="time_zone") from problem
    with transaction.atomic():
        locked = lock(site)
        before = _kept_calendar(locked)
        changed = change_setting(locked, values, by=by, at=at, seen=seen)
        locked.refresh_from_db()
        _keep_if_changed(locked, before, by=by, at=at)
    return changed


def set_opening_hours(
    site: Site, intervals: tuple[Interval, ...], *, by: User, at: datetime
) -> None:
    """Replace the opening hours by `intervals`, in the site's own time. May run twice."""
    with _calendar_change(site, by=by, at=at) as locked:
        rows = locked.opening_intervals.all()
        old = tuple((row.weekday, row.opens, row.closes) for row in rows)
        new = tuple(sorted(intervals))
        if not new:
            raise InvalidInput("Give at least one day its opening hours.", field="intervals")
        if old == new:
            return
        _check_same_day(new)
        rows.delete()
        OpeningInterval.objects.bulk_create(
            OpeningInterval(site=locked, weekday=weekday, opens=opens, closes=closes)
            for weekday, opens, closes in new
        )
        record(locked, "opening_hours", old=_hours(old), new=_hours(new), by=by, at=at)


def add_holiday(site: Site, *, on: date, name: str, by: User, at: datetime) -> None:
    """Close the site on the local day `on`. A day that is a holiday already is refused."""
    with _calendar_change(site, by=by, at=at) as locked:
        if locked.holidays.filter(on=on).exists():
            raise InvalidInput(f"{words.day(on)} is a holiday already.", field="on")
        Holiday.objects.create(site=locked, on=on, name=name, is_own=True)
        record(locked, "holiday", new=f"{words.day(on)}, {name}", by=by, at=at)


def add_public_holidays(site: Site, *, year: int, by: User, at: datetime) -> int:
    """Add the public holidays of the site's country and region in `year`; how many were new.

    Own holidays stay. May run twice. Takes up to half a second.
    """
    found = public_holidays(site.country, site.region, year)
    with _calendar_change(site, by=by, at=at) as locked:
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
    with _calendar_change(holiday.site, by=by, at=at) as locked:
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
    with _calendar_change(site, by=by, at=at) as locked:
        closure = Closure.objects.create(
            site=locked, first_on=first_on, last_on=last_on, reason=reason, added_by=by
        )
        record(locked, "closure", new=_closure(closure), by=by, at=at)


def remove_closure(closure: Closure, *, by: User, at: datetime) -> None:
    """Work on those days again."""
    with _calendar_change(closure.site, by=by, at=at) as locked:
        if locked.closures.filter(pk=closure.pk).delete()[0]:
            record(locked, "closure", old=_closure(closure), by=by, at=at)


@contextmanager
def _calendar_change(site: Site, *, by: User, at: datetime) -> Iterator[Site]:
    with transaction.atomic():
        locked = lock(site)
        before = _kept_calendar(locked)
        yield locked
        raise_version(locked)
        _keep_if_changed(locked, before, by=by, at=at)


def _kept_calendar(locked: Site) -> BusinessCalendar:
    """The calendar before a change, which stays in force for what was told by then (CK5)."""
    keep_calendar(locked, at=None)
    return read_calendar(locked)


def _keep_if_changed(locked: Site, before: BusinessCalendar, *, by: User, at: datetime) -> None:
    if read_calendar(locked) != before:
        keep_calendar(locked, at=at)
        begin_recalculation(locked, by=by, at=at)


def _check_same_day(intervals: tuple[Interval, ...]) -> None:
    """Refuse an interval that ends before it begins, or at midnight and so on the next day."""
    for interval in intervals:
        if interval[2] <= interval[1]:
            raise InvalidInput(
                f"{_hours((interval,))} does not end after it begins, on the same day.",
                field="intervals",
            )


def _hours(intervals: tuple[Interval, ...]) -> str:
    return "; ".join(
        f"{WEEKDAYS[weekday][:3]} {opens:%H:%M} to {closes:%H:%M}"
        for weekday, opens, closes in intervals
    )


def _closure(closure: Closure) -> str:
    return f"{words.day(closure.first_on)} to {words.day(closure.last_on)}, {closure.reason}"
