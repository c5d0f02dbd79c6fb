"""What an undone action made: kept for the record, out of sight for everything else (D21)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from recruitment.models.leads import Lead
from trialsnest.lib.field_classes import operational, sensitive

STANDING = Q(undone_at__isnull=True)


class StandingManager(models.Manager[Any]):
    """Rows that stand: those of an undone action are left out, also through relations."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Rows whose making was not undone."""
        return super().get_queryset().filter(STANDING)


class Undoable(models.Model):
    """A row that an undo can take back. `objects` holds what stands, `everything` all rows."""

    undone_at = operational(models.DateTimeField(null=True, blank=True, editable=False))

    objects: ClassVar[models.Manager[Any]] = StandingManager()
    everything: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True


class RowChange(models.Model):
    """What one action did to one row of the work on a lead, so that it can be taken back (D21).

    `before` holds the old values of the columns it changed, or null for a row that it made.
    """

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="row_changes"))
    action_id = operational(models.UUIDField())
    table = operational(models.CharField(max_length=40))
    row_id = operational(models.BigIntegerField())
    before = sensitive(models.JSONField(null=True))

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["action_id"], name="row_change_action")]
