"""How the persons of several leads may be reached, read once for all of them. Reads only."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import OuterRef

from recruitment.models.blockers import Blocker
from recruitment.models.contact_files import (
    Reach,
    contact_from,
    contact_parts,
    forbidden_by_value,
    reach_from,
)
from recruitment.models.leads import Lead
from recruitment.rules.vocabulary import BlockerCategory


def reaches_now(leads: Sequence[Lead], *, at: datetime) -> dict[int, Reach]:
    """What `reach_now` says of each lead at `at` (UTC), by its key. Three statements for all."""
    keys = [lead.pk for lead in leads]
    parts = contact_parts(at=at, study_site_id=OuterRef("study_site_id"), person="person")
    rows = Lead.objects.filter(pk__in=keys).values_list("pk", *parts.values())
    found = {row[0]: dict(zip(parts, row[1:], strict=True)) for row in rows}
    values = {point["value"] for row in found.values() for point in row["points"]}
    known = forbidden_by_value(values)
    without = Blocker.objects.filter(
        lead__in=keys, category=BlockerCategory.CONTACT_PERMISSION, resolved_at__isnull=True
    )
    barred = set(without.values_list("lead", flat=True))
    return {
        lead.pk: reach_from(
            contact_from(found[lead.pk], known=known), lead, has_basis=lead.pk not in barred
        )
        for lead in leads
    }
