"""How often each target was met in a week, and the week's misses by what they share (CK4, E4).

A clock belongs to the week of its site in which it was due, however it ended: so each counts in
one week only, and the misses of a week are part of its rate. Clocks that a halted study ended
without a due time belong to none. Owner, blocker and next action are the lead's of now.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from recruitment.models import Blocker, Clock, NextAction, StudySite
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.stages import CLOSED
from recruitment.rules.target_rates import Kept, MetRate, kept, rate_of
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, BlockerCategory
from trialsnest.lib.weeks import Week

Named = tuple[int, str]
"""What misses share, by its key and its name: two people may have one name. 0 needs no key."""

UNOWNED, NONE, CLOSED_LEAD = (0, "Unowned"), (0, "None"), (0, "Closed lead")


class By(Enum):
    """What misses are grouped by (E4). The value stands in addresses."""

    TARGET = "target"
    SOURCE = "source"
    STUDY = "study"
    SITE = "site"
    OWNER = "owner"
    BLOCKER = "blocker"
    ACTION = "action"


LABELS: Mapping[By, str] = {
    By.TARGET: "Target",
    By.SOURCE: "Source",
    By.STUDY: "Study",
    By.SITE: "Site",
    By.OWNER: "Owner",
    By.BLOCKER: "Open blocker",
    By.ACTION: "Next action",
}


@dataclass(frozen=True)
class Miss:
    """One clock that was not done in time, and what it can be grouped by."""

    kept: Kept
    groups: Mapping[By, Named]


@dataclass(frozen=True)
class MissRow:
    """How many misses share one thing, and how they ended."""

    name: str
    late: int
    missed: int
    overdue: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.late + self.missed + self.overdue


@dataclass(frozen=True)
class WeekKept:
    """A week of the sites in view: the rate of each target that had something due, and misses."""

    rates: Mapping[TargetKey, MetRate]
    misses: Sequence[Miss]

    @property
    def rate(self) -> MetRate:
        """Over all targets."""
        return MetRate(
            *(sum(getattr(rate, each.value) for rate in self.rates.values()) for each in Kept)
        )

    def by(self, by: By) -> list[MissRow]:
        """The misses grouped, most first."""
        found: dict[Named, Counter[Kept]] = defaultdict(Counter)
        for miss in self.misses:
            found[miss.groups[by]][miss.kept] += 1
        rows = [
            MissRow(name, n[Kept.MET_LATE], n[Kept.MISSED], n[Kept.OVERDUE])
            for (_, name), n in found.items()
        ]
        return sorted(rows, key=lambda row: (-row.total, row.name))


def week_kept(study_sites: Sequence[StudySite], *, week: str, now: datetime) -> WeekKept:
    """What was due in the ISO week `week` of each site's zone, as it stands at `now` (UTC).

    One statement. Raises ValueError, with a sentence, for a week that there is not.
    """
    clocks = Clock.objects.filter(_due_in(study_sites, week)).exclude(
        outcome=ClockOutcome.NOT_APPLICABLE
    )
    counted: dict[TargetKey, list[Kept | None]] = defaultdict(list)
    misses = []
    for values in _with_groups(clocks).values(*COLUMNS).order_by("pk"):
        how = kept(values["outcome"], values["due_at"], now=now)
        counted[TargetKey(values["target"])].append(how)
        if how not in {None, Kept.MET}:
            misses.append(Miss(how or Kept.OVERDUE, _groups(values)))
    rates = {key: rate_of(counted[key]) for key in TargetKey if key in counted}
    return WeekKept({key: rate for key, rate in rates.items() if rate.base}, misses)


def _due_in(study_sites: Iterable[StudySite], week: str) -> Q:
    """Due in the week from Monday to Monday, on each site's own clock."""
    wanted = Q(pk__in=[])
    zones: dict[str, list[int]] = defaultdict(list)
    for study_site in study_sites:
        zones[study_site.site.time_zone].append(study_site.pk)
    for zone, keys in zones.items():
        there = Week.labelled(week, zone)
        wanted |= Q(study_site__in=keys, due_at__gte=there.start, due_at__lt=there.end)
    return wanted


COLUMNS = (
    "target",
    "outcome",
    "due_at",
    "lead__stage",
    "lead__source",
    "lead__source__name",
    "lead__owner",
    "lead__owner__name",
    "study_site__study__code",
    "study_site__site__name",
    "blocker",
    "action",
)


def _with_groups(clocks: QuerySet[Clock]) -> QuerySet[Clock]:
    blockers = Blocker.objects.filter(lead=OuterRef("lead"), resolved_at__isnull=True)
    actions = NextAction.objects.filter(lead=OuterRef("lead"), ended_at__isnull=True)
    return clocks.annotate(
        blocker=Subquery(blockers.order_by("opened_at", "pk").values("category")[:1]),
        action=Subquery(actions.values("type")[:1]),
    )


def _groups(values: Mapping[str, Any]) -> Mapping[By, Named]:
    none = CLOSED_LEAD if values["lead__stage"] in CLOSED else NONE
    study, source = values["study_site__study__code"], values["lead__source"]
    blocker, action, owner = values["blocker"], values["action"], values["lead__owner"]
    return {
        By.TARGET: (0, str(TargetKey(values["target"]).label)),
        By.SOURCE: (source, f"{values['lead__source__name']}, {study}") if source else NONE,
        By.STUDY: (0, study),
        By.SITE: (0, values["study_site__site__name"]),
        By.OWNER: (owner, values["lead__owner__name"]) if owner else UNOWNED,
        By.BLOCKER: (0, str(BlockerCategory(blocker).label)) if blocker else none,
        By.ACTION: (0, str(ActionType(action).label)) if action else none,
    }
