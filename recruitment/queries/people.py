"""Who signs in here, with which roles, and who has been invited."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from recruitment.models import Invitation, Job, Lead, Leave, Membership, StudyStaff
from recruitment.rules.stages import OPEN

SCOPE = ("site", "study", "study_site__study", "study_site__site")


@dataclass(frozen=True)
class PersonRow:
    """One account of the list of people."""

    user: User
    roles: list[str] = field(default_factory=list)
    leave: Leave | None = None  # of now


def people(*, now: datetime) -> list[PersonRow]:
    """Every account by name, with roles and leave at `now` (UTC); three statements."""
    roles: dict[int, list[str]] = defaultdict(list)
    for membership in Membership.objects.filter(ended_at__isnull=True).select_related(*SCOPE):
        roles[membership.user_id].append(membership.words)
    away = Leave.objects.filter(ended_at__isnull=True, starts_at__lte=now, ends_at__gt=now)
    leaves = {leave.user_id: leave for leave in away}
    return [
        PersonRow(user, roles[user.pk], leaves.get(user.pk))
        for user in User.objects.order_by("name", "pk")
    ]


def roles_held(user: User) -> QuerySet[Membership]:
    """All roles somebody holds or has held, those of now first."""
    found: QuerySet[Membership] = (
        Membership.objects.filter(user=user)
        .select_related(*SCOPE, "granted_by", "ended_by")
        .order_by("ended_at", "-granted_at")
    )
    return found


def owned_open_leads(user: User) -> int:
    """How many open leads somebody owns."""
    return Lead.objects.filter(owner=user, stage__in=OPEN).count()


def invitations() -> QuerySet[Invitation]:
    """Invitations not yet used, newest first, the over ones included."""
    found: QuerySet[Invitation] = Invitation.objects.filter(
        accepted_at__isnull=True
    ).select_related(*SCOPE, "invited_by")
    return found


def invitation_state(invitation: Invitation, *, at: datetime) -> str:
    """What became of an invitation by `at` (UTC), in one word or two."""
    if invitation.accepted_at:
        return "Used"
    if invitation.revoked_at:
        return "Revoked"
    return "Open" if invitation.expires_at > at else "Expired"


def mail_state(key: str) -> str:
    """How far the mail of this key is: waiting, done, failed, or "" when there is none."""
    return Job.objects.filter(key=key).values_list("state", flat=True).first() or ""


def known_names() -> list[str]:
    """Names that no sponsor text may hold: of whoever signs in, and of study staff."""
    staff = StudyStaff.objects.values_list("name", flat=True).distinct()
    return [*User.objects.values_list("name", flat=True), *staff]
