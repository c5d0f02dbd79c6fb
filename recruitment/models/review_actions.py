"""What was agreed in weekly reviews, with the sign that shows it done (W4, W5, W7)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.leads import Lead
from recruitment.models.places import Site
from recruitment.models.studies import StudySite
from recruitment.rules.weekly.codes import ActionState, DoneWhen, ItemKind
from trialsnest.lib.field_classes import operational, sensitive


class ReviewAction(models.Model):
    """What somebody agreed to do by a day, and what shows that it is done (W4, W5, W7).

    `value` is the figure when it was agreed, `goal` what it has to come down to, where that is the
    sign. `times_carried` counts the reviews that found it open.
    """

    site = operational(models.ForeignKey(Site, models.PROTECT, related_name="review_actions"))
    study_site = operational(models.ForeignKey(StudySite, models.PROTECT, related_name="+"))
    kind = operational(models.CharField(max_length=20, choices=ItemKind))
    code = operational(models.CharField(max_length=32, blank=True, default=""))
    words = sensitive(models.CharField(max_length=300))
    owner = operational(models.ForeignKey(User, models.PROTECT, related_name="review_actions"))
    due_on = operational(models.DateField())
    done_when = operational(models.CharField(max_length=12, choices=DoneWhen))
    value = operational(models.PositiveIntegerField())
    goal = operational(models.PositiveIntegerField(null=True, blank=True))
    is_escalated = operational(models.BooleanField(default=False))
    times_carried = operational(models.PositiveSmallIntegerField(default=0))
    agreed_at = operational(models.DateTimeField())
    agreed_by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    state = operational(
        models.CharField(max_length=8, choices=ActionState, default=ActionState.OPEN)
    )
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    ended_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="review_action_has_words"),
            models.CheckConstraint(
                condition=Q(kind__in=ItemKind.values), name="review_action_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(done_when=DoneWhen.FEWER, goal__isnull=False, goal__lt=F("value"))
                | (
                    Q(done_when__in=[each for each in DoneWhen.values if each != DoneWhen.FEWER])
                    & Q(goal__isnull=True)
                ),
                name="review_action_goal_of_its_sign",
            ),
            models.CheckConstraint(
                condition=Q(state=ActionState.OPEN, ended_at__isnull=True)
                | Q(
                    state__in=[ActionState.DONE, ActionState.CARRIED, ActionState.DROPPED],
                    ended_at__isnull=False,
                ),
                name="review_action_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                condition=Q(state="open"),
                name="review_action_open",
            )
        ]


class ReviewActionLead(models.Model):
    """A lead that an action of a review is about."""

    action = operational(models.ForeignKey(ReviewAction, models.CASCADE, related_name="leads"))
    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="+"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "lead"], name="review_action_lead_once")
        ]
