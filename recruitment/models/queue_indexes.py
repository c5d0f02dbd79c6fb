"""The indexes by which the daily queue is read (N7)."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from recruitment.rules.stages import CLOSED, OPEN, Stage
from recruitment.rules.vocabulary import ActionType

CLOSED_CODES = sorted(stage.value for stage in CLOSED)
OPEN_CODES = sorted(stage.value for stage in OPEN)


def queue_indexes() -> list[models.Index]:
    """Where queries.queue_lanes finds the leads of each lane, place by place, in their order.

    Leads with a due time are the open ones. The first two hold all of them, the next five few, and
    the last none: it tells at once that no open lead is without a next action.
    """
    is_open = Q(due_at__isnull=False)
    return [
        models.Index(
            fields=["study_site", "date_at", "due_at", "received_at", "id"],
            condition=is_open,
            name="lead_by_date",
        ),
        models.Index(
            F("study_site"),
            Coalesce("last_movement_at", "received_at"),
            F("due_at"),
            F("received_at"),
            F("id"),
            condition=is_open,
            name="lead_by_movement",
        ),
        models.Index(
            fields=["study_site", "due_at"], condition=Q(is_promised=True), name="lead_promised"
        ),
        models.Index(
            fields=["study_site", "received_at"],
            condition=is_open & Q(first_action_at__isnull=True),
            name="lead_untouched",
        ),
        models.Index(
            fields=["study_site", "visit_at"],
            condition=is_open & Q(visit_at__isnull=False),
            name="lead_visits",
        ),
        models.Index(
            fields=["study_site", "due_at"],
            condition=Q(next_type=ActionType.MISSED_VISIT),
            name="lead_missed_visit",
        ),
        models.Index(
            fields=["study_site", "date_at"],
            condition=is_open & Q(stage=Stage.READY_TO_SCHEDULE, dates_offered=False),
            name="lead_to_offer",
        ),
        models.Index(
            fields=["study_site", "stage_entered_at", "id"],
            condition=Q(stage__in=CLOSED_CODES),
            name="lead_closed",
        ),
        models.Index(
            fields=["study_site"],
            condition=Q(stage__in=OPEN_CODES, due_at__isnull=True),
            name="lead_without_action",
        ),
    ]
