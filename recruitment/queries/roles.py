"""Which roles somebody holds now, and what waits for her; one statement."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from recruitment.models import Handoff, Membership, ReportDeputy, ReviewAction
from recruitment.rules.weekly.codes import ActionState
from recruitment.rules.work_codes import HandoffState
from trialsnest.lib.prepared import prepared

DEPUTY = "report_deputy"


@dataclass(frozen=True)
class Standing:
    """The codes of the roles somebody holds, and how much waits for her.

    `report_deputy` is among them while she approves reports in the place of a site's lead (D35).
    `offered` are hand-offs to answer (H4), `agreed` what she took on in weekly reviews (W6).
    """

    roles: frozenset[str]
    offered: int
    agreed: int


def roles_of(user: User) -> frozenset[str]:
    """The codes of the roles that `user` holds anywhere."""
    return standing_of(user).roles


def standing_of(user: User) -> Standing:
    """The roles that `user` holds, and what waits for her. One statement."""
    rows = _held(user=user.pk, now=timezone.now())
    deputy = {DEPUTY for *_, is_deputy in rows if is_deputy}
    return Standing(
        frozenset(role for role, *_ in rows) | deputy,
        max((offered for _, offered, _, _ in rows), default=0),
        max((agreed for _, _, agreed, _ in rows), default=0),
    )


@prepared
def _held(*, user: int, now: datetime) -> QuerySet[Membership, tuple[str, int, int, bool]]:
    offers = Handoff.objects.filter(receiver=OuterRef("user"), state=HandoffState.OFFERED)
    actions = ReviewAction.objects.filter(owner=OuterRef("user"), state=ActionState.OPEN)
    deputy = Exists(ReportDeputy.objects.in_force(at=now).filter(user=user))
    return (
        Membership.objects.filter(user=user, ended_at__isnull=True)
        .order_by()
        .values_list("role", _number(offers, "receiver"), _number(actions, "owner"), deputy)
        .distinct()
    )


def _number(rows: QuerySet[Handoff] | QuerySet[ReviewAction], by: str) -> Coalesce:
    count = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count), 0)
