"""Leads that may be of the same person; shown to whoever enters one, never merged (DU1, D24)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from accounts.models import User
from recruitment.models import ContactPoint, Lead
from recruitment.rules.identity import name_key

SHOWN = 10  # leads that are shown at most


@dataclass(frozen=True)
class Likeness:
    """One lead that may be of the same person, and what the two share."""

    lead: Lead
    shared: str


def leads_like(
    user: User,
    *,
    phones: Sequence[str],
    emails: Sequence[str],
    first_name: str,
    last_name: str,
    birth_year: int | None,
) -> list[Likeness]:
    """Leads that `user` may see with the same phone, e-mail, or name and birth year.

    Nothing is said of leads that she may not see: that somebody asked about a study is private.
    Two statements.
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
        .order_by("-received_at")
    )
    found = []
    for lead in leads:
        shared = _shared(lead, name, birth_year)
        if shared:
            found.append(Likeness(lead, shared))
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
