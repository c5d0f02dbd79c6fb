"""Sessions as Django keeps them, read by a statement that is written once: every page reads one."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from trialsnest.lib.prepared import prepared


class SessionStore(db.SessionStore):
    """Django's store; what it reads, and what becomes of a session that is over, is the same."""

    def _get_session_from_db(self) -> Session | None:
        found = _standing(key=self.session_key or "", now=timezone.now())
        if not found:
            self._session_key = None
        return found[0] if found else None


@prepared
def _standing(*, key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
