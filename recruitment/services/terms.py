"""The terms that a study's clocks at a site run under, read once per change of settings (CK5)."""

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from typing import TypeAlias

from django.db.models import QuerySet

from recruitment.models import Site, SiteCalendar, StudySite, Target
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.targets import Target as Amount
from recruitment.rules.targets import TargetKey, Unit
from recruitment.rules.terms import TargetVersion, Terms
from recruitment.services.calendars import calendar_in, read_calendar
from trialsnest.lib.prepared import prepared

Calendars: TypeAlias = tuple[tuple[datetime | None, BusinessCalendar], ...]
"""In order, each with the moment from which it held; None: always."""


def terms_of(study_site: StudySite) -> Terms:
    """Targets and calendars as they were and are. Some statements the first time, then none.

    The memory is keyed by the versions that every change of the study's settings and of the
    site's hours raises.
    """
    study, site = study_site.study, study_site.site
    hours = (site.pk, site.calendar_version, site.time_zone)
    return _terms(study_site.pk, study.pk, study.settings_version, hours)


@lru_cache(maxsize=1024)
def _terms(
    study_site_id: int, study_id: int, settings_version: int, hours: tuple[int, int, str]
) -> Terms:
    versions = tuple(_target_versions(study_site_id, study_id))
    return Terms(calendars=_calendars(*hours), versions=versions)


def read_terms(study_site: StudySite) -> Terms:
    """The terms as the tables have them now, also inside a change; they are not remembered.

    Reads no other columns: reports ask for them under a role that may not read a site's name.
    """
    site = Site.objects.only("time_zone").get(pk=study_site.site_id)
    versions = tuple(_target_versions(study_site.pk, study_site.study_id))
    return Terms(calendars=_read_calendars(site.pk, site.time_zone), versions=versions)


def calendars_of(site: Site) -> Calendars:
    """The site's calendars as its terms have them; remembered like these, once for all studies."""
    return _calendars(site.pk, site.calendar_version, site.time_zone)


@lru_cache(maxsize=256)
def _calendars(site_id: int, calendar_version: int, zone: str) -> Calendars:
    return _read_calendars(site_id, zone)


def _read_calendars(site_id: int, zone: str) -> Calendars:
    return _kept(site_id) or ((None, calendar_in(site_id, zone)),)


def keep_calendar(site: Site, *, at: datetime | None) -> None:
    """Keep the site's calendar as the tables have it now, in force from `at` (UTC; None: always).

    Call it before the first change of a calendar with None and after every change with its time,
    under the site's lock. A calendar equal to the last one is not kept twice.
    """
    now = read_calendar(site)
    last = SiteCalendar.objects.filter(site=site).order_by("-version").first()
    if last is not None and (at is None or _calendar(last) == now):
        return
    SiteCalendar.objects.create(
        site=site,
        version=last.version + 1 if last is not None else 1,
        in_force_from=at,
        time_zone=now.zone,
        intervals=[
            [weekday, opens.isoformat(), closes.isoformat()]
            for weekday, opens, closes in now.intervals
        ],
        closed_on=sorted(day.isoformat() for day in now.closed_dates),
    )


def _kept(site_id: int) -> Calendars:
    return tuple((row.in_force_from, _calendar(row)) for row in _site_calendars(site=site_id))


@prepared
def _site_calendars(*, site: int) -> QuerySet[SiteCalendar]:
    return SiteCalendar.objects.filter(site=site).order_by("version")


def _calendar(row: SiteCalendar) -> BusinessCalendar:
    return BusinessCalendar(
        row.time_zone,
        tuple(
            (weekday, time.fromisoformat(opens), time.fromisoformat(closes))
            for weekday, opens, closes in row.intervals
        ),
        frozenset(date.fromisoformat(day) for day in row.closed_on),
    )


def _target_versions(study_site_id: int, study_id: int) -> Iterator[TargetVersion]:
    for row in _targets(place=study_site_id, study=study_id):
        yield version_of(row)


@prepared
def _targets(*, place: int, study: int) -> QuerySet[Target]:
    rows = Target.objects.filter(study=study, study_site__isnull=True)
    own = Target.objects.filter(study_site=place)
    return (rows | own).order_by("version")


def version_of(row: Target) -> TargetVersion:
    """The value of one row."""
    amount = None
    if row.amount is not None:
        amount = Amount(row.amount, Unit(row.unit), row.version, row.pk)
    return TargetVersion(
        key=TargetKey(row.target),
        kind=row.source_kind,
        is_own=row.study_site_id is not None,
        in_force_from=row.in_force_from,
        target=amount,
    )
