"""Asks: what the site puts to a sponsor or is asked, and what came of it (domain.md 12.5, AS1-AS3).

An ask is the fold of its own history, which only grows: a wrong answer is corrected by another.
It is no fact of a lead's log, so its due time is worked out once and kept with the ask. Words for
sponsors stand in columns of their own, which the reports may read; who told the site does not.
"""

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q

from accounts.models import User
from recruitment.models.agenda import AgendaItem
from recruitment.models.append_only import append_only
from recruitment.models.blockers import Blocker
from recruitment.models.clocks import Target
from recruitment.models.leads import Lead
from recruitment.models.studies import StudySite
from recruitment.rules.asks.codes import (
    ENDS_WAITING,
    NOT_ASKED,
    TOLD,
    AnswerChoice,
    AnswerWay,
    AskDirection,
    AskEventKind,
    AskKind,
    AskParty,
    AskState,
)
from recruitment.rules.asks.options import KEPT, LONGEST_OPTIONS, MAX_OPTION, NAMES_OPTION
from recruitment.rules.targets import Unit
from recruitment.rules.vocabulary import BlockerCategory
from trialsnest.lib.field_classes import operational, sensitive, sponsor_text

_IN_REVIEW = """
    IF TG_OP = 'UPDATE' AND NEW.item_id IS NOT DISTINCT FROM OLD.item_id THEN
        RETURN NEW;
    END IF;
    IF NEW.item_id IS NOT NULL AND NOT EXISTS (
        SELECT 1
          FROM recruitment_agendaitem AS item
          JOIN recruitment_weeklyreview AS review ON review.id = item.review_id
         WHERE item.id = NEW.item_id AND item.study_site_id = NEW.study_site_id
           AND review.state = 'in_progress'
    ) THEN
        RAISE EXCEPTION 'item % is of another study or of a completed review', NEW.item_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ask_item_of_open_review';
    END IF;
    RETURN NEW;
"""
_OFFERED = """
    IF NEW.option <> '' AND NOT EXISTS (
        SELECT 1
          FROM recruitment_ask AS ask
         WHERE ask.id = NEW.ask_id AND NEW.option = ANY (string_to_array(ask.options, E'\\n'))
    ) THEN
        RAISE EXCEPTION 'the ask does not offer this option'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ask_event_option_is_offered';
    END IF;
    RETURN NEW;
"""
FINAL = sorted(ENDS_WAITING)
DUE_BY_TARGET = Q(amount__isnull=False, amount__gte=1, unit__in=[Unit.HOURS, Unit.DAYS])
DUE_BY_HAND = Q(amount__isnull=True, unit="", target__isnull=True)
ASKABLE = sorted(set(BlockerCategory) - NOT_ASKED)


class Ask(models.Model):
    """One question, with who sees to it, until it is settled or withdrawn.

    `owner` sees to it here. `due_at` is when an answer is needed: `amount` of `unit` after it was
    raised, by the version `target` (none: the default), or a day that somebody chose, then without
    all three. `options` are the choices that the sponsor is offered, one a line, "" for none.
    `category` is the blocker that the answer takes off its leads. `choice` is the last
    answer, given on the site's day `answered_on`; `answered_at` is when it was written down.
    `seq` is that of the last entry in the history.
    """

    study_site = operational(models.ForeignKey(StudySite, models.PROTECT, related_name="asks"))
    direction = operational(models.CharField(max_length=12, choices=AskDirection))
    kind = operational(models.CharField(max_length=20, choices=AskKind))
    party = operational(models.CharField(max_length=8, choices=AskParty))
    question = sponsor_text(models.CharField(max_length=400))
    why = sponsor_text(models.CharField(max_length=300, blank=True, default=""))
    options = sponsor_text(models.TextField(max_length=LONGEST_OPTIONS, blank=True, default=""))
    category = operational(
        models.CharField(max_length=32, choices=BlockerCategory, blank=True, default="")
    )
    owner = operational(models.ForeignKey(User, models.PROTECT, related_name="asks"))
    item = operational(
        models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="asks")
    )
    raised_at = operational(models.DateTimeField())
    due_at = operational(models.DateTimeField())
    amount = operational(models.PositiveSmallIntegerField(null=True, blank=True))
    unit = operational(models.CharField(max_length=8, choices=Unit, blank=True, default=""))
    target = operational(
        models.ForeignKey(Target, models.PROTECT, null=True, blank=True, related_name="+")
    )
    state = operational(models.CharField(max_length=12, choices=AskState, default=AskState.OPEN))
    choice = operational(
        models.CharField(max_length=12, choices=AnswerChoice, blank=True, default="")
    )
    answered_on = operational(models.DateField(null=True, blank=True))
    answered_at = operational(models.DateTimeField(null=True, blank=True))
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    seq = operational(models.PositiveSmallIntegerField(default=1))

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    direction=AskDirection.TO_SPONSOR,
                    kind__in=[kind for kind in AskKind if kind != AskKind.OTHER],
                    category__in=["", *ASKABLE],
                )
                | Q(direction=AskDirection.FROM_SPONSOR, kind__in=AskKind.values, category=""),
                name="ask_kind_of_its_direction",
            ),
            models.CheckConstraint(
                condition=Q(party__in=AskParty.values), name="ask_party_is_known"
            ),
            models.CheckConstraint(condition=~Q(question=""), name="ask_has_question"),
            models.CheckConstraint(
                condition=Q(options="") | Q(direction=AskDirection.TO_SPONSOR, options__regex=KEPT),
                name="ask_options_are_few",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("raised_at")), name="ask_due_after_raised"
            ),
            models.CheckConstraint(condition=DUE_BY_TARGET | DUE_BY_HAND, name="ask_due_is_told"),
            models.CheckConstraint(
                condition=Q(choice="", answered_on__isnull=True, answered_at__isnull=True)
                | Q(
                    choice__in=AnswerChoice.values,
                    answered_on__isnull=False,
                    answered_at__isnull=False,
                    answered_at__gte=F("raised_at"),
                ),
                name="ask_answer_has_day",
            ),
            models.CheckConstraint(
                condition=Q(state=AskState.OPEN, choice__in=["", AnswerChoice.MORE_NEEDED])
                | Q(state__in=[AskState.ANSWERED, AskState.SETTLED], choice__in=FINAL)
                | Q(state=AskState.WITHDRAWN),
                name="ask_state_fits_answer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[AskState.OPEN, AskState.ANSWERED], ended_at__isnull=True)
                | Q(
                    state__in=[AskState.SETTLED, AskState.WITHDRAWN],
                    ended_at__isnull=False,
                    ended_at__gte=F("raised_at"),
                ),
                name="ask_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["study_site", "raised_at"],
                condition=Q(ended_at__isnull=True),
                name="ask_unsettled",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="item_of_open_review",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_IN_REVIEW,
            )
        ]

    def __str__(self) -> str:
        return f"ask {self.pk}"


