"""What is due soon, what is overdue, and what somebody further up was asked (E1, E3).

Read from the stored due times, so right without any job. Clocks of asks have no lead; they stand
with the sponsor's asks and not here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from accounts.models import User
from recruitment.models import (
    Blocker,
    Clock,
    Escalation,
    Lead,
    NextAction,
)
from recruitment.models.clock_lists import due_soon, overdue
from recruitment.rules.recovery_codes import EscalationLevel, EscalationState
from recruitment.rules.targets import TargetKey

SHOWN = 200  # at most, of a list
RELATED = ("lead__study_site__study", "lead__study_site__site", "lead__person", "lead__owner")


@dataclass(frozen=True)
class ClockRow:
    """A running clock with what its lead waits on now. `zone` is the site's."""

    clock: Clock
    action: NextAction | None
    blocker: Blocker | None

    @property
    def lead(self) -> Lead:
        """The lead; the lists hold no clock without one."""
        lead: Lead = self.clock.lead
        return lead

    @property
    def zone(self) -> str:
        """The site's time zone."""
        return str(self.lead.study_site.site.time_zone)

    @property
    def waits_on(self) -> str:
        """What the lead waits on: its oldest open blocker, else whose turn it is (D23)."""
        if self.blocker is not None:
            return str(self.blocker.get_category_display())
        return str(self.lead.get_waiting_on_display())


@dataclass(frozen=True)
class Group:
    """The overdue clocks of one target: how many there are in all, and the first of them."""

    target: TargetKey
    count: int
    rows: Sequence[ClockRow]


@dataclass(frozen=True)
class Counts:
    """How much stands in each list. Exact, whatever is shown of it."""

    soon: int
    overdue: int
    by_level: Mapping[EscalationLevel, int]


class Escalations:
    """The lists of one reader at one moment (UTC). Each list takes three statements."""

    def __init__(self, user: User, now: datetime) -> None:
        self.user, self.now = user, now

    def soon(self) -> QuerySet[Clock]:
        """Her own leads' clocks of which three quarters are gone (L0)."""
        return due_soon(self.user, now=self.now)

    def overdue(self) -> QuerySet[Clock]:
        """Overdue clocks, hers and of the sites that she leads (L1)."""
        return overdue(self.user, now=self.now)

    def raised(self, level: EscalationLevel | None = None) -> QuerySet[Escalation]:
        """Open escalations of the leads that she may see, the first due first."""
        rows: QuerySet[Escalation] = Escalation.objects.filter(
            state=EscalationState.OPEN, lead__in=Lead.objects.visible_to(self.user)
        )
        if level is not None:
            rows = rows.filter(level=level)
        return rows.select_related(*RELATED, "owner", "raised_by").order_by("due_at", "pk")

    def counts(self) -> Counts:
        """How much is in each list. Three statements."""
        found = self.raised().order_by().values_list("level").annotate(n=Count("pk"))
        by_level = dict.fromkeys(EscalationLevel, 0)
        by_level |= {EscalationLevel(level): n for level, n in found}
        return Counts(self.soon().count(), self.overdue().count(), by_level)

    def soon_rows(self) -> list[ClockRow]:
        """The first of what is due soon."""
        return _rows(self.soon())

    def overdue_groups(self, only: TargetKey | None = None) -> list[Group]:
        """What is overdue by target, in the order of the targets; the longest overdue first."""
        clocks = self.overdue()
        counts = dict(clocks.order_by().values_list("target").annotate(n=Count("pk")))
        rows = _rows(clocks.filter(target=only) if only else clocks)
        return [
            Group(key, counts[key], [row for row in rows if row.clock.target == key])
            for key in TargetKey
            if key in counts and (only is None or key == only)
        ]


def _rows(clocks: QuerySet[Clock]) -> list[ClockRow]:
    """The first of these clocks with what their leads wait on. Three statements."""
    found = list(clocks.select_related(*RELATED).order_by("due_at", "pk")[:SHOWN])
    leads = {clock.lead_id for clock in found}
    actions = {
        row.lead_id: row for row in NextAction.objects.filter(lead__in=leads, ended_at__isnull=True)
    }
    blockers = oldest_blockers(leads)
    return [
        ClockRow(clock, actions.get(clock.lead_id or 0), blockers.get(clock.lead_id or 0))
        for clock in found
    ]


def oldest_blockers(leads: Iterable[int | None]) -> Mapping[int, Blocker]:
    """The oldest open blocker of each lead: whom the lead waits on (D23). One statement."""
    rows = Blocker.objects.filter(lead__in=list(leads), resolved_at__isnull=True)
    found: dict[int, Blocker] = {}
    for row in rows.order_by("opened_at", "pk"):
        found.setdefault(row.lead_id, row)
    return found


def open_of(lead: Lead) -> list[Escalation]:
    """The open escalations of one lead, the first due first. One statement."""
    rows = Escalation.objects.filter(lead=lead, state=EscalationState.OPEN)
    return list(rows.select_related("owner", "raised_by"))
