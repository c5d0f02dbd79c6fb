"""Due times worked out anew after a site's calendar changed: how far that is, and what moved."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.places import Site
from trialsnest.lib.field_classes import operational


class Recalculation(models.Model):
    """One change of a site's calendar, and how far its running clocks are counted anew (CK5).

    `changed_at` is when the calendar changed; `total` is how many clocks ran then with their due
    time still to come, `done` how many of them were looked at, `moved` how many are due at another
    time now. `after_lead` is the key of the last lead that was done. `closed_actions` counts next
    actions that a person planned for a day that is closed now. A later change of the calendar
    ends the count and begins another.
    """

    site = operational(models.ForeignKey(Site, models.CASCADE, related_name="recalculations"))
    calendar_version = operational(models.PositiveIntegerField())
    changed_at = operational(models.DateTimeField())
    changed_by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    total = operational(models.PositiveIntegerField())
    done = operational(models.PositiveIntegerField(default=0))
    moved = operational(models.PositiveIntegerField(default=0))
    closed_actions = operational(models.PositiveIntegerField(default=0))
    after_lead = operational(models.BigIntegerField(default=0))
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    is_replaced = operational(models.BooleanField(default=False))

    class Meta:
        ordering = ["site", "-calendar_version"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "calendar_version"], name="recalculation_once_a_version"
            ),
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(ended_at__isnull=True),
                name="recalculation_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(moved__lte=F("done"), done__lte=F("total")),
                name="recalculation_counts_in_order",
            ),
            models.CheckConstraint(
                condition=Q(is_replaced=False) | Q(ended_at__isnull=False),
                name="recalculation_replaced_is_over",
            ),
        ]


def latest_recalculation(site: Site) -> Recalculation | None:
    """What the last change of the site's calendar did, or is doing; one statement."""
    rows = Recalculation.objects.filter(site=site).select_related("changed_by")
    return rows.order_by("-calendar_version").first()
