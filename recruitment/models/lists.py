"""Leads on lists: how many wait, and how many a day are released, for services and pages (D28)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from accounts.models import User
from recruitment.models.access import StudySiteUserPermission
from recruitment.models.leads import Lead
from recruitment.models.leave import Leave
from recruitment.models.log import LeadEvent
from recruitment.models.studies import StudySite
from recruitment.rules.events import EventKind
from recruitment.rules.stages import OPEN
from trialsnest.lib.zones import local_time, start_of


@dataclass(frozen=True)
class ListNumbers:
    """How the lists of a study at a site stand today, on the site's clock."""

    held: int
    per_coordinator: int
    coordinators: int
    released_today: int

    @property
    def a_day(self) -> int:
        """How many are released in a day."""
        return self.per_coordinator * self.coordinators

    @property
    def left_today(self) -> int:
        """How many more are released today; never more than are held."""
        return min(self.held, max(0, self.a_day - self.released_today))


def held_leads(study_site: StudySite) -> QuerySet[Lead]:
    """Leads on a list that are not released, the oldest first."""
    found = Lead.objects.filter(study_site=study_site, is_held=True, stage__in=OPEN)
    return found.order_by("received_at", "pk")


def list_numbers(study_site: StudySite, *, at: datetime) -> ListNumbers:
    """The numbers of today at `at` (UTC). Five statements at most."""
    zone = study_site.site.time_zone
    today = start_of(local_time(at, zone).date(), zone)
    released = LeadEvent.objects.filter(
        study_site=study_site,
        kind=EventKind.RELEASED,
        recorded_at__gte=today,
        recorded_at__lte=at,
        voided_by__isnull=True,
    )
    return ListNumbers(
        held=held_leads(study_site).count(),
        per_coordinator=study_site.study.released_a_day,
        coordinators=coordinators_here(study_site, at=at),
        released_today=released.count(),
    )


def coordinators_here(study_site: StudySite, *, at: datetime) -> int:
    """How many coordinators are here at `at` (UTC): not suspended and not on leave.

    Where nobody works there but site leads, they are counted. Two statements.
    """
    held = StudySiteUserPermission.objects.filter(
        content_object=study_site,
        permission__codename__in=["work_leads", "lead_site"],
        user__is_active=True,
    )
    by_right: dict[str, set[int]] = {"work_leads": set(), "lead_site": set()}
    for user, right in held.values_list("user", "permission__codename"):
        by_right[right].add(user)
    away = Leave.objects.filter(
        user__in=by_right["work_leads"], ended_at__isnull=True, starts_at__lte=at, ends_at__gt=at
    )
    working = by_right["work_leads"]
    coordinators = working - by_right["lead_site"]
    return len((coordinators or working) - set(away.values_list("user", flat=True)))


def held_by_place(study_sites: Iterable[StudySite]) -> dict[int, int]:
    """How many leads are held, by the key of the study at a site. One statement."""
    held = Lead.objects.filter(
        study_site__in=[place.pk for place in study_sites], is_held=True, stage__in=OPEN
    )
    return dict(held.order_by().values_list("study_site").annotate(n=Count("pk")))


def may_release_more(user: User, study_site: StudySite) -> bool:
    """Whether `user` leads the site, and so may release more than the day's number."""
    return StudySiteUserPermission.objects.filter(
        user=user, content_object=study_site, permission__codename="lead_site"
    ).exists()
