"""The daily queue: exact bucket counts, and one page of leads in the order of the lanes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from accounts.models import User
from recruitment.models import Blocker, Lead, RecordsItem, StudyBlocker, StudySite
from recruitment.models.access import StudySiteUserPermission
from recruitment.models.clock_lists import response_due
from recruitment.models.halts import standing_halts
from recruitment.queries.queue_ask import Ask, BucketCount, Counts, QueuePage, Tab
from recruitment.queries.queue_filters import active, in_bucket, is_stale, waits_elsewhere
from recruitment.queries.queue_order import (
    Days,
    Zones,
    in_queue_order,
    parked_leads,
    with_action,
    with_dates,
)
from recruitment.queries.queue_rows import QueueRow, row_of
from recruitment.rules.lanes import contact_times, day_of
from recruitment.rules.stages import CLOSED, OPEN, Bucket, Stage, bucket_of

PAGE = 50  # rows shown at a time


@dataclass(frozen=True)
class Queue:
    """The leads of `study_sites` as `user` reads them at `now` (UTC)."""

    user: User
    study_sites: Sequence[StudySite]
    now: datetime

    def counts(self, ask: Ask) -> Counts:
        """Exact counts of every bucket and tab under the filters of `ask`. One statement."""
        groups = (
            with_action(self._filtered(ask))
            .annotate(
                is_stale=is_stale(self.now),
                whose=Case(
                    When(owner__isnull=True, then=Value(Tab.UNOWNED)),
                    When(owner=self.user, then=Value(Tab.MINE)),
                    default=Value(""),
                    output_field=CharField(),
                ),
                waits=_holds(waits_elsewhere(self.now)),
            )
            .values("stage", "is_stale", "whose", "waits")
            .annotate(
                n=Count("pk"),
                listed=Count("pk", filter=active(self.now)),
                overdue=Count("pk", filter=Q(due__lte=self.now) & ~self._parked()),
                today=Count("pk", filter=self._later_today() & ~self._parked()),
                held=Count("pk", filter=Q(is_held=True, stage__in=OPEN)),
            )
            .order_by()
        )
        return self._sum(groups)

    def page(self, ask: Ask, total: int) -> QueuePage:
        """The rows of one page; `total` comes from `counts`. Five statements."""
        leads = self.listed(ask)
        first = (min(ask.page, max(1, -(-total // PAGE))) - 1) * PAGE
        found = list(leads[first : first + PAGE])
        keys = [lead.pk for lead in found]
        blockers: dict[int, list[Blocker]] = {}
        for blocker in Blocker.objects.filter(lead__in=keys, resolved_at__isnull=True):
            blockers.setdefault(blocker.lead_id, []).append(blocker)
        records: dict[int, list[str]] = {}
        for key, state in RecordsItem.objects.filter(lead__in=keys).values_list("lead", "state"):
            records.setdefault(key, []).append(state)
        days, works_on = self.days(), self.may("work_leads")
        rows = [
            row_of(
                lead,
                day=days[lead.study_site_id],
                user=self.user,
                blockers=blockers.get(lead.pk, []),
                records=records.get(lead.pk, []),
                works_on=works_on,
                halted=self.halted,
            )
            for lead in found
        ]
        return QueuePage(rows, total, first)

    def row(self, lead: Lead) -> QueueRow:
        """The row of one lead as it is now. Four statements."""
        only = with_dates(with_action(Lead.objects.filter(pk=lead.pk)))
        found = _with_row_values(only, self.now).get()
        return row_of(
            found,
            day=self.days()[lead.study_site_id],
            user=self.user,
            blockers=list(Blocker.objects.filter(lead=lead, resolved_at__isnull=True)),
            records=list(RecordsItem.objects.filter(lead=lead).values_list("state", flat=True)),
            works_on=self.may("work_leads"),
            halted=self.halted,
        )

    def days(self) -> Days:
        """Today at every study's site."""
        by_zone = {
            zone: day_of(self.now, zone)
            for zone in {study_site.site.time_zone for study_site in self.study_sites}
        }
        return {
            study_site.pk: by_zone[study_site.site.time_zone] for study_site in self.study_sites
        }

    def ordered(self, leads: QuerySet[Lead]) -> QuerySet[Lead]:
        """Open `leads` of this queue in the order of the lanes. One statement, for the zones."""
        zones: Zones = {
            zone: contact_times(self.now, zone)
            for zone in leads.order_by().values_list("person__time_zone", flat=True).distinct()
        }
        dated = with_dates(with_action(leads))
        if not zones:
            return dated.none()
        days = self.days()
        return in_queue_order(dated, now=self.now, days=days, zones=zones, halted=self.halted)

    @cached_property
    def rights(self) -> frozenset[tuple[str, int]]:
        """What the user may do (a codename) at which study at a site. One statement, once."""
        held = StudySiteUserPermission.objects.filter(user=self.user)
        return frozenset(held.values_list("permission__codename", "content_object_id"))

    @cached_property
    def halts(self) -> list[StudyBlocker]:
        """The halts that stand here (D32). One statement, none where it is known that none does."""
        halted = [row.pk for row in self.study_sites if getattr(row, "is_halted", True)]
        return standing_halts(halted) if halted else []

    @property
    def halted(self) -> frozenset[int]:
        """The studies at sites (keys) that are halted."""
        return frozenset(halt.study_site_id for halt in self.halts)

    def may(self, perm: str) -> frozenset[int]:
        """Where the user holds `perm`."""
        return frozenset(key for held, key in self.rights if held == perm)

    def listed(self, ask: Ask) -> QuerySet[Lead]:
        """The leads of the list in its order, whole. One statement, for the zones."""
        leads = self._of_tab(self._filtered(ask), ask.tab)
        if ask.bucket == Bucket.CLOSED:
            closed = with_dates(with_action(leads.filter(stage__in=CLOSED)))
            return _with_row_values(closed, self.now).order_by("-stage_entered_at", "-pk")
        if ask.bucket is not None:
            leads = leads.filter(in_bucket(ask.bucket, self.now))
        elif ask.tab == Tab.UNOWNED:
            leads = leads.filter(stage__in=OPEN)
        else:
            keys = with_action(leads).filter(active(self.now)).values("pk")
            leads = leads.filter(pk__in=keys)
        return _with_row_values(self.ordered(leads), self.now)

    def _of_tab(self, leads: QuerySet[Lead], tab: Tab) -> QuerySet[Lead]:
        if tab == Tab.UNOWNED:
            return leads.filter(owner__isnull=True)
        if tab == Tab.TEAM:
            return leads
        own = leads.filter(owner=self.user)
        if tab == Tab.WAITING:
            waiting = with_action(own).filter(waits_elsewhere(self.now))
            return own.filter(pk__in=waiting.values("pk"))
        return own

    def _filtered(self, ask: Ask) -> QuerySet[Lead]:
        leads = Lead.objects.filter(study_site__in=[row.pk for row in self.study_sites])
        if ask.study:
            leads = leads.filter(study_site__study=ask.study)
        if ask.source:
            leads = leads.filter(source=ask.source)
        if ask.stage:
            leads = leads.filter(stage=ask.stage)
        if ask.owner:
            leads = leads.filter(owner=ask.owner)
        if ask.blocker:
            open_ones = Blocker.objects.filter(lead=OuterRef("pk"), resolved_at__isnull=True)
            leads = leads.filter(Exists(open_ones.filter(category=ask.blocker)))
        return leads

    def _parked(self) -> Q:
        """What nobody works on now is neither past due nor due today."""
        return parked_leads(self.halted)

    def _later_today(self) -> Q:
        later = Q(pk__in=[])
        for key, day in self.days().items():
            later |= Q(study_site=key, due__gt=self.now, due__lt=day.ends_at)
        return later

    def _sum(self, groups: Iterable[Mapping[str, Any]]) -> Counts:
        tiles = {
            tab: {bucket: BucketCount(bucket.value, bucket.label) for bucket in Bucket}
            for tab in Tab
        }
        tabs = dict.fromkeys(Tab, 0)
        held = stale = 0
        for group in groups:
            held += group["held"]
            stale += group["n"] if group["is_stale"] else 0
            stage, stale_at = Stage(group["stage"]), self.now if group["is_stale"] else None
            bucket = bucket_of(stage, stale_at=stale_at, at=self.now)
            whose = Tab(group["whose"] or Tab.TEAM)
            waiting = {Tab.WAITING} if group["waits"] and whose == Tab.MINE else set()
            for tab in {Tab.TEAM, whose} | waiting:
                is_tray = tab == Tab.UNOWNED and stage not in CLOSED
                tabs[tab] += group["n"] if is_tray else group["listed"]
                known = tiles[tab][bucket]
                tiles[tab][bucket] = replace(
                    known,
                    count=known.count + group["n"],
                    overdue=known.overdue + group["overdue"],
                    today=known.today + group["today"],
                )
        return Counts(tiles, tabs, held, stale)


def _holds(condition: Q) -> Combinable:
    """A condition as a value; false also where it cannot be told."""
    return Case(When(condition, then=Value(True)), default=Value(False))


def _with_row_values(leads: QuerySet[Lead], now: datetime) -> QuerySet[Lead]:
    """Everything a row shows, in the same statement."""
    return leads.select_related(
        "person", "study_site__study", "source", "owner", "last_action_event", "last_movement_event"
    ).annotate(
        action_type=F("action__type"),
        action_detail=F("action__detail"),
        action_promised=F("action__is_promised"),
        response_due=response_due(now),
    )
