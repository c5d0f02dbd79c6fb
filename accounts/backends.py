"""Who a session belongs to, read by a statement that is written once: every page asks for it."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from accounts.models import User
from trialsnest.lib.prepared import prepared


class Backend(ModelBackend):
    """Django's backend; it signs in with address and password, and lets in who is active."""

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; None for nobody, and for somebody who is suspended."""
        found = _known(key=int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


@prepared
def _known(*, key: int) -> QuerySet[User]:
    return User.objects.filter(pk=key)
