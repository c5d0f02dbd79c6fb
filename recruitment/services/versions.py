"""Words of a study that are kept by version: the one in force is retired, the next put in force."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Max, QuerySet

from accounts.models import User
from recruitment.models import ApprovedWording, StagePrompt, Study, SubReason
from recruitment.rules.refusals import Refusal
from recruitment.services.log import check_times
from recruitment.services.settings import lock, raise_version

Kept = TypeVar("Kept", StagePrompt, ApprovedWording, SubReason)


def lock_in_force(row: Kept, *, what: str) -> tuple[Study, Kept]:
    """The study and the row as they are now, locked. Raises Refusal for a row that is retired."""
    study, current = lock(row.study), lock(row)
    if current.retired_at is not None:
        raise Refusal(f"A colleague changed or retired this {what} meanwhile. Load the list again.")
    return study, current


def retire(row: Kept, *, by: User, at: datetime) -> None:
    """Take a locked row out of force; it stays on record."""
    row.retired_at = max(at, row.set_at)
    row.retired_by = by
    row.save(update_fields=["retired_at", "retired_by"])


def retire_for_good(row: Kept, *, by: User, at: datetime) -> None:
    """The same without another in its place, for the verbs that retire. May run twice."""
    check_times(occurred_at=at, at=at, received_at=None)
    study, current = lock(row.study), lock(row)
    if current.retired_at is None:
        retire(current, by=by, at=at)
        raise_version(study)


def next_version(rows: QuerySet[Kept]) -> int:
    """One above the newest of these rows. One statement."""
    newest: int | None = rows.aggregate(newest=Max("version"))["newest"]
    return (newest or 0) + 1
