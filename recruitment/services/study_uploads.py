"""A file of study records, looked at and then imported by an administrator (V3)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from recruitment.models import ImportUpload
from recruitment.rules.refusals import Refusal
from recruitment.rules.registry import RegistryStudy, read_studies
from recruitment.services.registry_import import Outcome, Result, import_study, preview_study

COLUMN_WORDS: Mapping[str, str] = {
    "title": "title",
    "official_title": "official title",
    "conditions": "conditions",
    "phases": "phases",
    "registry_status": "recruitment",
    "enrollment_target": "enrollment target",
    "sponsor": "sponsor",
    "locations": "places",
}


def studies_of(upload: ImportUpload) -> dict[str, Any]:
    """What is in the file and what importing it would do: `studies`, and `problems` as sentences.

    After the import, what it did. Reads only. Raises UnreadableRecord.
    """
    if upload.imported_at is not None:
        return dict(upload.counts)
    found = read_studies(bytes(upload.content))
    lines = [_line(study, preview_study(study)) for study in found.studies]
    return {"studies": lines, "problems": list(found.problems)}


@transaction.atomic
def import_studies_of(upload: ImportUpload, *, by: User, at: datetime) -> None:
    """Import every study of the file that can be read, at `at` (UTC); the rest are told why.

    What was done stays with the upload until it expires. May run twice.
    """
    locked = ImportUpload.objects.select_for_update().get(pk=upload.pk)
    if locked.imported_at is not None:
        return
    found = read_studies(bytes(locked.content))
    lines, problems = [], list(found.problems)
    for study in found.studies:
        try:
            lines.append(_line(study, import_study(study, by=by, at=at)))
        except Refusal as refusal:
            problems.append(str(refusal))
    locked.counts = {"studies": lines, "problems": problems}
    locked.content, locked.imported_at = b"", at
    locked.save(update_fields=["counts", "content", "imported_at"])


def _line(study: RegistryStudy, outcome: Outcome | None) -> dict[str, Any]:
    result = outcome.result if outcome else Result.MADE
    changed = outcome.changed if outcome else ()
    return {
        "nct_id": study.nct_id,
        "title": study.brief_title,
        "status": study.status.label,
        "sponsor": study.sponsor_name,
        "places": len(study.locations),
        "result": result.value,
        "changed": ", ".join(COLUMN_WORDS[name] for name in changed),
    }
