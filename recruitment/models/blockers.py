"""What stops leads, and who is waited on (domain.md 7.1, B1, B2)."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.leads import Lead
from recruitment.models.studies import StudySite
from recruitment.models.undoing import STANDING, Undoable
from recruitment.models.wording import SubReason
from recruitment.rules.blocking import DECIDERS, PAUSES
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory, Party
from trialsnest.lib.field_classes import operational, sensitive
from trialsnest.lib.shield import shielded

PARTY_FITS = reduce(
    or_,
    (Q(category=category, waiting_on__in=parties) for category, parties in BLOCKER_PARTIES.items()),
)
"""The party is one that the category can wait on (7.1)."""

STOPS_CLOCKS = reduce(
    or_,
    (
        Q(category=category, waiting_on=party)
        for (category, party), stops in PAUSES.items()
        if stops
    ),
)
"""The blocker stops clocks, and so says when somebody looks again (PZ2)."""

DECIDER_KNOWN = Q(decision_from__in=["", *DECIDERS])


class StudyBlocker(models.Model):
    """A blocker of a study at a site: it stops many leads and is resolved once (B2)."""

    study_site = operational(
        models.ForeignKey(StudySite, models.PROTECT, related_name="study_blockers")
    )
    category = operational(models.CharField(max_length=32, choices=BlockerCategory))
    waiting_on = operational(models.CharField(max_length=16, choices=Party))
    owner = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    decision_from = operational(
        models.CharField(max_length=16, choices=Party, blank=True, default="")
    )
    review_by = operational(models.DateTimeField(null=True, blank=True))
    opened_at = operational(models.DateTimeField())
    opened_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    resolved_at = operational(models.DateTimeField(null=True, blank=True))
    resolved_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    resolution = sensitive(models.CharField(max_length=200, blank=True, default=""))
    detail = sensitive(models.CharField(max_length=200, blank=True, default=""))

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=BlockerCategory.values),
                name="study_blocker_category_is_known",
            ),
            models.CheckConstraint(
                condition=Q(waiting_on__in=Party.values), name="study_blocker_waits_on_known_party"
            ),
            models.CheckConstraint(condition=PARTY_FITS, name="study_blocker_party_fits"),
            models.CheckConstraint(
                condition=~STOPS_CLOCKS | Q(review_by__isnull=False),
                name="study_blocker_is_looked_at_again",
            ),
            models.CheckConstraint(condition=DECIDER_KNOWN, name="study_blocker_decider_is_known"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | Q(resolved_at__gte=F("opened_at")),
                name="study_blocker_resolved_later",
            ),
            models.UniqueConstraint(
                fields=["study_site", "category"],
                condition=Q(resolved_at__isnull=True),
                name="study_blocker_category_open_once",
            ),
        ]


class Blocker(Undoable):
    """A named reason progress is impossible now, and who is waited on (7.1, B1)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="blockers"))
    category = operational(models.CharField(max_length=32, choices=BlockerCategory))
    waiting_on = operational(models.CharField(max_length=16, choices=Party))
    owner = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    review_by = operational(models.DateTimeField(null=True, blank=True))
    opened_at = operational(models.DateTimeField())
    opened_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    resolved_at = operational(models.DateTimeField(null=True, blank=True))
    resolved_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    decision_from = operational(
        models.CharField(max_length=16, choices=Party, blank=True, default="")
    )
    sub_reason = operational(
        models.ForeignKey(SubReason, models.PROTECT, null=True, blank=True, related_name="+")
    )
    study_blocker = operational(
        models.ForeignKey(
            StudyBlocker, models.PROTECT, null=True, blank=True, related_name="blockers"
        )
    )
    resolution = sensitive(shielded(models.CharField(max_length=200, blank=True, default="")))
    detail = sensitive(shielded(models.CharField(max_length=200, blank=True, default="")))

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=BlockerCategory.values), name="blocker_category_is_known"
            ),
            models.CheckConstraint(
                condition=Q(waiting_on__in=Party.values), name="blocker_waits_on_known_party"
            ),
            models.CheckConstraint(condition=PARTY_FITS, name="blocker_party_fits"),
            models.CheckConstraint(
                condition=~STOPS_CLOCKS | Q(review_by__isnull=False),
                name="blocker_is_looked_at_again",
            ),
            models.CheckConstraint(condition=DECIDER_KNOWN, name="blocker_decider_is_known"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__gte=F("opened_at")),
                name="blocker_resolved_later",
            ),
            models.UniqueConstraint(
                fields=["lead", "category"],
                condition=Q(resolved_at__isnull=True) & STANDING,
                name="blocker_category_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_by"],
                condition=Q(resolved_at__isnull=True, review_by__isnull=False) & STANDING,
                name="blocker_to_look_at",
            )
        ]
