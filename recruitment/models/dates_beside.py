"""The dates that a lead keeps beside its next action (D18), read from the rows that hold them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Exists, F, Min, OuterRef, QuerySet, Subquery

from recruitment.models.blockers import Blocker
from recruitment.models.handoffs import Handoff
from recruitment.models.log import LeadEvent
from recruitment.models.records import RecordsItem
from recruitment.models.visits import Visit
from recruitment.rules.events import EventKind
from recruitment.rules.vocabulary import RecordsState
from recruitment.rules.work_codes import HandoffState


def dates_beside(lead: OuterRef | int) -> Mapping[str, Subquery]:
    """The earliest of each kind of date of `lead` (a key, or one of the query around), or null."""
    rows: Mapping[str, QuerySet[Any]] = {
        "review_by": Blocker.objects.filter(resolved_at__isnull=True),
        "chase_at": RecordsItem.objects.filter(state=RecordsState.REQUESTED),
        "confirm_by": Visit.objects.filter(result="", confirmed_at__isnull=True),
        "accept_by": Handoff.objects.filter(state=HandoffState.OFFERED),
    }
    return {name: _earliest(of_kind.filter(lead=lead), name) for name, of_kind in rows.items()}


def dates_offered_since(lead: OuterRef | int, since: F | datetime) -> Exists:
    """Whether visit dates were offered to `lead` from `since` on, without voided entries."""
    offers = LeadEvent.objects.filter(kind=EventKind.VISIT_OFFERED, voided_by__isnull=True)
    return Exists(offers.filter(lead=lead, occurred_at__gte=since))


def _earliest(rows: QuerySet[Any], name: str) -> Subquery:
    own = rows.order_by().values("lead").annotate(first=Min(name))
    return Subquery(own.values("first"), output_field=DateTimeField())
