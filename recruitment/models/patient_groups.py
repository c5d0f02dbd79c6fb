"""What was changed after patient groups spoke (domain.md 16; 12.1 section 13)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from recruitment.models.append_only import append_only
from recruitment.models.studies import StudySite
from recruitment.rules.patient_groups import MAX_CHANGE, ChangeTarget, InputTopic
from trialsnest.lib.field_classes import operational, sponsor_text

SAYS = Q(
    Q(words__gt=""),
    voids__isnull=True,
    on__isnull=False,
    topic__in=InputTopic.values,
    target__in=ChangeTarget.values,
)


class PatientGroupChange(models.Model):
    """One change at a study's site since `on` (a day of the site), or that an earlier row is wrong.

    `words` are for sponsors and were looked through. A row that `voids` another holds nothing else.
    `recorded_at` is UTC. Append-only: a report knows a row from then on.
    """

    study_site = operational(
        models.ForeignKey(StudySite, models.PROTECT, related_name="patient_group_changes")
    )
    topic = operational(models.CharField(max_length=16, choices=InputTopic, blank=True))
    target = operational(models.CharField(max_length=16, choices=ChangeTarget, blank=True))
    words = sponsor_text(models.CharField(max_length=MAX_CHANGE, blank=True))
    on = operational(models.DateField(null=True, blank=True))
    voids = operational(
        models.OneToOneField(
            "self", models.PROTECT, null=True, blank=True, related_name="voided_by"
        )
    )
    recorded_at = operational(models.DateTimeField())
    recorded_by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=SAYS
                | Q(voids__isnull=False, on__isnull=True, topic="", target="", words=""),
                name="patient_group_change_says_or_voids",
            )
        ]
        triggers = append_only()
