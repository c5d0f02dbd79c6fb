"""Leads, and the rows a search looks at (domain.md 2; model.md, Leads)."""

from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from guardian.shortcuts import get_objects_for_user

from accounts.models import User
from recruitment.models.people import Person
from recruitment.models.person_key import known_by_number
from recruitment.models.queue_indexes import CLOSED_CODES, queue_indexes
from recruitment.models.stale_deadlines import keep_stale_deadlines
from recruitment.models.studies import Source, StudySite
from recruitment.rules.stages import CLOSED, OPEN, Stage
from recruitment.rules.vocabulary import ActionType, ContactBasis, Party, PrescreenState
from trialsnest.lib.field_classes import identifying, operational, sensitive
from trialsnest.lib.shield import shielded

OPEN_LEADS_HAVE_AN_ACTION = """
    IF (SELECT stage FROM recruitment_lead WHERE id = {key}) NOT IN ({closed}) THEN
        IF NOT EXISTS (
            SELECT 1 FROM recruitment_nextaction WHERE lead_id = {key}
            AND ended_at IS NULL AND undone_at IS NULL
        ) THEN
            RAISE EXCEPTION 'open lead % has no next action', {key}
                USING ERRCODE = 'check_violation', CONSTRAINT = 'open_lead_has_next_action';
        END IF;
    ELSIF EXISTS (
        SELECT 1 FROM recruitment_nextaction WHERE lead_id = {key}
            AND ended_at IS NULL AND undone_at IS NULL
    ) THEN
        RAISE EXCEPTION 'closed lead % has a next action', {key}
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_lead_has_no_next_action';
    END IF;
    RETURN NULL;
"""


def open_lead_has_action(key: str) -> str:
    """The trigger's body; `key` is the value that is the lead's id, such as NEW.lead_id."""
    closed = ", ".join(f"'{code}'" for code in CLOSED_CODES)
    return OPEN_LEADS_HAVE_AN_ACTION.format(key=key, closed=closed)


class LeadQuerySet(models.QuerySet["Lead"]):
    """Filters that chain. `visible_to` is the only place that turns grants into rows."""

    def visible_to(self, user: User, perm: str = "view_leads") -> Self:
        """Leads of the studies at sites where the user holds `perm`."""
        return self.filter(study_site__in=study_sites_for(user, perm))

    def open(self) -> Self:
        """Leads that still need somebody."""
        return self.filter(stage__in=OPEN)

    def stale(self, *, at: datetime) -> Self:
        """Open leads whose stored deadline has passed at `at` (6.1, D17)."""
        return self.filter(stage__in=OPEN, stale_at__lte=at)


def study_sites_for(user: User, perm: str) -> models.QuerySet[StudySite]:
    """The studies at sites where `user` holds `perm`; a superuser gains none by that (D11)."""
    found: models.QuerySet[StudySite] = get_objects_for_user(
        user,
        f"recruitment.{perm}",
        StudySite,
        accept_global_perms=False,
        with_superuser=False,
        use_groups=False,
    )
    return found


