"""Lists are pulled now and then, and their leads released so many a day (D28)."""

from datetime import datetime, time

from recruitment.demo.cases import Case, Story
from recruitment.demo.desks import MINUTE
from recruitment.models import Lead
from recruitment.models.lists import list_numbers
from recruitment.rules.targets import LISTS
from recruitment.services.releasing import release_leads
from trialsnest.lib.zones import DAY, instant_of, local_time

IN_THE_MORNING = time(9, 10)


def wait_for_release(case: Case) -> Story:
    """A lead of a list waits for its turn. Whoever looks first in the morning releases today's."""
    if case.arrival.channel.kind not in LISTS:
        return
    while Lead.objects.get(pk=case.lead.pk).is_held:
        yield from case.until(_next_morning(case))
        place = case.desk.study_site
        if list_numbers(place, at=case.now).left_today:
            release_leads(study_site=place, by=case.worker.user, at=case.now)
    yield from case.until(case.now + case.rng.uniform(1, 30) * MINUTE)


def _next_morning(case: Case) -> datetime:
    """The next working morning at the site."""
    day = local_time(case.now, case.desk.zone).date() + DAY
    while not case.desk.calendar.works_on(day):
        day += DAY
    return instant_of(day, IN_THE_MORNING, case.desk.zone)
