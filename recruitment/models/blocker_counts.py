"""How often each category stops the leads of a study at a site (B3). Counts, no names (B4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from recruitment.models.blockers import Blocker
from recruitment.models.studies import StudySite
from recruitment.rules.vocabulary import BlockerCategory

WINDOW = timedelta(weeks=4)
MANY_OPEN = 3  # leads of one category open at a time
MANY_OPENED = 5  # opened within the window


@dataclass(frozen=True)
class CategoryCount:
    """How often one category stops leads of a study at a site."""

    category: BlockerCategory
    open_leads: int
    opened: int

    @property
    def is_repeated(self) -> bool:
        """Whether the review is offered it (B3)."""
        return self.open_leads >= MANY_OPEN or self.opened >= MANY_OPENED


def counts_by_place(
    places: Sequence[StudySite], *, now: datetime
) -> Mapping[int, list[CategoryCount]]:
    """Every category with an open blocker, or one opened in `[now - 4 weeks, now)`. UTC.

    By the keys of the studies at sites, most open leads first. One statement for all of them;
    blockers whose opening was undone do not count.
    """
    recent = Q(opened_at__gte=now - WINDOW, opened_at__lt=now)
    stands = Q(resolved_at__isnull=True)
    rows = (
        Blocker.objects.filter(stands | recent, lead__study_site__in=places)
        .order_by()
        .values("lead__study_site", "category")
        .annotate(
            open_leads=Count("lead", filter=stands, distinct=True),
            opened=Count("pk", filter=recent),
        )
        .order_by("-open_leads", "-opened", "category")
    )
    found: dict[int, list[CategoryCount]] = {place.pk: [] for place in places}
    for row in rows:
        count = CategoryCount(BlockerCategory(row["category"]), row["open_leads"], row["opened"])
        found[row["lead__study_site"]].append(count)
    return found
