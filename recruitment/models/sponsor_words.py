"""Findings in words for sponsors that a site lead said are none (domain.md F6, D38)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.append_only import append_only
from recruitment.models.places import Site
from trialsnest.lib.field_classes import operational


class ConfirmedWords(models.Model):
    """A finding that was confirmed to be a false hit: its kind and letters, never the words.

    `about` names what the words stand in ("report 12"), `field` which words of it. `first` and
    `last` count letters from 1. `at` is UTC. Append-only.
    """

    site = operational(models.ForeignKey(Site, models.PROTECT, related_name="+"))
    about = operational(models.CharField(max_length=40))
    field = operational(models.CharField(max_length=30))
    what = operational(models.CharField(max_length=100))
    first = operational(models.PositiveSmallIntegerField())
    last = operational(models.PositiveSmallIntegerField())
    by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    at = operational(models.DateTimeField())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first")), name="confirmed_words_stand_there"
            )
        ]
        triggers = append_only()
