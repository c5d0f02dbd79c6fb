"""The meeting of a weekly review: who drives it, and what is shown to everybody (D34)."""

from django.db import models

from accounts.models import User
from recruitment.models.agenda import AgendaItem, locked
from recruitment.models.weekly_reviews import WeeklyReview
from recruitment.rules.weekly.codes import MeetingPart
from trialsnest.lib.field_classes import operational


class MeetingStep(models.Model):
    """Somebody went to a part of the meeting, for everybody who has it open; she drives.

    With the part `item` it is the `item`; what the last step shows is what all see.
    """

    review = operational(models.ForeignKey(WeeklyReview, models.PROTECT, related_name="steps"))
    part = operational(models.CharField(max_length=12, choices=MeetingPart))
    item = operational(
        models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="+")
    )
    at = operational(models.DateTimeField())
    by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(part=MeetingPart.ITEM, item__isnull=False)
                | models.Q(
                    part__in=[each for each in MeetingPart.values if each != MeetingPart.ITEM],
                    item__isnull=True,
                ),
                name="meeting_step_shows_one_thing",
            ),
        ]
        triggers = [locked()]