class AskLead(models.Model):
    """A lead that waits for the answer, for as long as a blocker of the ask's category stops it."""

    ask = operational(models.ForeignKey(Ask, models.PROTECT, related_name="leads"))
    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="+"))

    class Meta:
        ordering = ["lead"]
        constraints = [models.UniqueConstraint(fields=["ask", "lead"], name="ask_lead_once")]


def waiting_leads() -> ArraySubquery:
    """For a queryset of asks: the keys of the leads that wait, whose blocker opened first first.

    A lead waits while a blocker of the ask's category stops it and the lead is linked.
    """
    linked = AskLead.objects.filter(ask=OuterRef(OuterRef("pk"))).values("lead")
    standing = Blocker.objects.filter(
        category=OuterRef("category"), resolved_at__isnull=True, lead__in=linked
    )
    return ArraySubquery(standing.order_by("opened_at", "pk").values("lead"))


class AskEvent(models.Model):
    """One entry of an ask's history. Nothing of it is ever changed; a correction is another entry.

    `by` wrote it here: somebody of the site, or in the portal whoever answered. Then nobody else
    said so; else `said_by` did, by `way`, on the site's day `on`. `option` is the one of the ask's
    options that an answer names, "" for none. `freed` counts the leads that a settlement freed, and
    `action_id` is the action of that in their logs.
    """

    ask = operational(models.ForeignKey(Ask, models.PROTECT, related_name="history"))
    seq = operational(models.PositiveSmallIntegerField())
    kind = operational(models.CharField(max_length=12, choices=AskEventKind))
    recorded_at = operational(models.DateTimeField())
    by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    choice = operational(
        models.CharField(max_length=12, choices=AnswerChoice, blank=True, default="")
    )
    way = operational(models.CharField(max_length=8, choices=AnswerWay, blank=True, default=""))
    on = operational(models.DateField(null=True, blank=True))
    said_by = sensitive(models.CharField(max_length=80, blank=True, default=""))
    words = sponsor_text(models.CharField(max_length=400, blank=True, default=""))
    option = sponsor_text(models.CharField(max_length=MAX_OPTION, blank=True, default=""))
    due_at = operational(models.DateTimeField(null=True, blank=True))
    freed = operational(models.PositiveIntegerField(default=0))
    action_id = operational(models.UUIDField(null=True, blank=True))

    class Meta:
        ordering = ["ask", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["ask", "seq"], name="ask_event_once"),
            models.CheckConstraint(
                condition=Q(
                    kind=AskEventKind.ANSWERED,
                    choice__in=AnswerChoice.values,
                    on__isnull=False,
                    due_at__isnull=True,
                )
                & (Q(way=AnswerWay.PORTAL, said_by="") | Q(way__in=sorted(TOLD)) & ~Q(said_by=""))
                | Q(
                    kind__in=[kind for kind in AskEventKind if kind != AskEventKind.ANSWERED],
                    choice="",
                    way="",
                    said_by="",
                    on__isnull=True,
                ),
                name="ask_event_answer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[AskEventKind.RAISED, AskEventKind.REDATED], due_at__isnull=False
                )
                | Q(
                    kind__in=[
                        AskEventKind.ANSWERED,
                        AskEventKind.SETTLED,
                        AskEventKind.WITHDRAWN,
                    ],
                    due_at__isnull=True,
                ),
                name="ask_event_due_of_its_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[AskEventKind.REDATED, AskEventKind.WITHDRAWN], words=""),
                name="ask_event_says_why",
            ),
            models.CheckConstraint(
                condition=Q(freed=0, action_id__isnull=True) | Q(kind=AskEventKind.SETTLED),
                name="ask_event_frees_when_settled",
            ),
            models.CheckConstraint(
                condition=Q(option="")
                | Q(kind=AskEventKind.ANSWERED, choice__in=sorted(NAMES_OPTION)),
                name="ask_event_option_of_an_answer",
            ),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="option_is_offered",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_OFFERED,
            ),
        ]
