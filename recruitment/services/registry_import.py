"""Studies of the registry into Sponsor, Study and StudyLocation rows (V3, IN4)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from accounts.models import User
from recruitment.models import Sponsor, Study, StudyLocation
from recruitment.rules.refusals import Refusal
from recruitment.rules.registry import RegistryStudy
from recruitment.services.settings import record as note_setting
from trialsnest.lib.words import counted

REASON = "Registry record"
PLACE_FIELDS = ("facility", "city", "state", "country", "status")


class Result(StrEnum):
    """What an import did to one study."""

    MADE = "made"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One record's import. `changed` names the columns that an update wrote, in their order."""

    study: Study
    result: Result
    changed: tuple[str, ...] = ()


@transaction.atomic
def import_study(
    study: RegistryStudy, *, by: User | None, at: datetime, code: str = "", is_demo: bool = False
) -> Outcome:
    """Make the study of a registry record, or bring the one that is here up to the record.

    `code` (by default the NCT number) and `is_demo` count when the study is made; what staff chose
    afterwards is never touched. `at` is UTC. May run twice: a record that says what it said at the
    last import changes nothing, and every change is kept as a SettingChange. Raises Refusal when
    another study has the code.
    """
    record = _values(study)
    digest = _digest(study, record)
    row, is_made = _find_or_make(study, record, digest, code=code, is_demo=is_demo)
    if is_made:
        _write_places(row, study)
        note_setting(row, "added", by=by, at=at, reason=REASON)
        return Outcome(row, Result.MADE)
    if row.registry_record_sha256 == digest:
        return Outcome(row, Result.UNCHANGED)
    changed = _bring_up(row, study, record, by=by, at=at)
    row.registry_record_sha256 = digest
    row.save(update_fields=[*(set(changed) - {"locations"}), "registry_record_sha256"])
    return Outcome(row, Result.UPDATED if changed else Result.UNCHANGED, tuple(changed))


def preview_study(study: RegistryStudy) -> Outcome | None:
    """What `import_study` would do to a study that is here; None: it would be made. Reads only."""
    row = Study.objects.select_related("sponsor").filter(nct_id=study.nct_id).first()
    if row is None:
        return None
    record = _values(study)
    if row.registry_record_sha256 == _digest(study, record):
        return Outcome(row, Result.UNCHANGED)
    changed = [name for name, value in record.items() if getattr(row, name) != value]
    if row.sponsor.name != study.sponsor_name:
        changed.append("sponsor")
    if _places_of(row) != _places(study):
        changed.append("locations")
    return Outcome(row, Result.UPDATED if changed else Result.UNCHANGED, tuple(changed))


def _find_or_make(
    study: RegistryStudy, record: dict[str, Any], digest: str, *, code: str, is_demo: bool
) -> tuple[Study, bool]:
    """The study of the record, locked, and whether it was made now."""
    locked = Study.objects.select_for_update(of=("self",)).select_related("sponsor")
    row = locked.filter(nct_id=study.nct_id).first()
    if row is not None:
        return row, False
    code = code or study.nct_id
    if Study.objects.filter(code=code).exclude(nct_id=study.nct_id).exists():
        raise Refusal(f"{study.nct_id}: another study has the code {code}.")
    return Study.objects.get_or_create(
        nct_id=study.nct_id,
        defaults=record
        | {
            "code": code,
            "sponsor": _sponsor(study.sponsor_name, is_demo=is_demo),
            "registry_record_sha256": digest,
            "is_demo": is_demo,
        },
    )


def _bring_up(
    row: Study, study: RegistryStudy, record: dict[str, Any], *, by: User | None, at: datetime
) -> list[str]:
    """Put the record's values on `row`, write its places, and note each column that differed."""
    changes: dict[str, tuple[object, object]] = {}
    for name, new in record.items():
        old = getattr(row, name)
        if old != new:
            changes[name] = (old, new)
            setattr(row, name, new)
    if row.sponsor.name != study.sponsor_name:
        changes["sponsor"] = (row.sponsor, study.sponsor_name)
        row.sponsor = _sponsor(study.sponsor_name, is_demo=row.is_demo)
    before = _places_of(row)
    if before != _places(study):
        now = counted(len(study.locations), "place")
        changes["locations"] = (counted(len(before), "place"), now)
        row.locations.all().delete()
        _write_places(row, study)
    for name, (old, new) in changes.items():
        note_setting(row, name, old=old, new=new, by=by, at=at, reason=REASON)
    return list(changes)


def _values(study: RegistryStudy) -> dict[str, Any]:
    """The columns that a record fills."""
    return {
        "title": study.brief_title,
        "official_title": study.official_title,
        "conditions": list(study.conditions),
        "phases": list(study.phases),
        "registry_status": study.status.value,
        "enrollment_target": study.enrollment,
    }


def _digest(study: RegistryStudy, record: dict[str, Any]) -> str:
    """SHA-256 over what is kept of the record, so that a new date alone is no change."""
    kept = [study.nct_id, record, study.sponsor_name, _places(study)]
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _places(study: RegistryStudy) -> list[tuple[str, ...]]:
    return [
        (place.facility, place.city, place.state, place.country, (place.status or ""))
        for place in study.locations
    ]


def _places_of(row: Study) -> list[tuple[str, ...]]:
    return list(row.locations.order_by("position").values_list(*PLACE_FIELDS))


def _write_places(row: Study, study: RegistryStudy) -> None:
    StudyLocation.objects.bulk_create(
        StudyLocation(study=row, position=position, **dict(zip(PLACE_FIELDS, values, strict=True)))
        for position, values in enumerate(_places(study), 1)
    )


def _sponsor(name: str, *, is_demo: bool) -> Sponsor:
    sponsor, _ = Sponsor.objects.get_or_create(name=name, defaults={"is_demo": is_demo})
    return sponsor
