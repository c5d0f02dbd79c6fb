"""Blockers of a study at a site as its page shows them: counts, and those of the study (B2, B4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from recruitment.models import Blocker, Lead, StudyBlocker, StudySite
from recruitment.models.blocker_counts import CategoryCount
from recruitment.queries.push_backs import PutOff, put_off_often
from recruitment.queries.repeated_blockers import (
    Repeated,
    counts_by_category,
    repeated_of,
)

LATEST_RESOLVED = 10


@dataclass(frozen=True)
class BlockersPage:
    """What stops leads of one study at one site."""

    counts: Sequence[CategoryCount]
    repeated: Repeated
    of_study: Sequence[StudyBlocker]
    resolved: Sequence[StudyBlocker]
    put_off: Sequence[PutOff]


def blockers_page(study_site: StudySite, *, now: datetime) -> BlockersPage:
    """The page's content; five statements at most. No name of a person is read (B4)."""
    counts = counts_by_category(study_site, now=now)
    rows = study_blockers(study_site)
    return BlockersPage(
        counts=counts,
        repeated=repeated_of(study_site, counts),
        of_study=list(rows.filter(resolved_at__isnull=True)),
        resolved=list(
            rows.filter(resolved_at__isnull=False).order_by("-resolved_at")[:LATEST_RESOLVED]
        ),
        put_off=put_off_often([study_site]),
    )


def study_blockers(study_site: StudySite) -> QuerySet[StudyBlocker]:
    """Blockers of the study at the site, each with `leads_now`: how many it stops now."""
    stands = Q(blockers__resolved_at__isnull=True, blockers__undone_at__isnull=True)
    return (
        StudyBlocker.objects.filter(study_site=study_site)
        .select_related("owner")
        .annotate(leads_now=Count("blockers__lead", filter=stands, distinct=True))
        .order_by("opened_at", "pk")
    )


def linked_numbers(blocker: StudyBlocker) -> list[str]:
    """The numbers of the leads it stops now. One statement."""
    links = Blocker.objects.filter(study_blocker=blocker, resolved_at__isnull=True)
    return list(links.order_by("lead__number").values_list("lead__number", flat=True))


def linkable(blocker: StudyBlocker) -> QuerySet[Lead]:
    """Open leads of its study at its site that no blocker of its category stops yet."""
    stopped = Blocker.objects.filter(
        lead__study_site=blocker.study_site_id,
        category=blocker.category,
        resolved_at__isnull=True,
    )
    return (
        Lead.objects.filter(study_site=blocker.study_site_id)
        .open()
        .exclude(pk__in=stopped.values("lead"))
        .order_by("number")
    )


def open_numbers(study_site: StudySite) -> list[str]:
    """The numbers of all open leads. One statement."""
    found = Lead.objects.filter(study_site=study_site).open().order_by("number")
    return list(found.values_list("number", flat=True))


def counts_by_place(places: Sequence[StudySite]) -> dict[int, tuple[int, int, int]]:
    """Per study at a site: open leads, those with an open blocker, open blockers of the study.

    Three statements.
    """
    keys = [place.pk for place in places]
    open_leads = _count(Lead.objects.filter(study_site__in=keys).open(), "study_site", "pk")
    stopped = Blocker.objects.filter(lead__study_site__in=keys, resolved_at__isnull=True)
    blocked = _count(stopped, "lead__study_site", "lead")
    of_study = _count(
        StudyBlocker.objects.filter(study_site__in=keys, resolved_at__isnull=True),
        "study_site",
        "pk",
    )
    return {
        key: (open_leads.get(key, 0), blocked.get(key, 0), of_study.get(key, 0)) for key in keys
    }


def _count(rows: QuerySet[Any], place: str, what: str) -> dict[int, int]:
    counted = rows.order_by().values(place).annotate(n=Count(what, distinct=True))
    return dict(counted.values_list(place, "n"))
