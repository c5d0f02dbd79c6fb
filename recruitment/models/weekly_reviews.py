"""The weekly review: what it froze, how each item ended, and what was agreed (domain.md 11, D34).

Figures and lists are written once, at the opening, and never again (W1). A completed review takes
no change at all; corrections stand beside it (W9). Its words are for a shared screen (D34):
they are about work, not about people, and the shield leaves them.
"""

from collections.abc import Iterable
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from recruitment.models.append_only import append_only
from recruitment.models.places import Site
from recruitment.models.studies import StudySite
from recruitment.rules.weekly.codes import ReviewState
from trialsnest.lib.field_classes import operational, sensitive

_COMPLETE = """
    IF EXISTS (SELECT 1 FROM recruitment_agendaitem WHERE review_id = NEW.id AND ending = '') THEN
        RAISE EXCEPTION 'review % has items that have not ended', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'weekly_review_items_ended';
    END IF;
    RETURN NEW;
"""


class WeeklyReviewQuerySet(models.QuerySet["WeeklyReview"]):
    """Reviews, by what they cover."""

    def covering_only(self, places: Iterable[int] | QuerySet[Any, Any]) -> Self:
        """Reviews all of whose studies at sites are among `places` (keys). A skipped week covers
        its own study, or none where it was of the whole site."""
        through: Any = WeeklyReview.places.through  # made by Django, unknown to mypy
        covers = through.objects.filter(weeklyreview=OuterRef("pk"))
        return self.exclude(Exists(covers.exclude(studysite__in=places)))


class WeeklyReview(models.Model):
    """The review of a site, or of one study there, in one week of the site (W10).

    `places` are the studies at the site that it covers: who reads it leads each of them.
    `since` is the moment from which it looks back: the opening of the last one. `rest` is how many
    findings one line accepted for a week (D34). `driver` goes through the agenda; others look on.
    """

    site = operational(models.ForeignKey(Site, models.PROTECT, related_name="weekly_reviews"))
    study_site = operational(
        models.ForeignKey(StudySite, models.PROTECT, null=True, blank=True, related_name="+")
    )
    places = operational(models.ManyToManyField(StudySite, related_name="+"))
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

    objects = WeeklyReviewQuerySet.as_manager()

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


class SiteOnlyCopy(models.Model):
    """That somebody made a copy of a review with the names of its leads on it (W12, AU1)."""

    SIZES = (("page", "On the page"), ("a4", "A4"), ("letter", "Letter"))

    review = operational(models.ForeignKey(WeeklyReview, models.PROTECT, related_name="copies"))
    size = operational(models.CharField(max_length=6, choices=SIZES))
    by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    at = operational(models.DateTimeField())

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__in=["page", "a4", "letter"]), name="site_only_copy_size_is_known"
            )
        ]
        triggers = append_only()


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
