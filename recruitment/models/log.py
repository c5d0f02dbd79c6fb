"""The append-only log, its milestones and its words (model.md, The log; LC10, AU1)."""

from collections.abc import Iterable

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import User
from recruitment.models.append_only import append_only
from recruitment.models.leads import Lead
from recruitment.models.studies import StudySite, StudyStaff
from recruitment.rules.events import EventKind, Fact, MilestoneCode
from recruitment.rules.stages import Stage
from trialsnest.lib.field_classes import operational, sensitive
from trialsnest.lib.shield import shielded


class LeadEvent(models.Model):
    """One fact about one lead. Two clocks: when it happened, and when we were told.

    `inserted_at` is the database's own time, which no caller sets. Fold by `seq`.
    """

    lead = operational(
        models.ForeignKey(Lead, models.PROTECT, related_name="events", db_index=False)
    )
    seq = operational(models.PositiveIntegerField())
    study_site = operational(
        models.ForeignKey(StudySite, models.PROTECT, related_name="+", db_index=False)
    )
    kind = operational(models.CharField(max_length=24, choices=EventKind))
    occurred_at = operational(models.DateTimeField())
    recorded_at = operational(models.DateTimeField())
    inserted_at = operational(models.DateTimeField(db_default=Now(), editable=False))
    actor = operational(
        models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    )
    decided_by = operational(
        models.ForeignKey(StudyStaff, models.PROTECT, null=True, related_name="+", db_index=False)
    )
    from_stage = operational(models.CharField(max_length=24, choices=Stage, blank=True, default=""))
    to_stage = operational(models.CharField(max_length=24, choices=Stage, blank=True, default=""))
    code = operational(models.CharField(max_length=32, blank=True, default=""))
    reason_code = operational(models.CharField(max_length=32, blank=True, default=""))
    to_owner = operational(
        models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    )
    subject_id = operational(models.BigIntegerField(null=True))
    due_at = operational(models.DateTimeField(null=True))
    action_id = operational(models.UUIDField())
    voids = operational(
        models.OneToOneField("self", models.PROTECT, null=True, related_name="voided_by")
    )
    once_key = operational(models.CharField(max_length=120, null=True))

    class Meta:
        ordering = ["lead", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["lead", "seq"], name="lead_event_seq_once"),
            models.UniqueConstraint(
                fields=["once_key"], condition=Q(once_key__isnull=False), name="lead_event_once"
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")), name="lead_event_happened_first"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EventKind.values), name="lead_event_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=EventKind.STAGE_CHANGED,
                    from_stage__in=Stage.values,
                    to_stage__in=Stage.values,
                )
                | (~Q(kind=EventKind.STAGE_CHANGED) & Q(from_stage="", to_stage="")),
                name="lead_event_stages_with_change",
            ),
            models.CheckConstraint(
                condition=Q(kind=EventKind.VOIDED, voids__isnull=False)
                | (~Q(kind=EventKind.VOIDED) & Q(voids__isnull=True)),
                name="lead_event_voids_with_void",
            ),
        ]
        indexes = [
            models.Index(fields=["study_site", "occurred_at"], name="lead_event_happened"),
            models.Index(fields=["study_site", "recorded_at"], name="lead_event_recorded"),
            BrinIndex(fields=["inserted_at"], name="lead_event_inserted", autosummarize=True),
            models.Index(fields=["action_id"], name="lead_event_action"),
            models.Index(
                fields=["actor", "recorded_at"],
                condition=Q(actor__isnull=False),
                name="lead_event_by",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.kind} {self.seq} of lead {self.lead_id}"

    @property
    def fact(self) -> Fact:
        """The event as plain values, as the fold reads it."""
        return Fact(
            kind=EventKind(self.kind),
            occurred_at=self.occurred_at,
            by_staff=self.actor_id is not None,
            recorded_at=self.recorded_at,
            seq=self.seq,
            from_stage=self.from_stage,
            to_stage=self.to_stage,
            code=self.code,
            reason_code=self.reason_code,
            to_owner_id=self.to_owner_id,
            subject_id=self.subject_id,
            due_at=self.due_at,
        )


def standing(events: Iterable[LeadEvent]) -> list[LeadEvent]:
    """Events in the order given, without those that were voided and without their voids.

    `events` must hold the voids too.
    """
    events = list(events)
    voided = {event.voids_id for event in events if event.voids_id is not None}
    return [event for event in events if event.pk not in voided and event.kind != EventKind.VOIDED]


class Milestone(models.Model):
    """The first time something came true for a lead (3.3); points at its event."""

    lead = operational(
        models.ForeignKey(Lead, models.PROTECT, related_name="milestones", db_index=False)
    )
    code = operational(models.CharField(max_length=24, choices=MilestoneCode))
    event = operational(
        models.ForeignKey(LeadEvent, models.PROTECT, related_name="milestones", db_index=False)
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "code"], name="milestone_once"),
            models.CheckConstraint(
                condition=Q(code__in=MilestoneCode.values), name="milestone_code_is_known"
            ),
        ]
        indexes = [models.Index(fields=["event"], name="milestone_event")]


class LeadNote(models.Model):
    """Words that belong to an event; kept out of the log so that they can be erased."""

    event = operational(models.ForeignKey(LeadEvent, models.PROTECT, related_name="notes"))
    text = sensitive(shielded(models.TextField(max_length=2000)))
