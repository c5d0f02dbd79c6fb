"""Open leads that should not be as they are: no owner, no next action, left lying, owner gone."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from recruitment.models import Blocker, OutreachAttempt
from recruitment.rules.queue_checks import Check
from recruitment.rules.stages import OPEN

Late = Mapping[datetime, Collection[int]]
"""One business day ago at a site -> the studies at that site (keys). UTC."""


def failing(check: Check, *, late: Iterable[tuple[datetime, Collection[int]]]) -> Q:
    """The open leads that `check` counts; what it means stands in `rules.queue_checks.MEANS`.

    `late` says for studies at sites (keys) before when what was due there was left lying; those
    whose study is halted are none of them, because nothing is owed there.
    """
    is_open = Q(stage__in=OPEN)
    if check == Check.NO_OWNER:
        return is_open & Q(owner__isnull=True, is_held=False)
    if check == Check.NO_ACTION:
        return is_open & Q(due_at__isnull=True)
    if check == Check.OWNER_GONE:
        return is_open & Q(owner__in=User.objects.filter(is_active=False).values("pk"))
    return is_open & _left_lying(late)


def _left_lying(late: Iterable[tuple[datetime, Collection[int]]]) -> Q:
    overdue = Q(pk__in=[])
    for before, keys in late:
        here = Q(study_site__in=keys)
        # The earliest date is never after the due time, and it is what an index holds.
        overdue |= here & Q(due_at__lt=before, date_at__lt=before)
    tried = OutreachAttempt.objects.filter(lead=OuterRef("pk"), at__gte=OuterRef("due_at"))
    stopped = Blocker.objects.filter(lead=OuterRef("pk"), resolved_at__isnull=True)
    owed = Q(is_held=False) | Q(is_promised=True)
    return overdue & owed & ~Exists(tried) & ~Exists(stopped)
