"""What a weekly review froze beside its items: movement, and the visits it expects (W1, W2)."""

from django.db import models
from django.db.models import F, Q

from recruitment.models.agenda import locked
from recruitment.models.studies import StudySite
from recruitment.models.weekly_reviews import WeeklyReview
from recruitment.rules.events import MilestoneCode
from trialsnest.lib.field_classes import operational, sensitive


class ReviewMovement(models.Model):
    """Leads of a study that reached a milestone since the last review, and in as long before it."""

    review = operational(models.ForeignKey(WeeklyReview, models.PROTECT, related_name="movement"))
    study_site = operational(models.ForeignKey(StudySite, models.PROTECT, related_name="+"))
    code = operational(models.CharField(max_length=24, choices=MilestoneCode))
    number = operational(models.PositiveIntegerField())
    before = operational(models.PositiveIntegerField())

    class Meta:
        ordering = ["study_site", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "study_site", "code"], name="review_movement_once"
            ),
            models.CheckConstraint(
                condition=Q(code__in=MilestoneCode.values), name="review_movement_code_is_known"
            ),
        ]
        triggers = [locked()]


class VisitForecast(models.Model):
    """The visits that a review expects in the seven days from `first_on`, a day of its site.

    `low` to `high` is the 80 % interval; both are empty where eight weeks are not there yet. They
    are of the class that no report may read, so that no sponsor can see a forecast (D39).
    """

    review = operational(
        models.OneToOneField(WeeklyReview, models.PROTECT, related_name="forecast")
    )
    first_on = operational(models.DateField())
    booked = sensitive(models.PositiveIntegerField())
    low = sensitive(models.PositiveIntegerField(null=True, blank=True))
    high = sensitive(models.PositiveIntegerField(null=True, blank=True))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True)
                | Q(low__isnull=False, high__isnull=False, high__gte=F("low")),
                name="visit_forecast_is_a_range",
            ),
        ]
        triggers = [locked()]


class ForecastCheck(models.Model):
    """What a later review found of a forecast: visits attended, and those with no result yet."""

    review = operational(
        models.ForeignKey(WeeklyReview, models.PROTECT, related_name="forecast_checks")
    )
    forecast = operational(
        models.OneToOneField(VisitForecast, models.PROTECT, related_name="check_made")
    )
    attended = sensitive(models.PositiveIntegerField())
    unrecorded = sensitive(models.PositiveIntegerField(default=0))

    class Meta:
        ordering = ["id"]
        triggers = [locked()]

    @property
    def is_inside(self) -> bool:
        """Whether the visits attended lie in the range that was expected."""
        low, high = self.forecast.low, self.forecast.high
        return low is not None and high is not None and low <= self.attended <= high
