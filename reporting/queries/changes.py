"""What was changed after patient groups spoke, as it was written down by a moment (12.1, 13)."""

from datetime import datetime

from recruitment.models import PatientGroupChange, StudySite
from reporting.figures.work_facts import ChangeFacts

COLUMNS = ("topic", "target", "words", "on", "recorded_at", "voided_by__recorded_at")


def changes_known_at(
    study_site: StudySite, *, cut_off: datetime, as_of: datetime
) -> tuple[ChangeFacts, ...]:
    """Every change written down before `cut_off`, as known at `as_of` (both UTC). One statement."""
    rows = PatientGroupChange.objects.filter(
        study_site=study_site, voids__isnull=True, recorded_at__lt=cut_off
    )
    found = (ChangeFacts(*row) for row in rows.order_by("recorded_at", "pk").values_list(*COLUMNS))
    return tuple(change.known_at(as_of) for change in found)
