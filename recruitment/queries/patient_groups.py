"""What was changed after patient groups spoke, as its page lists it."""

from django.db.models import QuerySet

from recruitment.models import PatientGroupChange, StudySite

SHOWN = 100  # newest changes


def changes_of(places: QuerySet[StudySite]) -> list[PatientGroupChange]:
    """The newest changes of these studies at sites, each with who took it back. One statement."""
    rows = PatientGroupChange.objects.filter(study_site__in=places.values("pk"), voids__isnull=True)
    rows = rows.select_related(
        "study_site__study", "study_site__site", "recorded_by", "voided_by__recorded_by"
    )
    return list(rows.order_by("-recorded_at", "-pk")[:SHOWN])
