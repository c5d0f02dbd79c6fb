"""The weekly review: what it froze, how each item ended, and what was agreed (domain.md 11, D34).

Figures and lists are written once, at the opening, and never again (W1). A completed review takes
no change at all; corrections stand beside it (W9). Its words are for a shared screen (D34):
they are about work, not about people, and the shield leaves them.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.append_only import append_only
from recruitment.models.leads import Lead
from recruitment.models.places import Site
from recruitment.models.studies import StudySite
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, BlockerCategory
from recruitment.rules.weekly.codes import (
    ActionState,
    AgendaLane,
    DoneWhen,
    Ending,
    ItemKind,
    ReviewState,
)
from trialsnest.lib.field_classes import operational, sensitive

_COMPLETE = """
    IF EXISTS (SELECT 1 FROM recruitment_agendaitem WHERE review_id = NEW.id AND ending = '') THEN
        RAISE EXCEPTION 'review % has items that have not ended', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'weekly_review_items_ended';
    END IF;
    RETURN NEW;
"""
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


class WeeklyReview(models.Model):
    """The review of a site, or of one study there, in one week of the site (W10).

    `since` is the moment from which it looks back: the opening of the last one. `rest` is how many
    findings one line accepted for a week (D34). `driver` goes through the agenda; others look on.
    """

    site = operational(models.ForeignKey(Site, models.PROTECT, related_name="weekly_reviews"))
    study_site = operational(
        models.ForeignKey(StudySite, models.PROTECT, null=True, blank=True, related_name="+")
    )
    monday = operational(models.DateField())
    state = operational(models.CharField(max_length=12, choices=ReviewState))
    since = operational(models.DateTimeField(null=True, blank=True))
    opened_at = operational(models.DateTimeField(null=True, blank=True))
    opened_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    rest = operational(models.PositiveIntegerField(default=0))
    completed_at = operational(models.DateTimeField(null=True, blank=True))
    completed_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        ordering = ["-monday", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "monday"],
                condition=Q(study_site__isnull=True),
                name="weekly_review_once_a_site",
            ),
            models.UniqueConstraint(
                fields=["study_site", "monday"],
                condition=Q(study_site__isnull=False),
                name="weekly_review_once_a_study",
            ),
            models.CheckConstraint(
                condition=Q(monday__iso_week_day=1), name="weekly_review_monday"
            ),
            models.CheckConstraint(
                condition=Q(state=ReviewState.SKIPPED, opened_at__isnull=True)
                | Q(
                    state__in=[ReviewState.IN_PROGRESS, ReviewState.COMPLETED],
                    opened_at__isnull=False,
                    opened_by__isnull=False,
                    since__isnull=False,
                ),
                name="weekly_review_state_has_opening",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ReviewState.COMPLETED,
                    completed_at__gte=F("opened_at"),
                    completed_by__isnull=False,
                )
                | (
                    ~Q(state=ReviewState.COMPLETED)
                    & Q(completed_at__isnull=True, completed_by__isnull=True)
                ),
                name="weekly_review_completed_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="items_have_ended",
                when=pgtrigger.Before,
                # Pgtrigger has no types
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(new__state=ReviewState.COMPLETED),
                func=_COMPLETE,
            ),
            pgtrigger.Protect(
                name="completed_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=ReviewState.COMPLETED),
            ),
        ]

    def __str__(self) -> str:
        return f"weekly review {self.monday}"


def _locked() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="review_is_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_LOCKED,
    )


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
    """A lead that an action of a review is about. `is_kept`: a promised call-back stayed (D18)."""

    action = operational(models.ForeignKey(ReviewAction, models.CASCADE, related_name="leads"))
    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="+"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "lead"], name="review_action_lead_once")
        ]


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
        triggers = [_locked()]

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
        triggers = [_locked()]


class ReviewCorrection(models.Model):
    """What was written under a completed review; nothing of the review itself changes (W9)."""

    review = operational(
        models.ForeignKey(WeeklyReview, models.PROTECT, related_name="corrections")
    )
    words = sensitive(models.CharField(max_length=300))
    at = operational(models.DateTimeField())
    by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="review_correction_has_words")
        ]
        triggers = append_only()
