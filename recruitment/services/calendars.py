"""A site's working time and a study's rest days as values, read once per change of settings."""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from recruitment.models import Site, StageSetting, Study
from recruitment.rules.calendars import DEFAULT_HOURS, BusinessCalendar
from recruitment.rules.stages import Stage
from recruitment.rules.staleness import REST_DAYS


def calendar_of(site: Site) -> BusinessCalendar:
    """The site's business calendar (CK1). Two or three statements the first time, then none.

    The memory is keyed by the site's `calendar_version`, which every change of hours raises.
    """
    return _calendar(site.pk, site.calendar_version, site.time_zone)


@lru_cache(maxsize=256)
def _calendar(site_id: int, version: int, zone: str) -> BusinessCalendar:
    return read_calendar(Site.objects.only("time_zone").get(pk=site_id))


def read_calendar(site: Site) -> BusinessCalendar:
    """The calendar as the tables have it now, also inside a change; it is not remembered.

    Reads no other columns: reports ask for it under a role that may not read a site's name or
    why it was closed. Raises InvalidCalendar if no due time could be computed from it.
    """
    intervals = tuple(site.opening_intervals.values_list("weekday", "opens", "closes"))
    closed = set(site.holidays.values_list("on", flat=True))
    for first_on, last_on in site.closures.values_list("first_on", "last_on"):
        closed |= {first_on + timedelta(days=day) for day in range((last_on - first_on).days + 1)}
    return BusinessCalendar(site.time_zone, intervals or DEFAULT_HOURS, frozenset(closed))


def rest_days_of(study: Study) -> Mapping[Stage, int]:
    """Business days each stage may rest, with the study's own limits over the defaults (D13)."""
    return _rest_days(study.pk, study.settings_version)


@lru_cache(maxsize=1024)
def _rest_days(study_id: int, version: int) -> Mapping[Stage, int]:
    return read_rest_days(study_id)


def read_rest_days(study_id: int) -> Mapping[Stage, int]:
    """The rest days as the table has them now, also inside a change; they are not remembered."""
    own = StageSetting.objects.newest(study_id).values_list("code", "rest_days")
    return {**REST_DAYS, **{Stage(code): days for code, days in own if days is not None}}
