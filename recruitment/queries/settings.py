"""What the set-up pages show: who changed what, and what an installation has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from accounts.models import User
from recruitment.models import (
    Invitation,
    Membership,
    OpeningInterval,
    Role,
    SettingChange,
    Site,
    Source,
    Sponsor,
    Study,
    StudySite,
)

SHOWN = 10
LABELS: Mapping[str, str] = {
    "added": "Added",
    "is_active": "Active",
    "is_open": "Open",
    "is_strict": "Strict",
    "is_test": "Test source",
    "opening_hours": "Opening hours",
    "small_cell_floor": "Hidden below",
    "tells_site_work": "Ownership coverage and paused share told",
}


@dataclass(frozen=True)
class Change:
    """One line of a page's history. `at` is UTC."""

    at: datetime
    who: str
    what: str
    old: str
    new: str


def latest_change(row: models.Model) -> int:
    """The key of the newest change of a row, 0 if there is none; one statement."""
    newest = _changes(row).aggregate(newest=models.Max("pk"))["newest"]
    return int(newest or 0)


def history(row: models.Model, *, after: int = 0) -> list[Change]:
    """The last changes of a row's settings, newest first; one statement.

    `after` is the key of a change that is known, with all before it.
    """
    return [
        Change(
            change.at,
            change.by.name if change.by else "The system",
            LABELS.get(change.field) or change.field.replace("_", " ").capitalize(),
            change.old,
            change.new,
        )
        for change in _changes(row).filter(pk__gt=after).select_related("by")[:SHOWN]
    ]


def _changes(row: models.Model) -> models.QuerySet[SettingChange]:
    return SettingChange.objects.filter(kind=row._meta.model_name or "", object_id=row.pk)


@dataclass(frozen=True)
class Counts:
    """How many of each thing the installation has."""

    sponsors: int
    sites: int
    sites_with_hours: int
    studies: int
    study_sites: int
    sources: int
    accounts: int
    people: int
    invited: int


def counts(*, at: datetime) -> Counts:
    """Counts for the set-up page; `people` are those with a role other than administrator."""
    roles = Membership.objects.filter(ended_at__isnull=True, user__is_active=True)
    waiting = Invitation.objects.filter(
        accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at
    )
    return Counts(
        sponsors=Sponsor.objects.count(),
        sites=Site.objects.count(),
        sites_with_hours=OpeningInterval.objects.values("site").distinct().count(),
        studies=Study.objects.count(),
        study_sites=StudySite.objects.count(),
        sources=Source.objects.count(),
        accounts=User.objects.count(),
        people=roles.exclude(role=Role.ADMINISTRATOR).values("user").distinct().count(),
        invited=waiting.count(),
    )