class Lead(models.Model):
    """One person's interest in one study at one site. Who she is lives in Person.

    Everything from `stage` down is a projection of the log, written by services.log alone.
    """

    # Where an index of Meta begins with the key, or nothing is ever looked up by it, the key has
    # none of its own: each index costs every verb and every job.
    study_site = operational(
        models.ForeignKey(StudySite, models.PROTECT, related_name="leads", db_index=False)
    )
    person = sensitive(
        known_by_number(models.ForeignKey(Person, models.PROTECT, related_name="leads"))
    )
    source = operational(
        models.ForeignKey(Source, models.PROTECT, related_name="leads", db_index=False)
    )
    number = identifying(models.CharField(max_length=8))
    once_key = identifying(models.CharField(max_length=200, null=True, blank=True))
    received_at = operational(models.DateTimeField())
    basis = operational(models.CharField(max_length=16, choices=ContactBasis))
    stated_interest = sensitive(shielded(models.CharField(max_length=300, blank=True, default="")))
    prescreen = operational(
        models.CharField(max_length=12, choices=PrescreenState, default=PrescreenState.NOT_STARTED)
    )

    stage = operational(models.CharField(max_length=24, choices=Stage))
    stage_entered_at = operational(models.DateTimeField())
    came_from = operational(models.CharField(max_length=24, choices=Stage, blank=True, default=""))
    owner = operational(
        models.ForeignKey(
            User,
            models.PROTECT,
            null=True,
            blank=True,
            related_name="owned_leads",
            db_index=False,
        )
    )
    waiting_on = operational(models.CharField(max_length=16, choices=Party, blank=True, default=""))
    first_action_at = operational(models.DateTimeField(null=True, blank=True))
    last_action_at = operational(models.DateTimeField(null=True, blank=True))
    last_action_event = operational(
        models.ForeignKey(
            "recruitment.LeadEvent",
            models.PROTECT,
            null=True,
            blank=True,
            related_name="+",
            db_index=False,
        )
    )
    last_movement_at = operational(models.DateTimeField(null=True, blank=True))
    last_movement_event = operational(
        models.ForeignKey(
            "recruitment.LeadEvent",
            models.PROTECT,
            null=True,
            blank=True,
            related_name="+",
            db_index=False,
        )
    )
    attempts = operational(models.PositiveSmallIntegerField(default=0))
    visit_at = operational(models.DateTimeField(null=True, blank=True))
    visit_confirmed = operational(models.BooleanField(default=False))
    stale_at = operational(models.DateTimeField(null=True, blank=True))
    stale_flagged_for = operational(models.DateTimeField(null=True, blank=True))
    risk_at = operational(models.DateTimeField(null=True, blank=True))  # stale risk begins (ST2)
    times_stale = operational(models.PositiveSmallIntegerField(default=0))
    recover_from = operational(models.DateTimeField(null=True, blank=True))  # until it moves
    recover_by = operational(models.DateTimeField(null=True, blank=True))
    is_held = operational(models.BooleanField(default=False))  # on a list, not released (D28)
    version = operational(models.PositiveIntegerField())  # the seq of the last event

    # What the queue ranks by (N7, D18), of an open lead only: its open next action, the earliest
    # of all its dates, and whether visit dates were offered since it became ready to schedule.
    next_type = operational(
        models.CharField(max_length=20, choices=ActionType, blank=True, default="")
    )
    due_at = operational(models.DateTimeField(null=True, blank=True))
    is_promised = operational(models.BooleanField(default=False))
    date_at = operational(models.DateTimeField(null=True, blank=True))
    dates_offered = operational(models.BooleanField(default=False))

    # The manager has the methods of the query set
    objects: ClassVar[LeadQuerySet] = LeadQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="lead_stage_is_known"),
            models.CheckConstraint(
                condition=Q(waiting_on__in=[*Party.values, ""]), name="lead_waiting_on_is_known"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=CLOSED, waiting_on="", stale_at__isnull=True)
                | (~Q(stage__in=CLOSED) & ~Q(waiting_on="")),
                name="lead_open_waits_on_one_party",
            ),
            models.UniqueConstraint(fields=["number"], name="lead_number_once"),
            models.UniqueConstraint(
                fields=["once_key"], condition=Q(once_key__isnull=False), name="lead_once"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9A-HJKMNP-TV-Z]{8}$"), name="lead_number_format"
            ),
            models.CheckConstraint(
                condition=Q(stage_entered_at__gte=F("received_at")), name="lead_stage_after_receipt"
            ),
            models.CheckConstraint(
                condition=Q(
                    due_at__isnull=True,
                    date_at__isnull=True,
                    next_type="",
                    is_promised=False,
                    dates_offered=False,
                )
                | (
                    Q(due_at__isnull=False, date_at__isnull=False, date_at__lte=F("due_at"))
                    & Q(next_type__in=ActionType.values)
                    & ~Q(stage__in=CLOSED)
                ),
                name="lead_dates_of_open_action",
            ),
        ]
        indexes = [
            models.Index(
                fields=["study_site", "stage"],
                include=[
                    "owner",
                    "stale_at",
                    "due_at",
                    "first_action_at",
                    "visit_at",
                    "is_promised",
                    "is_held",
                    "waiting_on",
                ],
                name="lead_buckets",  # counts read nothing else
            ),
            models.Index(fields=["owner", "stage"], name="lead_owner_stage"),
            models.Index(
                fields=["study_site", "received_at"],
                condition=Q(is_held=True),
                name="lead_held",
            ),
            models.Index(fields=["study_site", "received_at"], name="lead_received"),
            *queue_indexes(),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="open_lead_has_action",
                when=pgtrigger.After,
                # Pgtrigger has no types
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("stage"),  # type: ignore[no-untyped-call]
                timing=pgtrigger.Deferred,
                func=open_lead_has_action("NEW.id"),
            ),
            *keep_stale_deadlines(),
        ]

    def __str__(self) -> str:
        return f"lead {self.number}"


class SearchToken(models.Model):
    """One beginning by which a lead is found; written with the lead (performance.md E11).

    Who sees few studies is served by one index, place by place; who sees many by the other.
    """

    study_site = operational(
        models.ForeignKey(StudySite, models.PROTECT, related_name="+", db_index=False)
    )
    token = identifying(models.CharField(max_length=80))
    lead = operational(
        models.ForeignKey(Lead, models.PROTECT, related_name="search_tokens", db_index=False)
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "token"], name="search_token_once")]
        indexes = [
            models.Index(
                fields=["token", "study_site"],
                opclasses=["text_pattern_ops", "int8_ops"],
                include=["lead"],
                name="search_token_prefix",
            ),
            models.Index(
                fields=["study_site", "token"],
                opclasses=["int8_ops", "text_pattern_ops"],
                include=["lead"],
                name="search_token_place",
            ),
        ]
