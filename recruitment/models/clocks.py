"""Targets by version, a site's calendars by version, and the clocks that run under them (5, CK5).

A clock is a projection of its lead's log like the lead's own row: the fold of rules.clocks makes
it, services write it, `check_projection` proves it. Times are UTC.
"""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.leads import Lead
from recruitment.models.places import Site
from recruitment.models.studies import Study, StudySite
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.targets import MOST, UNITS, TargetKey, Unit
from recruitment.rules.vocabulary import SourceKind
from trialsnest.lib.field_classes import operational

UNIT_FITS = reduce(
    or_,
    (
        Q(target=key, unit=unit, amount__gte=1, amount__lte=MOST[unit])
        for key, units in UNITS.items()
        for unit in units
    ),
)
"""The unit is one that the target is counted in, and the amount is one to plan with."""


class Target(models.Model):
    """How long one target runs from a moment on, for a study or apart for one site of it (CK5).

    A change adds the next version; no row is ever changed. Clocks that start from `in_force_from`
    on take it. Without an amount the site goes back to the study's own.
    """

    study = operational(models.ForeignKey(Study, models.CASCADE, related_name="targets"))
    study_site = operational(
        models.ForeignKey(
            StudySite, models.CASCADE, null=True, blank=True, related_name="own_targets"
        )
    )
    target = operational(models.CharField(max_length=20, choices=TargetKey))
    source_kind = operational(
        models.CharField(max_length=16, choices=SourceKind, blank=True, default="")
    )
    version = operational(models.PositiveIntegerField())
    amount = operational(models.PositiveSmallIntegerField(null=True, blank=True))
    unit = operational(models.CharField(max_length=8, choices=Unit, blank=True, default=""))
    in_force_from = operational(models.DateTimeField())
    set_at = operational(models.DateTimeField())
    set_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))

    class Meta:
        ordering = ["study", "target", "source_kind", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "study_site", "target", "source_kind", "version"],
                nulls_distinct=False,
                name="target_once",
            ),
            models.CheckConstraint(
                condition=UNIT_FITS | Q(amount__isnull=True, unit="", study_site__isnull=False),
                name="target_amount_and_unit_fit",
            ),
            models.CheckConstraint(
                condition=Q(source_kind="")
                | Q(target=TargetKey.FIRST_RESPONSE, source_kind__in=SourceKind.values),
                name="target_source_kind_only_first_response",
            ),
            models.CheckConstraint(
                condition=Q(in_force_from__gte=F("set_at")), name="target_never_backdated"
            ),
        ]


class SiteCalendar(models.Model):
    """A site's working time as it was from a moment on; append only by its service (CK1, CK5).

    `intervals` holds [weekday, opening, closing] and `closed_on` ISO dates, on the site's clock.
    """

    site = operational(models.ForeignKey(Site, models.CASCADE, related_name="calendars"))
    version = operational(models.PositiveIntegerField())
    in_force_from = operational(models.DateTimeField(null=True, blank=True))  # null: always
    time_zone = operational(models.CharField(max_length=64))
    intervals = operational(models.JSONField())
    closed_on = operational(models.JSONField())

    class Meta:
        ordering = ["site", "version"]
        constraints = [
            models.UniqueConstraint(fields=["site", "version"], name="site_calendar_once"),
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(in_force_from__isnull=True),
                name="site_calendar_one_first",
            ),
        ]


class Clock(models.Model):
    """One run of one target for a lead, or for a thing of it that `subject_id` names (CK3-CK6).

    `subject_id` 0 is the lead itself; else the records item, hand-off or blocker. `told_at` and
    `end_told_at` are when the start and the end were recorded; `due_at` already counts a pause
    up to its review-by, and is null while nobody knows when the pause ends (D32). `flagged_for`
    is the due time that a notice in the log was written for; null again only where a void gave
    the clock a later one.
    """

    lead = operational(
        models.ForeignKey(
            Lead, models.PROTECT, null=True, blank=True, related_name="clocks", db_index=False
        )
    )
    study_site = operational(
        models.ForeignKey(StudySite, models.PROTECT, related_name="+", db_index=False)
    )
    target = operational(models.CharField(max_length=20, choices=TargetKey))
    subject_id = operational(models.BigIntegerField(default=0))
    run = operational(models.PositiveSmallIntegerField())
    amount = operational(models.PositiveSmallIntegerField())
    unit = operational(models.CharField(max_length=8, choices=Unit))
    version = operational(
        models.ForeignKey(Target, models.PROTECT, null=True, related_name="+", db_index=False)
    )
    started_at = operational(models.DateTimeField())
    told_at = operational(models.DateTimeField())
    anchor_at = operational(models.DateTimeField(null=True, blank=True))  # the visit counted from
    pauses = operational(models.JSONField(default=list))
    paused_at = operational(models.DateTimeField(null=True, blank=True))
    paused_until = operational(models.DateTimeField(null=True, blank=True))
    due_at = operational(models.DateTimeField(null=True, blank=True))
    warn_at = operational(models.DateTimeField(null=True, blank=True))
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    end_told_at = operational(models.DateTimeField(null=True, blank=True))
    outcome = operational(
        models.CharField(max_length=16, choices=ClockOutcome, blank=True, default="")
    )
    flagged_for = operational(models.DateTimeField(null=True, blank=True))

    class Meta:
        ordering = ["lead", "started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "target", "subject_id", "run"], name="clock_run_once"
            ),
            models.UniqueConstraint(
                fields=["lead", "target", "subject_id"],
                condition=Q(outcome=""),
                name="clock_runs_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(target__in=TargetKey.values), name="clock_target_is_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True, end_told_at__isnull=True)
                | Q(
                    outcome__in=ClockOutcome.values,
                    ended_at__isnull=False,
                    end_told_at__isnull=False,
                ),
                name="clock_ended_has_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=ClockOutcome.MET)
                | Q(due_at__isnull=True)
                | Q(ended_at__lte=F("due_at")),
                name="clock_met_in_time",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[ClockOutcome.MET_LATE, ClockOutcome.MISSED])
                | Q(due_at__isnull=False, ended_at__gt=F("due_at")),
                name="clock_late_after_due",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=False, warn_at__isnull=False)
                | Q(due_at__isnull=True, warn_at__isnull=True, paused_at__isnull=False),
                name="clock_without_due_is_paused",
            ),
            models.CheckConstraint(
                condition=Q(paused_until__isnull=True) | Q(paused_at__isnull=False),
                name="clock_paused_until_is_paused",
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="clock_amount_is_positive"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(outcome="") & Q(flagged_for__isnull=True),
                name="clock_to_flag",
            ),
            models.Index(
                fields=["paused_until"],
                condition=Q(outcome="", paused_until__isnull=False),
                name="clock_to_resume",
            ),
            models.Index(
                fields=["study_site", "target", "due_at"],
                condition=Q(outcome=""),
                name="clock_running",
            ),
            models.Index(
                fields=["study_site", "ended_at"],
                condition=Q(ended_at__isnull=False),
                name="clock_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.run} of lead {self.lead_id}"
