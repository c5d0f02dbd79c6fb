"""Which leads ended their wait, and whom to ask again (DX1, D27, D30)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from accounts.models import User
from recruitment.models import Lead, LeadEvent, Milestone
from recruitment.rules.attribution import RESPONSES
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind
from recruitment.rules.stages import Stage

SHOWN = 200  # leads on one page


def first_response_at(lead: Lead) -> datetime | None:
    """When somebody first tried the person, or spoke with her (5.1). One statement."""
    moments = Milestone.objects.filter(lead=lead, code__in=RESPONSES)
    return min(moments.values_list("event__occurred_at", flat=True), default=None)


@dataclass(frozen=True)
class AskAgain:
    """A lead closed until a date that the person named (UTC)."""

    lead: Lead
    until: datetime


def asked_again(user: User) -> Sequence[AskAgain]:
    """Leads that `user` may see, closed as not now, the earliest date first. One statement."""
    closes = (
        LeadEvent.objects.filter(
            lead__in=Lead.objects.visible_to(user).filter(stage=Stage.CLOSED_OTHER),
            kind=EventKind.STAGE_CHANGED,
            reason_code=CloseCode.NOT_NOW,
            occurred_at=F("lead__stage_entered_at"),
            voided_by__isnull=True,
            due_at__isnull=False,
        )
        .select_related(
            "lead__person", "lead__study_site__study", "lead__study_site__site", "lead__owner"
        )
        .order_by("due_at", "lead_id", "-seq")
    )
    found: dict[int, AskAgain] = {}
    for event in closes[:SHOWN]:
        if event.due_at is not None:
            found.setdefault(event.lead_id, AskAgain(event.lead, event.due_at))
    return list(found.values())


def past_call_back(user: User, *, at: datetime) -> QuerySet[Lead]:
    """Leads in No response that `user` works, whose call-back window has ended. One statement.

    `stale_at` of such a lead is the end of its window (6.1), unless something is planned later.
    """
    leads = Lead.objects.visible_to(user, "work_leads").filter(
        stage=Stage.NO_RESPONSE, stale_at__lte=at
    )
    return leads.select_related(
        "person", "study_site__study", "study_site__site", "owner"
    ).order_by("stage_entered_at", "pk")[:SHOWN]
