"""Reviews of stale leads, escalations, the counts of a day, and digests (5.4, 6.2, 6.3)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.leads import Lead
from recruitment.models.studies import StudySite
from recruitment.models.undoing import Undoable
from recruitment.rules.recovery_codes import (
    DigestRhythm,
    EscalationKind,
    EscalationLevel,
    EscalationState,
    PatientReason,
    ProcessReason,
    RecoveryOutcome,
)
from recruitment.rules.targets import TargetKey
from trialsnest.lib.field_classes import operational, sensitive
from trialsnest.lib.shield import shielded


class StaleReview(Undoable):
    """Why a lead went stale, on both axes, and what was decided (6.2, RQ2, D33).

    `proposed` is the process reason that the log suggested; `process_reason` is what a person
    confirmed. `recover_by` is the last moment at which movement counts as recovered (RQ3).
    """

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="stale_reviews"))
    stale_at = operational(models.DateTimeField())
    patient_reason = operational(models.CharField(max_length=16, choices=PatientReason))
    process_reason = operational(models.CharField(max_length=16, choices=ProcessReason))
    proposed = operational(
        models.CharField(max_length=16, choices=ProcessReason, blank=True, default="")
    )
    outcome = operational(models.CharField(max_length=16, choices=RecoveryOutcome))
    reviewed_at = operational(models.DateTimeField())
    reviewed_by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    recover_by = operational(models.DateTimeField(null=True, blank=True))

    class Meta:
        ordering = ["-reviewed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(patient_reason__in=PatientReason.values),
                name="stale_review_patient_reason",
            ),
            models.CheckConstraint(
                condition=Q(process_reason__in=ProcessReason.values),
                name="stale_review_process_reason",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=RecoveryOutcome.values), name="stale_review_outcome"
            ),
            models.CheckConstraint(
                condition=Q(outcome=RecoveryOutcome.CLOSE)
                | Q(recover_by__isnull=False, recover_by__gt=F("reviewed_at")),
                name="stale_review_recovers_by",
            ),
        ]


class Escalation(Undoable):
    """Somebody further up is asked; the lead keeps its own owner and next action (E1-E3)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="escalations"))
    level = operational(models.CharField(max_length=12, choices=EscalationLevel))
    kind = operational(models.CharField(max_length=20, choices=EscalationKind))
    target = operational(models.CharField(max_length=20, choices=TargetKey, blank=True, default=""))
    owner = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    due_at = operational(models.DateTimeField())
    raised_at = operational(models.DateTimeField())
    raised_by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    state = operational(
        models.CharField(max_length=12, choices=EscalationState, default=EscalationState.OPEN)
    )
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    ended_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    question = sensitive(shielded(models.CharField(max_length=300)))
    outcome = sensitive(shielded(models.CharField(max_length=300, blank=True, default="")))

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=EscalationLevel.values), name="escalation_level_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EscalationKind.values), name="escalation_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=EscalationState.OPEN, ended_at__isnull=True)
                | Q(
                    state__in=[EscalationState.ANSWERED, EscalationState.WITHDRAWN],
                    ended_at__isnull=False,
                ),
                name="escalation_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=EscalationState.ANSWERED) | ~Q(outcome=""),
                name="escalation_answered_has_outcome",
            ),
            models.CheckConstraint(condition=~Q(question=""), name="escalation_has_question"),
        ]


class DayCount(models.Model):
    """How many open leads of a study at a site were stale, at risk, waiting, at a day's end (ST2).

    `on` is the site's own day. Counted by a job; a second run of it writes the same row.
    """

    study_site = operational(models.ForeignKey(StudySite, models.PROTECT, related_name="+"))
    on = operational(models.DateField())
    counted_at = operational(models.DateTimeField())
    open = operational(models.PositiveIntegerField())
    stale = operational(models.PositiveIntegerField())
    at_risk = operational(models.PositiveIntegerField())
    call_back = operational(models.PositiveIntegerField())

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["study_site", "on"], name="day_count_once"),
            models.CheckConstraint(
                condition=Q(open__gte=F("stale") + F("at_risk")), name="day_count_parts_of_open"
            ),
        ]


class Digest(models.Model):
    """When somebody wants to hear by e-mail what is new, and up to when she was told."""

    user = operational(models.OneToOneField(User, models.CASCADE, related_name="digest"))
    rhythm = operational(
        models.CharField(max_length=8, choices=DigestRhythm, default=DigestRhythm.MORNING)
    )
    told_through = operational(models.DateTimeField(null=True, blank=True))
    sent_at = operational(models.DateTimeField(null=True, blank=True))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm__in=DigestRhythm.values), name="digest_rhythm_is_known"
            )
        ]
