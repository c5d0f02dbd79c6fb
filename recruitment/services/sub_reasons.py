"""A study's own reasons under a fixed code: added, reworded as the next version, retired (CL4)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import Study, SubReason
from recruitment.rules.boundary import check_boundary
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.texts import line_of
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.services.log import check_times
from recruitment.services.settings import lock, raise_version
from recruitment.services.sponsor_words import check_no_names
from recruitment.services.verbs import verb
from recruitment.services.versions import lock_in_force, retire, retire_for_good

MOST_LABEL = 60  # characters
CODES = {"close": CloseCode, "blocker": BlockerCategory}
"""The fixed codes that sub-reasons stand under."""


@verb
@transaction.atomic
def add_sub_reason(
    *, study: Study, under: str, code: str, label: str, by: User, at: datetime
) -> SubReason:
    """Add a reason of the study under a close code or a blocker category at `at` (UTC).

    The label is read by sponsors: it names no person, and says nothing that only the study team
    may say (15.4). Raises InvalidInput naming the field.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    if under not in CODES or code not in CODES[under].values:
        raise InvalidInput("Choose the reason that it stands under.", field="code")
    locked = lock(study)
    row = _write(locked, under, code, label, version=1, by=by, at=at)
    raise_version(locked)
    study.settings_version = locked.settings_version
    return row


@verb
@transaction.atomic
def reword_sub_reason(*, row: SubReason, label: str, by: User, at: datetime) -> SubReason:
    """Retire `row` and add its next version; closes and blockers keep the words of their day.

    Gives back the same row where nothing differs, so it may run twice. Raises Refusal for one
    that is retired, InvalidInput naming the field. `at` is UTC.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    study, current = lock_in_force(row, what="reason")
    if line_of(label, most=MOST_LABEL, field="label") == current.label:
        return current
    retire(current, by=by, at=at)
    version = current.version + 1
    new = _write(study, current.under, current.code, label, version=version, by=by, at=at)
    raise_version(study)
    return new


@verb
@transaction.atomic
def retire_sub_reason(*, row: SubReason, by: User, at: datetime) -> None:
    """Offer the reason no more; what was recorded with it stays. May run twice. `at` is UTC."""
    retire_for_good(row, by=by, at=at)


def _write(
    study: Study, under: str, code: str, label: str, *, version: int, by: User, at: datetime
) -> SubReason:
    label = line_of(label, most=MOST_LABEL, field="label", missing="Write the reason first.")
    check_boundary(label, field="label")
    check_no_names(label, field="label")
    try:
        with transaction.atomic():
            return SubReason.objects.create(
                study=study,
                under=under,
                code=code,
                label=label,
                version=version,
                set_at=at,
                set_by=by,
            )
    except IntegrityError as clash:
        raise InvalidInput("The study has this reason already.", field="label") from clash
