"""Clinics of this installation and their working time (domain.md CK1; D12)."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import User, check_time_zone
from trialsnest.lib.field_classes import operational, sensitive, sponsor_text

WEEKDAYS = tuple(
    enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
)
code_format = RegexValidator(
    r"^[A-Z0-9][A-Z0-9-]{0,23}$", "Use capital letters, digits and hyphens, at most 24."
)


class Site(models.Model):
    """A clinic of this installation, made by an administrator. Its zone rules its hours.

    `review_weekday` and `review_at` say when its weekly review is held, on its own clock.
    """

    code = operational(models.CharField(max_length=24, unique=True, validators=[code_format]))
    name = sensitive(models.CharField(max_length=120))
    sponsor_label = sponsor_text(models.CharField(max_length=60))
    time_zone = operational(models.CharField(max_length=64, validators=[check_time_zone]))
    country = operational(models.CharField(max_length=2, default="US"))
    region = operational(models.CharField(max_length=8, blank=True, default=""))
    call_back_phone = sensitive(models.CharField(max_length=24, blank=True, default=""))
    is_active = operational(models.BooleanField(default=True))
    is_demo = operational(models.BooleanField(default=False))
    calendar_version = operational(models.PositiveIntegerField(default=1))
    review_weekday = operational(
        models.PositiveSmallIntegerField(choices=WEEKDAYS, null=True, blank=True)
    )
    review_at = operational(models.TimeField(null=True, blank=True))

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(review_weekday__isnull=True, review_at__isnull=True)
                | Q(review_weekday__isnull=False, review_weekday__lte=6, review_at__isnull=False),
                name="site_review_time_is_whole",
            )
        ]

    def __str__(self) -> str:
        return self.name


class OpeningInterval(models.Model):
    """One stretch of opening hours on one weekday, in the site's own time; ends the same day."""

    site = operational(models.ForeignKey(Site, models.CASCADE, related_name="opening_intervals"))
    weekday = operational(models.PositiveSmallIntegerField(choices=WEEKDAYS))
    opens = operational(models.TimeField())
    closes = operational(models.TimeField())

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_weekday_is_known"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="opening_ends_later"),
            models.UniqueConstraint(fields=["site", "weekday", "opens"], name="opening_once"),
        ]

    def clean(self) -> None:
        """Refuse an interval that ends before it begins."""
        if self.opens and self.closes and self.closes <= self.opens:
            raise ValidationError({"closes": "Closing time must be after opening time."})


class Holiday(models.Model):
    """A public or own holiday of a site: the whole local day is closed."""

    site = operational(models.ForeignKey(Site, models.CASCADE, related_name="holidays"))
    on = operational(models.DateField())
    name = sensitive(models.CharField(max_length=120))
    is_own = operational(models.BooleanField(default=False))

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["site", "on"], name="holiday_once")]


class Closure(models.Model):
    """Days on which a site is closed for a reason of its own; both ends included."""

    site = operational(models.ForeignKey(Site, models.CASCADE, related_name="closures"))
    first_on = operational(models.DateField())
    last_on = operational(models.DateField())
    reason = sensitive(models.CharField(max_length=120))
    added_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))

    class Meta:
        ordering = ["first_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")), name="closure_ends_later"
            )
        ]
