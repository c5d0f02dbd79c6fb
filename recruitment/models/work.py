"""The work on leads: next actions, attempts, prescreens, reviews and close reasons."""

from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from recruitment.models.cadences import Cadence
from recruitment.models.leads import Lead, open_lead_has_action
from recruitment.models.log import LeadEvent
from recruitment.models.studies import StudySite, StudyStaff
from recruitment.models.undoing import STANDING, Undoable
from recruitment.models.wording import SubReason
from recruitment.rules.closing import CloseCode
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    PrescreenState,
    ReviewDecision,
)
from recruitment.rules.work_codes import MovementResult
from trialsnest.lib.field_classes import operational, sensitive
from trialsnest.lib.shield import shielded


class NextAction(Undoable):
    """What staff will do and when (N1). At most one open a lead, never none on an open one."""

    ENDS = (("done", "Done"), ("canceled", "Canceled"))

    lead = operational(
        models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="next_actions")
    )
    study_site = operational(
        models.ForeignKey(StudySite, models.PROTECT, null=True, blank=True, related_name="+")
    )
    type = operational(models.CharField(max_length=20, choices=ActionType))
    owner = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    due_at = operational(models.DateTimeField())
    is_promised = operational(models.BooleanField(default=False))
    detail = sensitive(shielded(models.CharField(max_length=200, blank=True, default="")))
    set_at = operational(models.DateTimeField())
    set_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    push_backs = operational(models.PositiveSmallIntegerField(default=0))
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    ended_how = operational(models.CharField(max_length=8, choices=ENDS, blank=True, default=""))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"],
                condition=Q(ended_at__isnull=True) & STANDING,
                name="next_action_one_open",
            ),
            models.CheckConstraint(
                condition=Q(lead__isnull=False, study_site__isnull=True)
                | Q(lead__isnull=True, study_site__isnull=False),
                name="next_action_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(type__in=ActionType.values), name="next_action_type_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_how="")
                | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="next_action_end_has_how",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(ended_at__isnull=True) & STANDING,
                name="next_action_due",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="lead_keeps_action",
                when=pgtrigger.After,
                # Pgtrigger has no types
                operation=pgtrigger.UpdateOf("ended_at", "undone_at"),  # type: ignore[no-untyped-call]
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__lead__isnull=False),
                func=open_lead_has_action("NEW.lead_id"),
            ),
            pgtrigger.Trigger(
                name="lead_keeps_its_action",
                when=pgtrigger.After,
                # Pgtrigger has no types
                operation=pgtrigger.Delete | pgtrigger.UpdateOf("lead_id"),  # type: ignore[no-untyped-call]
                timing=pgtrigger.Deferred,
                func=open_lead_has_action("OLD.lead_id"),
            ),
        ]


class OutreachAttempt(Undoable):
    """One contact on one channel with its result (OA5). Inbound ones use up no attempt (D20)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="attempts_made"))
    at = operational(models.DateTimeField())
    by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    channel = operational(models.CharField(max_length=16, choices=Channel))
    result = operational(models.CharField(max_length=16, choices=ContactResult))
    is_inbound = operational(models.BooleanField(default=False))
    number_in_cadence = operational(models.PositiveSmallIntegerField(default=0))
    movement = operational(
        models.CharField(max_length=24, choices=MovementResult, default=MovementResult.NONE)
    )
    cadence = operational(
        models.ForeignKey(Cadence, models.PROTECT, null=True, blank=True, related_name="+")
    )
    wording = sensitive(models.CharField(max_length=60, blank=True, default=""))

    logged_in: UUID | None = None  # the action that wrote it, for its undo right afterwards

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(movement__in=MovementResult.values), name="attempt_movement_is_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="attempt_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(result__in=ContactResult.values), name="attempt_result_is_known"
            ),
        ]


class Prescreen(Undoable):
    """One lead's way through one version of the prescreen. It decides nothing (2, PS1)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="prescreens"))
    version = operational(models.CharField(max_length=24))
    state = operational(models.CharField(max_length=12, choices=PrescreenState))
    changed_at = operational(models.DateTimeField())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "version"], condition=STANDING, name="prescreen_version_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PrescreenState.values), name="prescreen_state_is_known"
            ),
        ]


class Review(Undoable):
    """A study-team review: asked for, then decided by a named member of the study team (A4)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="reviews"))
    requested_at = operational(models.DateTimeField())
    requested_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    decision = operational(
        models.CharField(max_length=16, choices=ReviewDecision, blank=True, default="")
    )
    decided_at = operational(models.DateTimeField(null=True, blank=True))
    decided_by = operational(
        models.ForeignKey(StudyStaff, models.PROTECT, null=True, blank=True, related_name="+")
    )
    recorded_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, decided_by__isnull=True)
                | Q(decision="withdrawn", decided_at__isnull=False, decided_by__isnull=True)
                | (
                    Q(decision__in=["proceed", "more_needed", "not_proceeding"])
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="review_decision_has_decider",
            ),
            models.UniqueConstraint(
                fields=["lead"], condition=Q(decision="") & STANDING, name="review_one_open"
            ),
        ]


class CloseReason(Undoable):
    """Why a lead was closed: the main reason and up to two contributing ones (CL2, CL4)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="close_reasons"))
    event = operational(models.ForeignKey(LeadEvent, models.PROTECT, related_name="close_reasons"))
    position = operational(models.PositiveSmallIntegerField())  # 1 is the main reason
    code = operational(models.CharField(max_length=32, choices=CloseCode))
    sub_reason = operational(
        models.ForeignKey(SubReason, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        ordering = ["event", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "position"], condition=STANDING, name="close_reason_once"
            ),
            models.UniqueConstraint(
                fields=["event", "code"], condition=STANDING, name="close_reason_code_once"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=3), name="close_reason_at_most_three"
            ),
            models.CheckConstraint(
                condition=Q(code__in=CloseCode.values), name="close_reason_code_is_known"
            ),
        ]
