"""Which leads a part of the queue shows, as conditions in SQL."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.expressions import Combinable

from accounts.models import User
from recruitment.models import Lead, Source, StudySite
from recruitment.rules.stages import CLOSED, OPEN, Bucket, Stage
from recruitment.rules.vocabulary import Party


def sources_of(study_sites: Sequence[StudySite]) -> list[Source]:
    """The sources of these studies, for a filter. One statement."""
    found = Source.objects.filter(study__in={row.study_id for row in study_sites})
    return list(found.select_related("study").order_by("name"))


def owners_of(study_sites: Sequence[StudySite]) -> list[User]:
    """Who owns leads of these studies at their sites, for a filter. One statement."""
    leads = Lead.objects.filter(study_site__in=[row.pk for row in study_sites])
    return list(User.objects.filter(pk__in=leads.values("owner")).order_by("name", "pk"))


def is_stale(now: datetime) -> Combinable:
    """Whether the stored deadline has passed at `now` (6.1)."""
    return ExpressionWrapper(
        Q(stale_at__isnull=False, stale_at__lte=now), output_field=BooleanField()
    )


def active(now: datetime) -> Q:
    """What the list shows before a bucket is chosen.

    Open leads that are not in Stale, and of those that are: the ones nobody has acted on (D15:
    every open lead without a first action) and the ones promised a call (nothing promised is
    forgotten). All other recovery work has its own place (RQ1).
    """
    stale = Q(stage=Stage.NO_RESPONSE) | Q(stale_at__isnull=False, stale_at__lte=now)
    kept = Q(first_action_at__isnull=True) | Q(is_promised=True)
    return ~Q(stage__in=CLOSED) & (~stale | kept)


def listed(now: datetime, *, whole: bool) -> Q:
    """What the list shows: the active leads, or the `whole` of the open ones."""
    return Q(stage__in=OPEN) if whole else active(now)


def in_bucket(bucket: Bucket, now: datetime) -> Q:
    """The leads of an open bucket at `now`, as they are counted."""
    stale = Q(stage=Stage.NO_RESPONSE) | Q(stale_at__isnull=False, stale_at__lte=now)
    if bucket == Bucket.STALE:
        return stale & ~Q(stage__in=CLOSED)
    stage = Stage.SCREENED if bucket == Bucket.AWAITING_OUTCOME else Stage(bucket.value)
    return Q(stage=stage) & ~stale


def waits_elsewhere(now: datetime) -> Q:
    """Leads that wait on somebody else, and owe nothing yet (D16)."""
    return ~Q(waiting_on__in=[Party.COORDINATOR, ""]) & Q(due_at__gt=now)
