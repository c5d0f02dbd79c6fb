"""Who approves sponsor reports in the place of a site's lead (D35)."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, OuterRef, Q

from accounts.models import User
from recruitment.models.access import StudySiteUserPermission
from recruitment.models.places import Site
from trialsnest.lib.field_classes import operational


class ReportDeputyQuerySet(models.QuerySet["ReportDeputy"]):
    """Filters of who may approve when."""

    def in_force(self, *, at: datetime) -> "ReportDeputyQuerySet":
        """Those who may approve at `at` (UTC): named for then, active, and with a part there.

        Who works at the site no more is no deputy of it either, whatever her days say.
        """
        part = StudySiteUserPermission.objects.filter(
            user=OuterRef("user"),
            content_object__site=OuterRef("site"),
            permission__codename="view_leads",
        )
        days = self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)
        return days.filter(models.Exists(part), ended_at__isnull=True, user__is_active=True)


class ReportDeputy(models.Model):
    """That `user` approves the reports of `site` in `[starts_at, ends_at)`, UTC.

    Without `ends_at` until somebody ends it. `ended_at` and `ended_by` say that it was ended by
    hand, or that her part at the site ended. Nothing else of a site lead's rights comes with it.
    """

    site = operational(models.ForeignKey(Site, models.PROTECT, related_name="report_deputies"))
    user = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    starts_at = operational(models.DateTimeField())
    ends_at = operational(models.DateTimeField(null=True, blank=True))
    named_at = operational(models.DateTimeField())
    named_by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    ended_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    objects = ReportDeputyQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="report_deputy_ends_later",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__gte=F("named_at")), name="report_deputy_not_backdated"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__gte=F("named_at"), ended_by__isnull=False),
                name="report_deputy_ended_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(user=F("named_by")), name="report_deputy_is_somebody_else"
            ),
            models.UniqueConstraint(
                fields=["site", "user"],
                condition=Q(ended_at__isnull=True),
                name="report_deputy_once_at_a_time",
            ),
        ]

    @property
    def last_moment(self) -> datetime | None:
        """Just before it ends: its day is the last one. None without an end."""
        return self.ends_at - timedelta(microseconds=1) if self.ends_at else None
