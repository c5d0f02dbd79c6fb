"""Which roles somebody holds now, and what waits for her answer; one statement."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from recruitment.models import Handoff, Membership
from recruitment.rules.work_codes import HandoffState


def roles_of(user: User) -> set[str]:
    """The codes of the roles that `user` holds anywhere."""
    return roles_and_offers(user)[0]


def roles_and_offers(user: User) -> tuple[set[str], int]:
    """The codes of the roles that `user` holds, and how many hand-offs wait for her answer (H4)."""
    offered = Handoff.objects.filter(receiver=OuterRef("user"), state=HandoffState.OFFERED)
    count = offered.order_by().values("receiver").annotate(n=Count("pk")).values("n")
    held = (
        Membership.objects.filter(user=user, ended_at__isnull=True)
        .order_by()
        .values_list("role", Coalesce(Subquery(count), 0))
        .distinct()
    )
    rows = list(held)
    return {role for role, _ in rows}, max((n for _, n in rows), default=0)
