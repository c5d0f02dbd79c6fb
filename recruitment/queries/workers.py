"""Who works on the leads of a study at a site."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from recruitment.models.access import StudySiteUserPermission


def workers_of(study_site_id: int) -> QuerySet[User]:
    """Active people who may work its leads, by name: those a form offers as owners (O4)."""
    held = StudySiteUserPermission.objects.filter(
        content_object=study_site_id, permission__codename="work_leads"
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


@dataclass(frozen=True)
class Member:
    """Somebody active who has a part in a study at a site, and what she may do there."""

    user: User
    perms: frozenset[str]


def members_of(study_site_id: int) -> Sequence[Member]:
    """Everybody active who has a part there, by name. One statement."""
    held = StudySiteUserPermission.objects.filter(
        content_object=study_site_id, user__is_active=True
    ).select_related("user", "permission")
    return members_from(held)


def members_from(held: Iterable[StudySiteUserPermission]) -> Sequence[Member]:
    """The same from rows that were read with their users and permissions."""
    perms: dict[User, set[str]] = {}
    for row in sorted(held, key=lambda row: (row.user.name, row.user.pk)):
        perms.setdefault(row.user, set()).add(row.permission.codename)
    return [Member(user, frozenset(names)) for user, names in perms.items()]
