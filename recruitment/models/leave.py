"""Who is away and who covers; what a site lead is told at once (O5, D22)."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.studies import StudySite
from recruitment.rules.work_codes import AlertKind
from trialsnest.lib.field_classes import operational


class Leave(models.Model):
    """A time in which somebody is away. Her leads moved under `action_id` and can come back."""

    user = operational(models.ForeignKey(User, models.PROTECT, related_name="leaves"))
    starts_at = operational(models.DateTimeField())
    ends_at = operational(models.DateTimeField())
    recorded_at = operational(models.DateTimeField())
    recorded_by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    begun_at = operational(models.DateTimeField(null=True, blank=True))
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    action_id = operational(models.UUIDField(default=uuid.uuid4, unique=True))

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="leave_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | Q(begun_at__isnull=False)
                | Q(ended_at__lte=F("starts_at")),
                name="leave_ended_was_begun_or_called_off",
            ),
        ]

    @property
    def last_moment(self) -> datetime:
        """Just before she is back: its day is the last day away."""
        return self.ends_at - timedelta(microseconds=1)


class LeaveCover(models.Model):
    """Who covers one study at a site during a leave."""

    leave = operational(models.ForeignKey(Leave, models.CASCADE, related_name="covers"))
    study_site = operational(models.ForeignKey(StudySite, models.PROTECT, related_name="+"))
    cover = operational(models.ForeignKey(User, models.PROTECT, related_name="covering"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["leave", "study_site"], name="leave_cover_once")
        ]


class Alert(models.Model):
    """Something that happened to leads of a study at a site, until a site lead has seen it."""

    study_site = operational(models.ForeignKey(StudySite, models.PROTECT, related_name="alerts"))
    kind = operational(models.CharField(max_length=16, choices=AlertKind))
    about = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    leads = operational(models.PositiveIntegerField())
    made_at = operational(models.DateTimeField())
    made_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    seen_at = operational(models.DateTimeField(null=True, blank=True))
    seen_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AlertKind.values), name="alert_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="alert_seen_at_and_by",
            ),
        ]
        indexes = [
            models.Index(
                fields=["study_site"], condition=Q(seen_at__isnull=True), name="alert_unseen"
            )
        ]
