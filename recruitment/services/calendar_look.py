"""What a change of a site's calendar would do to its due times, before anybody saves it (CK5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from recruitment.models import Site
from recruitment.rules.calendars import BusinessCalendar, add_business_time
from recruitment.rules.clocks import timed
from recruitment.rules.terms import Terms
from recruitment.services.calendars import read_calendar
from recruitment.services.clocks import clock_of
from recruitment.services.recalculation import still_to_come
from recruitment.services.terms import calendars_of

SAMPLE = timedelta(hours=8)  # business time, for the example


@dataclass(frozen=True)
class CalendarLook:
    """How many due times would move, and when SAMPLE from now would end (UTC)."""

    running: int
    later: int
    earlier: int
    due_before: datetime
    due_after: datetime

    @property
    def moved(self) -> int:
        """How many would be due at another time."""
        return self.later + self.earlier


def look_at_calendar(
    site: Site, change: Callable[[], object], *, at: datetime
) -> CalendarLook | None:
    """What `change`, a call of services.site_hours, would do at `at` (UTC); nothing is written.

    None where it leaves the calendar as it is. Raises what `change` raises. It holds the site's
    lock while it tries, and reads the running clocks of the site after that, in one statement.
    """
    before = read_calendar(site)
    with transaction.atomic():
        change()
        after = read_calendar(Site.objects.only("time_zone").get(pk=site.pk))
        transaction.set_rollback(True)
    return None if before == after else _moves(site, before, after, at)


def _moves(
    site: Site, before: BusinessCalendar, after: BusinessCalendar, at: datetime
) -> CalendarLook:
    terms = Terms(calendars=(*calendars_of(site), (at, after)))
    running, later, earlier = 0, 0, 0
    for row in still_to_come(site, at).iterator():
        due_at = timed(clock_of(row), terms).due_at
        running += 1
        if due_at is not None and row.due_at is not None:
            later += due_at > row.due_at
            earlier += due_at < row.due_at
    return CalendarLook(
        running=running,
        later=later,
        earlier=earlier,
        due_before=add_business_time(at, SAMPLE, before),
        due_after=add_business_time(at, SAMPLE, after),
    )
