"""A site's working time and a study's rest days as values, read once per change of settings."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import lru_cache

from django.db.models import F, QuerySet

from recruitment.models import Closure, Holiday, OpeningInterval, Site, StageSetting, Study
from recruitment.rules.calendars import DEFAULT_HOURS, BusinessCalendar
from recruitment.rules.stages import Stage
from recruitment.rules.staleness import REST_DAYS
from trialsnest.lib.prepared import prepared


def calendar_of(site: Site) -> BusinessCalendar:
    """The site's business calendar (CK1). Two statements the first time, then none.

    The memory is keyed by the site's `calendar_version`, which every change of hours raises.
    """
    return _calendar(site.pk, site.calendar_version, site.time_zone)


@lru_cache(maxsize=256)
def _calendar(site_id: int, version: int, zone: str) -> BusinessCalendar:
    return calendar_in(site_id, zone)


def read_calendar(site: Site) -> BusinessCalendar:
    """The calendar as the tables have it now, also inside a change; it is not remembered.

    Two statements. Raises InvalidCalendar if no due time could be computed from it.
    """
    return calendar_in(site.pk, site.time_zone)


def calendar_in(site_id: int, zone: str) -> BusinessCalendar:
    """The same of a site whose time zone is known.

    Reads hours and dates alone: reports ask for it under a role that may not read a site's name
    or why it was closed.
    """
    intervals = tuple(_intervals(site=site_id))
    closed = {
        first_on + timedelta(days=day)
        for first_on, last_on in _closed(site=site_id)
        for day in range((last_on - first_on).days + 1)
    }
    return BusinessCalendar(zone, intervals or DEFAULT_HOURS, frozenset(closed))


@prepared
def _intervals(*, site: int) -> QuerySet[OpeningInterval, tuple[int, time, time]]:
    rows = OpeningInterval.objects.filter(site=site)
    return rows.order_by("weekday", "opens").values_list("weekday", "opens", "closes")


@prepared
def _closed(*, site: int) -> QuerySet[Closure, tuple[date, date]]:
    """The first and the last day of every stretch, a holiday being one of a day."""
    days = Holiday.objects.filter(site=site).order_by()
    holidays = days.annotate(first=F("on"), last=F("on")).values_list("first", "last")
    rows = Closure.objects.filter(site=site).order_by()
    closures = rows.annotate(first=F("first_on"), last=F("last_on")).values_list("first", "last")
    return closures.union(holidays, all=True)


def rest_days_of(study: Study) -> Mapping[Stage, int]:
    """Business days each stage may rest, with the study's own limits over the defaults (D13)."""
    return _rest_days(study.pk, study.settings_version)


@lru_cache(maxsize=1024)
def _rest_days(study_id: int, version: int) -> Mapping[Stage, int]:
    return read_rest_days(study_id)


def read_rest_days(study_id: int) -> Mapping[Stage, int]:
    """The rest days as the table has them now, also inside a change; they are not remembered."""
    own = _stage_settings(study=study_id)
    return {**REST_DAYS, **{Stage(code): days for code, days in own if days is not None}}


@prepared
def _stage_settings(*, study: int) -> QuerySet[StageSetting, tuple[str, int | None]]:
    return StageSetting.objects.newest(study).values_list("code", "rest_days")
