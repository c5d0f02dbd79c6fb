"""Which roles somebody holds now; one statement."""

from accounts.models import User
from recruitment.models import Membership


def roles_of(user: User) -> set[str]:
    """The codes of the roles that `user` holds anywhere."""
    held = Membership.objects.filter(user=user, ended_at__isnull=True)
    return set(held.values_list("role", flat=True).distinct())
