"""What colleagues and jobs changed since a page of the queue was made."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from recruitment.models import Lead, LeadEvent
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import Ask
from recruitment.rules.events import NOTICES

LONGEST = timedelta(hours=12)  # a page older than a session is not told of, it is loaded again


def changed_by_others(read: Queue, ask: Ask, *, since: datetime, shown: Sequence[str]) -> int:
    """How many leads others changed after `since` (UTC) that are shown, or stand in the list now.

    One statement, over the log by place and time of recording; `shown` are the numbers on the page.
    """
    events = LeadEvent.objects.filter(
        study_site__in=[row.pk for row in read.study_sites],
        recorded_at__gt=max(since, read.now - LONGEST),
    )
    events = events.exclude(actor=read.user).exclude(kind__in=NOTICES)
    # Asked of each lead that changed: these are few, while the list may be long.
    in_list = Exists(Lead.objects.filter(read.of_list(ask), pk=OuterRef("lead")))
    events = events.filter(Q(lead__number__in=list(shown)) | Q(in_list))
    return events.order_by().values("lead").distinct().count()
