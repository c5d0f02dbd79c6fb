"""A leave and the jobs of a day, as the tests of leaves need them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import User
from recruitment.models import Job, Lead, Leave, StudySite
from recruitment.services import jobs
from recruitment.services.leave import record_leave
from tests.factories.recruitment import MONDAY

DAY = timedelta(days=1)
FRIDAY = MONDAY + 4 * DAY


def away(
    user: User,
    covers: Mapping[StudySite, User | None],
    *,
    starts_at: datetime = MONDAY + DAY,
    ends_at: datetime = FRIDAY,
    at: datetime = MONDAY,
    by: User | None = None,
) -> Leave:
    return record_leave(
        user=user, starts_at=starts_at, ends_at=ends_at, covers=covers, by=by or user, at=at
    )


def owners(leads: list[Lead]) -> list[User | None]:
    return [lead.owner for lead in Lead.objects.filter(pk__in=[x.pk for x in leads]).order_by("pk")]


def run_jobs(at: datetime) -> None:
    for key in Job.objects.filter(kind__startswith="leave.", due_at__lte=at).order_by("due_at"):
        jobs.run_job(key.pk, at=at)
