"""The records a study usually needs: its versioned list, and naming them on a lead (RC7, RC3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import RecordsItem, RecordsList, RecordsListItem, Study
from recruitment.rules.boundary import check_boundary
from recruitment.rules.events import EventKind
from recruitment.rules.records import NEXT
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.texts import line_of
from recruitment.rules.vocabulary import RecordsState, RecordsType
from recruitment.services.log import Change
from recruitment.services.settings import SettingMoved, lock, record

MAX_WHY = 200  # characters


@dataclass(frozen=True)
class NamedRecord:
    """A record that is needed, and the approved words for why (RC3, RC6)."""

    type: RecordsType
    is_required: bool = True
    why: str = ""


def usual_records(study_id: int) -> list[NamedRecord]:
    """The latest version of the study's list; empty where none was written. Two statements."""
    found = RecordsList.objects.filter(study=study_id).first()
    return named_from(found.items.all()) if found is not None else []


def named_from(rows: Iterable[RecordsListItem]) -> list[NamedRecord]:
    """The records of a list that was read."""
    return [NamedRecord(RecordsType(row.type), row.is_required, row.why) for row in rows]


def name_usual(work: Change) -> None:
    """Name the study's usual records that the lead has no item of yet (RC7). May run twice."""
    named = set(RecordsItem.objects.filter(lead=work.lead).values_list("type", flat=True))
    for wanted in usual_records(work.lead.study_site.study_id):
        if wanted.type not in named:
            name(work, wanted)


def name(work: Change, wanted: NamedRecord) -> RecordsItem:
    """Name one record as needed, inside a change that is open.

    One that was waived or not required is needed again. Raises InvalidInput for one that is on
    its way already, and for words of 15.4.
    """
    why = checked_why(wanted.why, field="why")
    item: RecordsItem | None = RecordsItem.objects.filter(lead=work.lead, type=wanted.type).first()
    values: dict[str, object] = {
        "state": RecordsState.NEEDED,
        "is_required": wanted.is_required,
        "why": why,
        "changed_at": work.occurred_at,
    }
    if item is None:
        item = work.make(RecordsItem, type=wanted.type, **values)
    else:
        if RecordsState.NEEDED not in NEXT[RecordsState(item.state)]:
            raise InvalidInput(f"{wanted.type.label} is on the list already.", field="type")
        values |= {"why": why or item.why, "reason": "", "decided_by": None}
        work.alter(item, **values)
    work.add(
        EventKind.RECORDS_CHANGED,
        code=RecordsState.NEEDED,
        reason_code=wanted.type,
        subject_id=item.pk,
    )
    return item


def checked_why(text: str, *, field: str) -> str:
    """The words for why a record is needed, on one line and without words of 15.4 (BL1)."""
    why = line_of(text, most=MAX_WHY, field=field)
    check_boundary(why, field=field)
    return why


@transaction.atomic
def set_records_list(
    study: Study,
    items: Sequence[NamedRecord],
    *,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> RecordsList | None:
    """Write the next version of the study's list; leads keep the items they have. `at` is UTC.

    `seen` is the version that the caller's page showed: raises SettingMoved if there is a later
    one. Raises InvalidInput for a type named twice and for words of 15.4. The same list again
    writes nothing and gives None.
    """
    locked = lock(study)
    types = [item.type for item in items]
    if len(set(types)) < len(types):
        raise InvalidInput("Each record stands on the list once.", field="items")
    known: RecordsList | None = RecordsList.objects.filter(study=locked).first()
    version = known.version if known else 0
    if seen is not None and seen != version:
        raise SettingMoved("A colleague changed this list meanwhile. Save again if yours holds.")
    new = [
        NamedRecord(item.type, item.is_required, checked_why(item.why, field=f"why_{item.type}"))
        for item in items
    ]
    old = usual_records(locked.pk)
    if new == old:
        return None
    made = RecordsList.objects.create(study=locked, version=version + 1, set_at=at, set_by=by)
    RecordsListItem.objects.bulk_create(
        RecordsListItem(
            records_list=made, type=item.type, is_required=item.is_required, why=item.why
        )
        for item in new
    )
    record(locked, "records_list", by=by, at=at, old=_words(old), new=_words(new))
    return made


def _words(items: Sequence[NamedRecord]) -> str:
    return "; ".join(
        f"{item.type.label}{'' if item.is_required else ' (optional)'}"
        f"{f': {item.why}' if item.why else ''}"
        for item in items
    )
