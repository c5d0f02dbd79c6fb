"""How often and when somebody is tried, study by study and version by version (CD1-CD3)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from recruitment.models.studies import Study
from recruitment.rules.vocabulary import Channel
from trialsnest.lib.field_classes import operational


class Cadence(models.Model):
    """One version of a study's contact cadence; the highest version counts, none means D27."""

    study = operational(models.ForeignKey(Study, models.CASCADE, related_name="cadences"))
    version = operational(models.PositiveIntegerField())
    max_attempts = operational(models.PositiveSmallIntegerField(default=5))
    call_back_days = operational(models.PositiveSmallIntegerField(default=14))  # calendar days
    set_at = operational(models.DateTimeField())
    set_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))

    class Meta:
        ordering = ["study", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["study", "version"], name="cadence_once"),
            models.CheckConstraint(
                condition=Q(max_attempts__gte=1, max_attempts__lte=20),
                name="cadence_max_attempts",
            ),
            models.CheckConstraint(
                condition=Q(call_back_days__gte=1, call_back_days__lte=90),
                name="cadence_call_back_days",
            ),
        ]


class CadenceStep(models.Model):
    """One attempt of a cadence: which channel, how many business days after the first, and when.

    `time_of_day` is on the patient's clock; null for the first step, which is due at once.
    """

    cadence = operational(models.ForeignKey(Cadence, models.CASCADE, related_name="steps"))
    position = operational(models.PositiveSmallIntegerField())
    channel = operational(models.CharField(max_length=16, choices=Channel))
    business_days = operational(models.PositiveSmallIntegerField())
    time_of_day = operational(models.TimeField(null=True, blank=True))

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["cadence", "position"], name="cadence_step_once"),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="cadence_step_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(position=1, business_days=0)
                | Q(position__gt=1, time_of_day__isnull=False),
                name="cadence_step_has_time",
            ),
        ]
