"""Reads what the rows of the queue are made of: one statement for a page, as tuples."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery

from recruitment.models import Blocker, Lead, RecordsItem
from recruitment.models.clock_lists import response_due
from recruitment.queries.queue_order import with_action, with_dates
from recruitment.queries.queue_rows import RowValues
from trialsnest.lib.prepared import prepared

COLUMNS = (
    *("id", "number", "study_site_id", "person__first_name", "person__last_name"),
    *("person__time_zone", "source__name", "stage", "received_at", "first_action_at"),
    *("last_action_at", "last_movement_at", "prescreen", "owner_id", "owner__name", "waiting_on"),
    *("visit_at", "visit_confirmed", "stale_at", "is_held", "version", "next_type", "due_at"),
    *("is_promised", "dates_offered"),
    *(f"last_action_event__{name}" for name in ("kind", "code", "reason_code", "to_stage")),
    *(f"last_movement_event__{name}" for name in ("kind", "code", "reason_code", "to_stage")),
    *("action__detail", "review_by", "chase_at", "confirm_by", "accept_by", "oldest_blocker"),
    *("records_states", "response_due"),
)
"""In the order of `RowValues`."""


def row_values_of(keys: Collection[int], *, now: datetime) -> dict[int, RowValues]:
    """By key what the rows of these leads show at `now` (UTC). One statement."""
    return {row[0]: RowValues._make(row) for row in _rows(keys=list(keys), now=now)}


@prepared
def _rows(*, keys: Collection[int], now: datetime) -> QuerySet[Lead, tuple[Any, ...]]:
    blockers = Blocker.objects.filter(lead=OuterRef("pk"), resolved_at__isnull=True)
    records = RecordsItem.objects.filter(lead=OuterRef("pk"))
    leads = with_dates(with_action(Lead.objects.filter(pk__in=keys))).annotate(
        oldest_blocker=Subquery(blockers.order_by("opened_at", "pk").values("category")[:1]),
        records_states=ArraySubquery(records.values("state")),
        response_due=response_due(now),
    )
    return leads.values_list(*COLUMNS)
