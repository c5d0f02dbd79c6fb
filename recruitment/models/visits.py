"""Visits, what must be clear before one, and how many a study at a site can hold (7.3, 7.4)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.leads import Lead
from recruitment.models.studies import StudySite
from recruitment.models.undoing import STANDING, Undoable
from recruitment.rules.capacity import MOST_SLOTS
from recruitment.rules.vocabulary import NoShowReason, VisitResult
from recruitment.rules.work_codes import ReadinessItemCode, ReadinessState, VisitType
from trialsnest.lib.field_classes import operational, sensitive


class Visit(Undoable):
    """A screening visit on the calendar and what became of it (G6)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="visits"))
    starts_at = operational(models.DateTimeField())
    booked_at = operational(models.DateTimeField())
    booked_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    type = operational(
        models.CharField(max_length=12, choices=VisitType, default=VisitType.SCREENING)
    )
    place = sensitive(models.CharField(max_length=120, blank=True, default=""))
    confirm_by = operational(models.DateTimeField(null=True, blank=True))
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
                fields=["lead"], condition=Q(result="") & STANDING, name="visit_one_ahead"
            ),
            models.CheckConstraint(
                condition=Q(type__in=VisitType.values), name="visit_type_is_known"
            ),
            models.CheckConstraint(
                condition=Q(result__in=[*VisitResult.values, ""]), name="visit_result_is_known"
            ),
            models.CheckConstraint(
                condition=Q(no_show_reason__in=[*NoShowReason.values, ""]),
                name="visit_no_show_reason_is_known",
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
        indexes = [
            models.Index(
                fields=["starts_at"], condition=Q(result="") & STANDING, name="visit_to_record"
            )
        ]


class ReadinessItem(Undoable):
    """How one item of scheduling readiness stands, and who sees to it (7.3)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="readiness_items"))
    code = operational(models.CharField(max_length=16, choices=ReadinessItemCode))
    state = operational(models.CharField(max_length=16, choices=ReadinessState))
    owner = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    changed_at = operational(models.DateTimeField())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "code"], condition=STANDING, name="readiness_item_once"
            ),
            models.CheckConstraint(
                condition=Q(code__in=ReadinessItemCode.values), name="readiness_code_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ReadinessState.values), name="readiness_state_is_known"
            ),
        ]


class WeekCapacity(models.Model):
    """How many visits a study at a site can hold in one week that differs from the usual (G7)."""

    study_site = operational(
        models.ForeignKey(StudySite, models.CASCADE, related_name="week_capacities")
    )
    week_on = operational(models.DateField())  # its Monday, on the site's clock
    slots = operational(models.PositiveSmallIntegerField())

    class Meta:
        ordering = ["week_on"]
        constraints = [
            models.UniqueConstraint(fields=["study_site", "week_on"], name="week_capacity_once"),
            models.CheckConstraint(
                condition=Q(week_on__week_day=2), name="week_capacity_begins_on_monday"
            ),
            models.CheckConstraint(
                condition=Q(slots__lte=MOST_SLOTS), name="week_capacity_at_most"
            ),
        ]


class SlotHold(Undoable):
    """A visit time kept for somebody it was offered to, until booked or run out (G7)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="slot_holds"))
    starts_at = operational(models.DateTimeField())
    until = operational(models.DateTimeField())
    held_at = operational(models.DateTimeField())
    held_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    ended_at = operational(models.DateTimeField(null=True, blank=True))

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("held_at")), name="slot_hold_runs_out_later"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__gt=F("held_at")), name="slot_hold_lies_ahead"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("held_at")),
                name="slot_hold_ends_later",
            ),
        ]
