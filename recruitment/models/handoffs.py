"""Hand-offs: between colleagues (4.4), and to study operations after the visit (14)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.leads import Lead
from recruitment.models.undoing import STANDING, Undoable
from recruitment.models.visits import Visit
from recruitment.rules.work_codes import CtmsState, HandoffState, RemoteStep
from trialsnest.lib.field_classes import identifying, operational, sensitive
from trialsnest.lib.shield import shielded


class Handoff(Undoable):
    """A transfer of the next action to somebody else, with context and acceptance (H2, H3)."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="handoffs"))
    sender = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    receiver = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    state = operational(
        models.CharField(max_length=10, choices=HandoffState, default=HandoffState.OFFERED)
    )
    offered_at = operational(models.DateTimeField())
    answered_at = operational(models.DateTimeField(null=True, blank=True))
    accept_by = operational(models.DateTimeField())
    context = sensitive(shielded(models.TextField(max_length=2000)))
    wanted = sensitive(shielded(models.CharField(max_length=300, blank=True, default="")))
    promised = sensitive(shielded(models.CharField(max_length=300, blank=True, default="")))
    answer = sensitive(shielded(models.CharField(max_length=200, blank=True, default="")))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(context=""), name="handoff_has_context"),
            models.CheckConstraint(
                condition=Q(state__in=HandoffState.values), name="handoff_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(sender=F("receiver")), name="handoff_to_somebody_else"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[HandoffState.DECLINED, HandoffState.RETURNED])
                | ~Q(answer=""),
                name="handoff_refusal_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", answered_at__isnull=True)
                | (~Q(state="offered") & Q(answered_at__isnull=False)),
                name="handoff_answer_has_time",
            ),
            models.UniqueConstraint(
                fields=["lead"], condition=Q(state="offered") & STANDING, name="handoff_one_open"
            ),
        ]


class HandoffStep(models.Model):
    """A step of a hand-off outside the site: who, when, whom to call, what if missed (H5)."""

    handoff = operational(models.ForeignKey(Handoff, models.PROTECT, related_name="steps"))
    kind = operational(models.CharField(max_length=16, choices=RemoteStep))
    owner_words = sensitive(shielded(models.CharField(max_length=120)))
    timing = sensitive(shielded(models.CharField(max_length=120)))
    support_contact = sensitive(shielded(models.CharField(max_length=120)))
    recovery = sensitive(shielded(models.CharField(max_length=200)))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RemoteStep.values), name="handoff_step_kind_is_known"
            )
        ]


class CtmsHandoff(Undoable):
    """The one-page hand-off of a visit to study operations, and the number that came back (CT3).

    The CTMS number stays on site (CT5).
    """

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="ctms_handoffs"))
    visit = operational(models.ForeignKey(Visit, models.PROTECT, related_name="ctms_handoffs"))
    state = operational(
        models.CharField(max_length=12, choices=CtmsState, default=CtmsState.TO_HAND_OFF)
    )
    opened_at = operational(models.DateTimeField())
    sent_at = operational(models.DateTimeField(null=True, blank=True))
    sent_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    acknowledged_at = operational(models.DateTimeField(null=True, blank=True))
    acknowledged_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    number = identifying(shielded(models.CharField(max_length=40, blank=True, default="")))
    needs = sensitive(shielded(models.CharField(max_length=300, blank=True, default="")))

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=STANDING, name="ctms_handoff_one_a_visit"
            ),
            models.CheckConstraint(
                condition=Q(state=CtmsState.TO_HAND_OFF, sent_at__isnull=True, number="")
                | Q(state=CtmsState.SENT, sent_at__isnull=False, number="")
                | (
                    Q(state=CtmsState.ACKNOWLEDGED, sent_at__isnull=False)
                    & Q(acknowledged_at__isnull=False)
                    & ~Q(number="")
                ),
                name="ctms_handoff_state_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, number="")
                | Q(acknowledged_at__gte=F("sent_at")),
                name="ctms_handoff_acknowledged_later",
            ),
        ]
