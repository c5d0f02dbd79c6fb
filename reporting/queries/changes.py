"""What was changed after patient groups spoke, as it was written down by a moment (12.1, 13)."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from recruitment.models import PatientGroupChange, StudySite
from reporting.figures.work_facts import ChangeFacts
from trialsnest.lib.prepared import prepared

COLUMNS = ("topic", "target", "words", "on", "recorded_at", "voided_by__recorded_at")


def changes_known_at(
    study_site: StudySite, *, cut_off: datetime, as_of: datetime
) -> tuple[ChangeFacts, ...]:
    """Every change written down before `cut_off`, as known at `as_of` (both UTC). One statement."""
    found = (ChangeFacts(*row) for row in _changes(place=study_site.pk, until=cut_off))
    return tuple(change.known_at(as_of) for change in found)


@prepared
def _changes(*, place: int, until: datetime) -> QuerySet[PatientGroupChange, tuple[Any, ...]]:
    rows = PatientGroupChange.objects.filter(
        study_site=place, voids__isnull=True, recorded_at__lt=until
    )
    return rows.order_by("recorded_at", "pk").values_list(*COLUMNS)
