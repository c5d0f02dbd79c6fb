"""What colleagues and jobs changed since a page of the queue was made."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User
from recruitment.models import LeadEvent, StudySite
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.rules.events import NOTICES
from recruitment.rules.stages import CLOSED, Bucket, Stage

LONGEST = timedelta(hours=12)  # a page older than a session is not told of, it is loaded again


def changed_by_others(
    user: User,
    study_sites: Sequence[StudySite],
    ask: Ask,
    *,
    since: datetime,
    now: datetime,
    shown: Sequence[str],
) -> int:
    """How many leads others changed after `since` (UTC) that are shown, or would be by `ask`.

    One statement, over the log by place and time of recording; `shown` are the numbers on the page.
    """
    events = LeadEvent.objects.filter(
        study_site__in=[row.pk for row in study_sites],
        recorded_at__gt=max(since, now - LONGEST),
    )
    events = events.exclude(actor=user).exclude(kind__in=NOTICES)
    listed = Q(lead__number__in=list(shown)) | _would_be_shown(user, ask)
    return events.filter(listed).order_by().values("lead").distinct().count()


def _would_be_shown(user: User, ask: Ask) -> Q:
    """The leads of the list as it is now, told by columns of the lead alone.

    A chosen blocker or check is not one of them: there only what is shown counts.
    """
    if ask.blocker or ask.check is not None:
        return Q(pk__in=[])
    found = _of_bucket(ask.bucket)
    if ask.tab == Tab.UNOWNED:
        found &= Q(lead__owner__isnull=True)
    elif ask.tab != Tab.TEAM:
        found &= Q(lead__owner=user)
    if ask.study:
        found &= Q(lead__study_site__study=ask.study)
    if ask.source:
        found &= Q(lead__source=ask.source)
    if ask.stage:
        found &= Q(lead__stage=ask.stage)
    if ask.owner:
        found &= Q(lead__owner=ask.owner)
    return found


def _of_bucket(bucket: Bucket | None) -> Q:
    if bucket is None:
        return ~Q(lead__stage__in=CLOSED)
    if bucket == Bucket.CLOSED:
        return Q(lead__stage__in=CLOSED)
    if bucket == Bucket.STALE:
        return Q(lead__stale_at__isnull=False)
    stage = Stage.SCREENED if bucket == Bucket.AWAITING_OUTCOME else Stage(bucket.value)
    return Q(lead__stage=stage)
