"""Which running clocks somebody is shown, for pages and for the e-mail about her work (E1)."""

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from recruitment.models.clocks import Clock
from recruitment.models.leads import study_sites_for
from recruitment.rules.escalation import NOT_LISTED, STUDY_OWNERS
from recruitment.rules.targets import TargetKey

RUNNING = Q(outcome="", lead__isnull=False)


def due_soon(user: User, *, now: datetime) -> QuerySet[Clock]:
    """Clocks of her own leads past three quarters of their time at `now` (UTC; L0).

    What is paused is not due soon (CK3), even when it was before the pause.
    """
    soon = _seen_by(user).filter(lead__owner=user, warn_at__lte=now, due_at__gt=now)
    return soon.exclude(paused_until__gt=now)


def overdue(user: User, *, now: datetime) -> QuerySet[Clock]:
    """Overdue clocks at `now` (UTC; L1): of her own leads, of the sites that she leads, and what
    concerns the owner of a study at a site where that is she."""
    led = Q(study_site__in=study_sites_for(user, "lead_site").values("pk"))
    owned = Q(study_site__owner=user, target__in=STUDY_OWNERS)
    return _overdue(user, now).filter(Q(lead__owner=user) | led | owned)


def overdue_of_own(user: User, *, now: datetime) -> QuerySet[Clock]:
    """Overdue clocks of her own leads at `now` (UTC)."""
    return _overdue(user, now).filter(lead__owner=user)


def overdue_of_others(user: User, *, now: datetime) -> QuerySet[Clock]:
    """What `overdue` holds besides her own leads at `now` (UTC)."""
    return overdue(user, now=now).exclude(lead__owner=user)


def response_due(now: datetime) -> Subquery:
    """For a query of leads: when the first response is due, if it is due soon or overdue at `now`
    (UTC) and nothing pauses it; else null."""
    runs = Q(lead=OuterRef("pk"), target=TargetKey.FIRST_RESPONSE, outcome="", warn_at__lte=now)
    waits = Q(paused_until__gt=now)
    return Subquery(Clock.objects.filter(runs).exclude(waits).values("due_at")[:1])


def _overdue(user: User, now: datetime) -> QuerySet[Clock]:
    return _seen_by(user).filter(due_at__lte=now).exclude(target__in=NOT_LISTED)


def _seen_by(user: User) -> QuerySet[Clock]:
    """Running clocks of leads that she may see; those of asks have no lead and stand elsewhere."""
    return Clock.objects.filter(RUNNING, study_site__in=study_sites_for(user, "view_leads"))
