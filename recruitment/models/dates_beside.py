"""The dates that a lead keeps beside its next action (D18), read from the rows that hold them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from recruitment.models.blockers import Blocker
from recruitment.models.handoffs import Handoff
from recruitment.models.log import LeadEvent
from recruitment.models.records import RecordsItem
from recruitment.models.visits import Visit
from recruitment.rules.events import EventKind
from recruitment.rules.vocabulary import RecordsState
from recruitment.rules.work_codes import HandoffState


def dates_beside() -> Mapping[str, QuerySet[Any]]:
    """The column of each date, and the standing rows in which it counts."""
    return {
        "review_by": Blocker.objects.filter(resolved_at__isnull=True),
        "chase_at": RecordsItem.objects.filter(state=RecordsState.REQUESTED),
        "confirm_by": Visit.objects.filter(result="", confirmed_at__isnull=True),
        "accept_by": Handoff.objects.filter(state=HandoffState.OFFERED),
    }


def offers() -> QuerySet[LeadEvent]:
    """The entries that say visit dates were offered, without those that were voided."""
    return LeadEvent.objects.filter(kind=EventKind.VISIT_OFFERED, voided_by__isnull=True)
