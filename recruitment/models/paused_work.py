"""How much of a study's work stands still at a site: the share of its clocks that pause (PZ4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from recruitment.models.clocks import Clock
from recruitment.models.studies import StudySite

LANE_FROM = 4  # one in so many of the running clocks, and the work has a lane of its own


@dataclass(frozen=True)
class PausedWork:
    """The running clocks of one study at a site, and how many of them stand still now."""

    place: StudySite
    running: int
    paused: int

    @property
    def is_much(self) -> bool:
        """Whether a review shows it apart: a quarter of the clocks or more (PZ4)."""
        return self.paused > 0 and self.paused * LANE_FROM >= self.running

    @property
    def percent(self) -> int:
        """The share in whole percent, rounded half up; 0 where nothing runs."""
        return (200 * self.paused + self.running) // (2 * self.running) if self.running else 0


def paused_now(now: datetime) -> Q:
    """Clocks that stand still at `now` (UTC); what was due by then is overdue instead (CK3)."""
    lasts = Q(paused_until__isnull=True) | Q(paused_until__gt=now)
    return Q(paused_at__lte=now) & lasts & (Q(due_at__isnull=True) | Q(due_at__gt=now))


def paused_work(places: Sequence[StudySite], *, now: datetime) -> list[PausedWork]:
    """One for each of `places`, in their order, at `now` (UTC). One statement.

    Clocks that begin later, such as that of a visit to come, count in neither number.
    """
    running = Clock.objects.filter(
        study_site__in=places, lead__isnull=False, outcome="", started_at__lte=now
    )
    groups = running.order_by().values_list("study_site")
    rows = groups.annotate(n=Count("pk"), paused=Count("pk", filter=paused_now(now)))
    found = {key: (n, paused) for key, n, paused in rows}
    return [PausedWork(place, *found.get(place.pk, (0, 0))) for place in places]
