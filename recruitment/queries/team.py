"""Who works at the sites that a site lead leads: workload, leave, and her leads (O6)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from accounts.models import User
from recruitment.models import (
    Alert,
    Handoff,
    Lead,
    Leave,
    LeaveCover,
    NextAction,
    StudyBlocker,
    StudySite,
)
from recruitment.models.access import StudySiteUserPermission
from recruitment.models.halts import PAUSED
from recruitment.queries.queue_filters import is_stale
from recruitment.rules.stages import OPEN, Bucket, Stage, bucket_of
from recruitment.rules.work_codes import HandoffState
from trialsnest.lib.zones import local_time, start_of

WEEK = timedelta(days=7)
OPEN_BUCKETS = tuple(bucket for bucket in Bucket if bucket != Bucket.CLOSED)


@dataclass
class Load:
    """What one person has in hand at these sites. Never shown to a sponsor (O6)."""

    user: User | None
    buckets: Counter[Bucket] = field(default_factory=Counter)
    overdue: int = 0
    visits: int = 0
    handoffs: int = 0
    oldest_at: datetime | None = None  # when the oldest of the leads came in
    leave: Leave | None = None

    @property
    def open(self) -> int:
        """Open leads in all."""
        return self.buckets.total()


def workload(study_sites: Sequence[StudySite], *, now: datetime) -> list[Load]:
    """One load per person who works there, by name, and last the Unowned tray (user None).

    Of leads without an owner those on lists that are not released are no work yet (D28).

    Open leads by bucket, next actions past due that somebody may work on now, visits booked for
    this week of the site's calendar, hand-offs offered to her and not answered. Six statements.
    `now` is UTC.
    """
    people = colleagues(study_sites)
    loads: dict[int | None, Load] = {user.pk: Load(user) for user in people}
    loads[None] = Load(None)
    leads = Lead.objects.filter(study_site__in=study_sites, stage__in=OPEN)
    _count_leads(loads, leads.exclude(owner=None, is_held=True, is_promised=False), now=now)
    for owner, n in _count(leads.filter(_this_week(study_sites, now)), "owner"):
        _of(loads, owner).visits = n
    late = NextAction.objects.filter(lead__in=leads, ended_at__isnull=True, due_at__lte=now)
    halted = StudyBlocker.objects.filter(category=PAUSED, resolved_at__isnull=True)
    late = late.exclude(lead__is_held=True).exclude(
        lead__study_site__in=halted.values("study_site"), lead__visit_at__isnull=True
    )
    for owner, n in _count(late, "lead__owner"):
        _of(loads, owner).overdue = n
    offered = Handoff.objects.filter(lead__in=leads, state=HandoffState.OFFERED)
    for receiver, n in _count(offered, "receiver"):
        _of(loads, receiver).handoffs = n
    for leave in standing_leaves(people, now=now):
        load = loads[leave.user_id]
        load.leave = load.leave or leave
    unknown = [key for key in loads if key is not None and loads[key].user is None]
    for user in User.objects.filter(pk__in=unknown):
        loads[user.pk].user = user
    return [*(load for key, load in loads.items() if key is not None), loads[None]]


def _of(loads: dict[int | None, Load], key: int | None) -> Load:
    """The load of a person; also of one who owns leads and works there no more."""
    return loads.setdefault(key, Load(None))


def _count(
    rows: QuerySet[Lead] | QuerySet[NextAction] | QuerySet[Handoff], by: str
) -> list[tuple[int | None, int]]:
    return list(rows.order_by().values_list(by).annotate(n=Count("pk")))


def _count_leads(loads: dict[int | None, Load], leads: QuerySet[Lead], *, now: datetime) -> None:
    """Counted by the database: a site may have tens of thousands of open leads."""
    groups = leads.order_by().annotate(is_stale=is_stale(now))
    for owner, stage, stale, n, oldest_at in groups.values_list(
        "owner", "stage", "is_stale"
    ).annotate(n=Count("pk"), oldest=Min("received_at")):
        load = _of(loads, owner)
        load.buckets[bucket_of(Stage(stage), stale_at=now if stale else None, at=now)] += n
        load.oldest_at = min(load.oldest_at or oldest_at, oldest_at)


def _this_week(study_sites: Iterable[StudySite], now: datetime) -> Q:
    """Visits of the week from Monday, on each site's clock."""
    wanted = Q(pk__in=[])
    zones: dict[str, list[int]] = defaultdict(list)
    for study_site in study_sites:
        zones[study_site.site.time_zone].append(study_site.pk)
    for zone, keys in zones.items():
        today = local_time(now, zone).date()
        monday = today - timedelta(days=today.weekday())
        week = (start_of(monday, zone), start_of(monday + WEEK, zone))
        wanted |= Q(study_site__in=keys, visit_at__gte=week[0], visit_at__lt=week[1])
    return wanted


def colleagues(study_sites: Iterable[StudySite]) -> list[User]:
    """Active people who work leads at one of these, by name. One statement."""
    held = StudySiteUserPermission.objects.filter(
        content_object__in=[row.pk for row in study_sites], permission__codename="work_leads"
    )
    people = User.objects.filter(pk__in=held.values("user"), is_active=True)
    return list(people.order_by("name", "pk"))


def colleagues_by_place(study_sites: Sequence[StudySite]) -> Mapping[int, list[User]]:
    """Active people who work leads, by the key of the study at a site. One statement."""
    held = (
        StudySiteUserPermission.objects.filter(
            content_object__in=[row.pk for row in study_sites],
            permission__codename="work_leads",
            user__is_active=True,
        )
        .select_related("user")
        .order_by("user__name", "user")
    )
    found: dict[int, list[User]] = defaultdict(list)
    for row in held:
        found[row.content_object_id].append(row.user)
    return found


def standing_leaves(
    people: Iterable[User], *, now: datetime, places: Sequence[StudySite] | None = None
) -> list[Leave]:
    """Leaves of now and to come, the next first, with who covers. Two statements.

    With `places` covers of these alone are read, for somebody who may know of no others.
    """
    rows = Leave.objects.filter(user__in=people, ended_at__isnull=True, ends_at__gt=now)
    covers = LeaveCover.objects.select_related("cover", "study_site__study", "study_site__site")
    if places is not None:
        covers = covers.filter(study_site__in=places)
    ordered = rows.select_related("user").order_by("starts_at")
    return list(ordered.prefetch_related(Prefetch("covers", queryset=covers)))


def open_leads_of(user: User, study_sites: Sequence[StudySite]) -> list[Lead]:
    """Her open leads there, oldest first, with what a row shows. One statement."""
    leads = Lead.objects.filter(owner=user, study_site__in=study_sites, stage__in=OPEN)
    return list(
        leads.select_related("person", "study_site__study", "study_site__site").order_by(
            "received_at", "pk"
        )
    )


def open_leads_by_place(user: User) -> Mapping[int, int]:
    """How many open leads she owns, by the key of the study at a site. One statement."""
    owned = Lead.objects.filter(owner=user, stage__in=OPEN)
    return dict(owned.order_by().values_list("study_site").annotate(n=Count("pk")))


def open_alerts(study_sites: Iterable[int]) -> list[Alert]:
    """Alerts that no site lead has seen, newest first. One statement."""
    rows = Alert.objects.filter(study_site__in=list(study_sites), seen_at__isnull=True)
    return list(rows.select_related("study_site__study", "study_site__site", "about"))
