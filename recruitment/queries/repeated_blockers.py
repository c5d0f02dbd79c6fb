"""Blockers that repeat in a study at a site, for its weekly review (B3). Counts, no names (B4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from recruitment.models import Blocker, RecordsItem, StudySite
from recruitment.models.blocker_counts import CategoryCount, counts_by_place
from recruitment.rules.vocabulary import BlockerCategory, RecordsState, RecordsType

OUTSTANDING = (RecordsState.NEEDED, RecordsState.REQUESTED, RecordsState.INCOMPLETE)


@dataclass(frozen=True)
class RecordsCount:
    """How many leads that lack records lack this one: the thing is named, not "records" (B3)."""

    type: RecordsType
    leads: int


@dataclass(frozen=True)
class Repeated:
    """What repeats in one study at one site."""

    categories: Sequence[CategoryCount]
    records: Sequence[RecordsCount]


def counts_by_category(study_site: StudySite, *, now: datetime) -> list[CategoryCount]:
    """Every category with an open blocker, or one opened in `[now - 4 weeks, now)`. UTC.

    Most open leads first. One statement; blockers whose opening was undone do not count.
    """
    return counts_by_place([study_site], now=now)[study_site.pk]


def repeated(study_site: StudySite, *, now: datetime) -> Repeated:
    """The categories that repeat, and which records the leads lack where records do. UTC.

    Two statements at most.
    """
    return repeated_of(study_site, counts_by_category(study_site, now=now))


def repeated_of(study_site: StudySite, counts: Sequence[CategoryCount]) -> Repeated:
    """The same from counts that were read already; one statement at most."""
    found = [count for count in counts if count.is_repeated]
    lacks = any(count.category == BlockerCategory.MISSING_RECORDS for count in found)
    return Repeated(found, _records(study_site) if lacks else [])


def _records(study_site: StudySite) -> list[RecordsCount]:
    """Outstanding items of leads that are blocked for want of records, most frequent first."""
    blocked = Blocker.objects.filter(
        lead__study_site=study_site,
        category=BlockerCategory.MISSING_RECORDS,
        resolved_at__isnull=True,
    )
    rows = (
        RecordsItem.objects.filter(lead__in=blocked.values("lead"), state__in=OUTSTANDING)
        .order_by()
        .values("type")
        .annotate(leads=Count("lead", distinct=True))
        .order_by("-leads", "type")
    )
    return [RecordsCount(RecordsType(row["type"]), row["leads"]) for row in rows]
