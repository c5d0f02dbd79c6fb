"""Leads that may be of the same person; shown to whoever enters one, never merged (DU1, D24)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Prefetch, Q, Subquery

from accounts.models import User
from recruitment.models import ContactPoint, Lead, LeadEvent
from recruitment.rules.events import EventKind
from recruitment.rules.identity import name_key
from recruitment.rules.reopening import proposes_reopen
from recruitment.rules.stages import CLOSED, Stage

SHOWN = 10  # leads that are shown at most


@dataclass(frozen=True)
class Likeness:
    """One lead that may be of the same person, and what the two share."""

    lead: Lead
    shared: str
    reopens: bool = False  # it was closed lately: reopening is proposed, not a new lead (DU3)


def leads_like(
    user: User,
    *,
    phones: Sequence[str],
    emails: Sequence[str],
    first_name: str,
    last_name: str,
    birth_year: int | None,
    at: datetime,
) -> list[Likeness]:
    """Leads that `user` may see with the same phone, e-mail, or name and birth year.

    Nothing is said of leads that she may not see: that somebody asked about a study is private.
    `at` (UTC) is now. Two statements.
    """
    points = ContactPoint.objects.holding(phones=phones, emails=emails)
    alike = Q(person__in=points.values("person"))
    name = name_key(first_name, last_name)
    if name and birth_year is not None:
        alike |= Q(person__birth_year=birth_year)
    leads = (
        Lead.objects.visible_to(user)
        .filter(alike)
        .select_related("person", "study_site__study", "study_site__site")
        .prefetch_related(
            Prefetch("person__contact_points", queryset=points, to_attr="shared_points")
        )
        .annotate(close_reason=_close_reason())
        .order_by("-received_at")
    )
    found = []
    for lead in leads:
        shared = _shared(lead, name, birth_year)
        if shared:
            found.append(Likeness(lead, shared, _reopens(lead, at)))
    return found[:SHOWN]


def _shared(lead: Lead, name: str, birth_year: int | None) -> str:
    kinds = {point.kind for point in lead.person.shared_points}
    words = [label for kind, label in ContactPoint.KINDS if kind in kinds]
    same_name = bool(name) and name_key(lead.person.first_name, lead.person.last_name) == name
    if same_name and birth_year is not None and lead.person.birth_year == birth_year:
        words.append("name and birth year")
    elif same_name and words:
        words.append("name")
    return f"Same {' and '.join(words).lower()}" if words else ""


def _close_reason() -> Subquery:
    """The code of the change that closed a lead."""
    closes = LeadEvent.objects.filter(
        lead=OuterRef("pk"),
        kind=EventKind.STAGE_CHANGED,
        to_stage=OuterRef("stage"),
        voided_by__isnull=True,
    )
    return Subquery(closes.order_by("-seq").values("reason_code")[:1])


def _reopens(lead: Lead, at: datetime) -> bool:
    if lead.stage not in CLOSED - {Stage.ENROLLED}:
        return False
    reason: str = lead.close_reason or ""  # type: ignore[attr-defined]  # annotated
    return proposes_reopen(reason, closed_at=lead.stage_entered_at, at=at)
