"""The agenda of a weekly review as it was frozen, and how each item ended (domain.md 11, D34)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.leads import Lead
from recruitment.models.review_actions import ReviewAction
from recruitment.models.studies import StudySite
from recruitment.models.weekly_reviews import WeeklyReview
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, BlockerCategory
from recruitment.rules.weekly.codes import AgendaLane, Ending, ItemKind
from trialsnest.lib.field_classes import operational, sensitive

_LOCKED = """
    IF starts_with(current_database(), 'test_')
       AND current_setting('trialsnest.test_flush', true) = 'on'
    THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF EXISTS (
        SELECT 1 FROM recruitment_weeklyreview
         WHERE id = COALESCE(NEW.review_id, OLD.review_id) AND state <> 'in_progress'
    ) THEN
        RAISE EXCEPTION 'review % is completed', COALESCE(NEW.review_id, OLD.review_id)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'weekly_review_is_locked';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


def locked() -> pgtrigger.Trigger:
    """A trigger that refuses any change of a row once its review is completed."""
    return pgtrigger.Trigger(
        name="review_is_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_LOCKED,
    )


class AgendaItem(models.Model):
    """One thing a review has to end: frozen at the opening, then an action, an accept or a close.

    `value` (of `of`, where it is a share) is the figure of the moment shown. `subject` let an
    override pass; `carried` is the open action of an earlier review.
    """

    review = operational(models.ForeignKey(WeeklyReview, models.PROTECT, related_name="items"))
    position = operational(models.PositiveSmallIntegerField())
    lane = operational(models.CharField(max_length=16, choices=AgendaLane))
    kind = operational(models.CharField(max_length=20, choices=ItemKind))
    study_site = operational(models.ForeignKey(StudySite, models.PROTECT, related_name="+"))
    code = operational(models.CharField(max_length=32, blank=True, default=""))
    value = operational(models.PositiveIntegerField())
    of = operational(models.PositiveIntegerField(default=0))
    subject = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    carried = operational(
        models.ForeignKey(
            ReviewAction, models.PROTECT, null=True, blank=True, related_name="carried_in"
        )
    )
    ending = operational(models.CharField(max_length=8, choices=Ending, blank=True, default=""))
    words = sensitive(models.CharField(max_length=300, blank=True, default=""))
    relook_on = operational(models.DateField(null=True, blank=True))
    action = operational(
        models.OneToOneField(
            ReviewAction, models.PROTECT, null=True, blank=True, related_name="item"
        )
    )
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    ended_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "position"], name="agenda_item_position_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ItemKind.values, lane__in=AgendaLane.values),
                name="agenda_item_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(ending="", action__isnull=True, ended_at__isnull=True)
                | Q(
                    ending__in=[Ending.ACT, Ending.ESCALATE],
                    action__isnull=False,
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                )
                | (
                    Q(ending=Ending.ACCEPT, action__isnull=True, relook_on__isnull=False)
                    & Q(ended_at__isnull=False, ended_by__isnull=False)
                    & ~Q(words="")
                )
                | (
                    Q(ending=Ending.CLOSE, action__isnull=True)
                    & Q(ended_at__isnull=False, ended_by__isnull=False)
                    & ~Q(words="")
                ),
                name="agenda_item_cannot_end_vague",
            ),
        ]
        triggers = [locked()]

    @property
    def times_carried(self) -> int:
        """How many reviews found the action open, this one among them; 0 for every other item."""
        return self.carried.times_carried + 1 if self.carried is not None else 0


class AgendaLead(models.Model):
    """A lead as it stood when the agenda was frozen, for the item it is listed under (W1, W3)."""

    item = operational(models.ForeignKey(AgendaItem, models.CASCADE, related_name="leads"))
    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="+"))
    position = operational(models.PositiveSmallIntegerField())
    stage = operational(models.CharField(max_length=24, choices=Stage))
    owner = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    next_type = operational(
        models.CharField(max_length=20, choices=ActionType, blank=True, default="")
    )
    due_at = operational(models.DateTimeField(null=True, blank=True))
    stale_at = operational(models.DateTimeField(null=True, blank=True))
    moved_at = operational(models.DateTimeField(null=True, blank=True))
    blocker = operational(
        models.CharField(max_length=32, choices=BlockerCategory, blank=True, default="")
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "lead"], name="agenda_lead_once"),
            models.UniqueConstraint(fields=["item", "position"], name="agenda_lead_position_once"),
        ]


class LastAction(models.Model):
    """What a review found of the actions agreed before: how far each had come, and its figure (W8).

    `done` of `total` leads; of an action that is not about leads both are 0.
    """

    review = operational(
        models.ForeignKey(WeeklyReview, models.PROTECT, related_name="last_actions")
    )
    action = operational(models.ForeignKey(ReviewAction, models.PROTECT, related_name="checks"))
    is_done = operational(models.BooleanField())
    done = operational(models.PositiveIntegerField(default=0))
    total = operational(models.PositiveIntegerField(default=0))
    value = operational(models.PositiveIntegerField())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "action"], name="last_action_once"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="last_action_done_of"),
        ]
        triggers = [locked()]
