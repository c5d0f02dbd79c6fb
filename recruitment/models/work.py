"""The work on leads: next actions, attempts, blockers, prescreens, reviews, records, visits."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.leads import Lead, open_lead_has_action
from recruitment.models.studies import StudySite, StudyStaff
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    NoShowReason,
    Party,
    PrescreenState,
    RecordsState,
    RecordsType,
    ReviewDecision,
    VisitResult,
)
from trialsnest.lib.field_classes import operational, sensitive


class NextAction(models.Model):
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
    detail = sensitive(models.CharField(max_length=200, blank=True, default=""))
    set_at = operational(models.DateTimeField())
    set_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    push_backs = operational(models.PositiveSmallIntegerField(default=0))
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    ended_how = operational(models.CharField(max_length=8, choices=ENDS, blank=True, default=""))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(ended_at__isnull=True), name="next_action_one_open"
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
                fields=["due_at"], condition=Q(ended_at__isnull=True), name="next_action_due"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="lead_keeps_action",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("ended_at"),  # type: ignore[no-untyped-call]
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__lead__isnull=False, new__ended_at__isnull=False),
                func=open_lead_has_action("NEW.lead_id"),
            ),
            pgtrigger.Trigger(
                name="lead_keeps_its_action",
                when=pgtrigger.After,
                operation=pgtrigger.Delete | pgtrigger.UpdateOf("lead_id"),  # type: ignore[no-untyped-call]
                timing=pgtrigger.Deferred,
                func=open_lead_has_action("OLD.lead_id"),
            ),
        ]


class OutreachAttempt(models.Model):
    """One contact on one channel with its result (OA5). Inbound ones use up no attempt (D20)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="attempts_made"))
    at = operational(models.DateTimeField())
    by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    channel = operational(models.CharField(max_length=16, choices=Channel))
    result = operational(models.CharField(max_length=16, choices=ContactResult))
    is_inbound = operational(models.BooleanField(default=False))
    number_in_cadence = operational(models.PositiveSmallIntegerField(default=0))
    wording = sensitive(models.CharField(max_length=60, blank=True, default=""))

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="attempt_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(result__in=ContactResult.values), name="attempt_result_is_known"
            ),
        ]


class Blocker(models.Model):
    """A named reason progress is impossible now, and who is waited on (7.1, B1)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="blockers"))
    category = operational(models.CharField(max_length=32, choices=BlockerCategory))
    waiting_on = operational(models.CharField(max_length=16, choices=Party))
    owner = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    review_by = operational(models.DateTimeField(null=True, blank=True))
    opened_at = operational(models.DateTimeField())
    opened_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    resolved_at = operational(models.DateTimeField(null=True, blank=True))
    resolved_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    detail = sensitive(models.CharField(max_length=200, blank=True, default=""))

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=BlockerCategory.values), name="blocker_category_is_known"
            ),
            models.CheckConstraint(
                condition=Q(waiting_on__in=Party.values), name="blocker_waits_on_known_party"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__gte=F("opened_at")),
                name="blocker_resolved_later",
            ),
            models.UniqueConstraint(
                fields=["lead", "category"],
                condition=Q(resolved_at__isnull=True),
                name="blocker_category_open_once",
            ),
        ]


class Prescreen(models.Model):
    """One lead's way through one version of the prescreen. It decides nothing (2, PS1)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="prescreens"))
    version = operational(models.CharField(max_length=24))
    state = operational(models.CharField(max_length=12, choices=PrescreenState))
    changed_at = operational(models.DateTimeField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "version"], name="prescreen_version_once"),
            models.CheckConstraint(
                condition=Q(state__in=PrescreenState.values), name="prescreen_state_is_known"
            ),
        ]


class Review(models.Model):
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
                fields=["lead"], condition=Q(decision=""), name="review_one_open"
            ),
        ]


class RecordsItem(models.Model):
    """One record that is needed, and how far it is (RC1-RC3). No document is stored."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="records_items"))
    type = operational(models.CharField(max_length=20, choices=RecordsType))
    state = operational(models.CharField(max_length=12, choices=RecordsState))
    provider = sensitive(models.CharField(max_length=120, blank=True, default=""))
    changed_at = operational(models.DateTimeField())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["lead", "type"], name="records_item_once"),
            models.CheckConstraint(
                condition=Q(state__in=RecordsState.values), name="records_state_is_known"
            ),
        ]


class Visit(models.Model):
    """A screening visit on the calendar and what became of it (G6)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="visits"))
    starts_at = operational(models.DateTimeField())
    booked_at = operational(models.DateTimeField())
    booked_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    confirmed_at = operational(models.DateTimeField(null=True, blank=True))
    result = operational(
        models.CharField(max_length=20, choices=VisitResult, blank=True, default="")
    )
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    no_show_reason = operational(
        models.CharField(max_length=24, choices=NoShowReason, blank=True, default="")
    )

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(result=""), name="visit_one_ahead"
            ),
            models.CheckConstraint(
                condition=Q(result="", ended_at__isnull=True)
                | (~Q(result="") & Q(ended_at__isnull=False)),
                name="visit_result_has_time",
            ),
            models.CheckConstraint(
                condition=(~Q(result=VisitResult.NO_SHOW) & Q(no_show_reason=""))
                | (Q(result=VisitResult.NO_SHOW) & ~Q(no_show_reason="")),
                name="visit_no_show_has_reason",
            ),
        ]


class Handoff(models.Model):
    """A transfer of the next action to somebody else, with context and acceptance (H2, H3)."""

    STATES = (
        ("offered", "Offered"),
        ("accepted", "Accepted"),
        ("declined", "Declined"),
        ("withdrawn", "Withdrawn"),
        ("returned", "Returned"),
    )

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="handoffs"))
    sender = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    receiver = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    state = operational(models.CharField(max_length=10, choices=STATES, default="offered"))
    offered_at = operational(models.DateTimeField())
    answered_at = operational(models.DateTimeField(null=True, blank=True))
    context = sensitive(models.TextField(max_length=2000))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(context=""), name="handoff_has_context"),
            models.CheckConstraint(
                condition=Q(state="offered", answered_at__isnull=True)
                | (~Q(state="offered") & Q(answered_at__isnull=False)),
                name="handoff_answer_has_time",
            ),
            models.UniqueConstraint(
                fields=["lead"], condition=Q(state="offered"), name="handoff_one_open"
            ),
        ]
