"""Which leads a list of the queue holds, as conditions on columns of Lead.

What an address asks for by choice shapes a condition; keys and moments are values, so that a
condition is turned into SQL once (`trialsnest.lib.prepared`) for everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from recruitment.models import Blocker, Lead
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.queries.queue_checks import failing
from recruitment.queries.queue_filters import in_bucket, listed, waits_elsewhere
from recruitment.rules.stages import CLOSED, OPEN, Bucket
from trialsnest.lib.prepared import prepared

ON_A_LIST = Q(is_held=True, is_promised=False)  # what was promised is kept all the same


@dataclass(frozen=True)
class Lists:
    """Conditions over `values`: `me` and `places` (keys), `now` (UTC), for a study `chosen` (keys
    of its studies at sites), `source` and `owner` (keys), and for what was left lying `before_0`
    and `left_0` (a moment, and the studies at sites for which it counts), `before_1` and so on.

    `name` is what the names of `chosen`, `source` and `owner` begin with, where several lists are
    asked for at once.
    """

    values: Mapping[str, Any]
    name: str = ""

    def of_list(self, ask: Ask) -> Q:
        """What the list holds."""
        leads = self.filtered(ask) & self._of_tab(ask.tab)
        now: datetime = self.values["now"]
        if ask.bucket == Bucket.CLOSED:
            return leads & Q(stage__in=CLOSED)
        if ask.bucket is not None:
            return leads & in_bucket(ask.bucket, now)
        return leads & listed(now, whole=ask.check is not None or ask.tab == Tab.UNOWNED)

    def filtered(self, ask: Ask) -> Q:
        """What the filters ask for, in every tab and bucket."""
        leads = Q()
        if ask.study:
            leads &= Q(study_site__in=self.own("chosen"))
        if ask.source:
            leads &= Q(source=self.own("source"))
        if ask.stage:
            leads &= Q(stage=ask.stage)
        if ask.owner:
            leads &= Q(owner=self.own("owner"))
        if ask.blocker:
            open_ones = Blocker.objects.filter(lead=OuterRef("pk"), resolved_at__isnull=True)
            leads &= Q(Exists(open_ones.filter(category=ask.blocker)))
        if ask.check is not None:
            leads &= failing(ask.check, late=self._late())
        return leads

    def _of_tab(self, tab: Tab) -> Q:
        if tab == Tab.UNOWNED:  # what stands on lists, not released, is counted apart (D28)
            return Q(owner__isnull=True) & ~(ON_A_LIST & Q(stage__in=OPEN))
        if tab == Tab.TEAM:
            return Q()
        own = Q(owner=self.values["me"])
        return own & waits_elsewhere(self.values["now"]) if tab == Tab.WAITING else own

    def own(self, name: str) -> Any:
        """The value that the list has of this name."""
        return self.values[f"{self.name}{name}"]

    def _late(self) -> list[tuple[datetime, Any]]:
        found, at = [], 0
        while f"before_{at}" in self.values:
            found.append((self.values[f"before_{at}"], self.values[f"left_{at}"]))
            at += 1
        return found


def shape_of(ask: Ask) -> Ask:
    """What of `ask` shapes a statement: which keys it has, and not which these are."""
    study, source, owner = (int(bool(key)) for key in (ask.study, ask.source, ask.owner))
    return replace(ask, study=study, source=source, owner=owner, page=1, after="", before="")


@prepared
def leads_of(ask: Ask, **values: Any) -> QuerySet[Lead]:
    """The leads of a list, in no order."""
    return Lead.objects.filter(Lists(values).of_list(ask))


@prepared
def filtered(ask: Ask, **values: Any) -> QuerySet[Lead]:
    """The leads that the filters of `ask` leave, of every tab and bucket."""
    return Lead.objects.filter(Lists(values).filtered(ask))


@prepared
def listed_now(whole: bool, *, now: datetime) -> QuerySet[Lead]:
    """The leads that a list without a bucket shows."""
    return Lead.objects.filter(listed(now, whole=whole))


@prepared
def waiting(*, now: datetime) -> QuerySet[Lead]:
    """The leads that wait on somebody else."""
    return Lead.objects.filter(waits_elsewhere(now))
