"""A study's approved wording: added, changed as the next version, and retired (DN6, MV1, MV2)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import ApprovedWording, Study
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.wording import LANGUAGES, checked_words
from recruitment.rules.work_codes import WordingUse
from recruitment.services.approvals import Approval, approval_of, cleaned, missing_from
from recruitment.services.log import check_times
from recruitment.services.settings import lock, raise_version
from recruitment.services.verbs import verb
from recruitment.services.versions import lock_in_force, next_version, retire, retire_for_good

MISSING: Mapping[str, str] = {
    "approval_reference": "Write the reference of the approval.",
    "approved_version": "Write which version was approved.",
    "approved_on": "Give the day of the approval.",
}


@verb
@transaction.atomic
def add_wording(
    *,
    study: Study,
    use: WordingUse,
    language: str,
    text: str,
    approval: Approval,
    by: User,
    at: datetime,
) -> ApprovedWording:
    """Put wording in force for one use in one language from `at` (UTC) on.

    Raises Refusal where there is one in force already, InvalidInput naming the field; without
    reference, version and date of its approval nothing is kept. Not to be run twice.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    if language not in LANGUAGES:
        raise InvalidInput("Choose a language of the list.", field="language")
    locked = lock(study)
    in_force = ApprovedWording.objects.filter(study=locked, use=use, language=language)
    if in_force.filter(retired_at__isnull=True).exists():
        raise Refusal(
            f"{use.label} in {LANGUAGES[language]} has wording in force. Change that one instead."
        )
    wording = _write(locked, use, language, text, approval, by=by, at=at)
    raise_version(locked)
    return wording


@verb
@transaction.atomic
def change_wording(
    *, wording: ApprovedWording, text: str, approval: Approval, by: User, at: datetime
) -> ApprovedWording:
    """Retire `wording` and put the next version in force at `at` (UTC); the old stays on record.

    Gives back the same where nothing differs, so it may run twice. Raises Refusal for one that is
    retired, InvalidInput naming the field.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    study, current = lock_in_force(wording, what="wording")
    use = WordingUse(current.use)
    if (checked_words(text, use), approval) == (current.text, approval_of(current)):
        return current
    retire(current, by=by, at=at)
    new = _write(study, use, current.language, text, approval, by=by, at=at)
    raise_version(study)
    return new


@verb
@transaction.atomic
def retire_wording(*, wording: ApprovedWording, by: User, at: datetime) -> None:
    """Offer the wording no more. May run twice. `at` is UTC."""
    retire_for_good(wording, by=by, at=at)


def _write(
    study: Study,
    use: WordingUse,
    language: str,
    text: str,
    approval: Approval,
    *,
    by: User,
    at: datetime,
) -> ApprovedWording:
    words = checked_words(text, use)
    given = cleaned(approval, at=at, zone=by.time_zone)
    for field in missing_from(given):
        raise InvalidInput(MISSING[field], field=field)
    assert given.on is not None  # noqa: S101  (nothing is missing)
    of_kind = ApprovedWording.objects.filter(study=study, use=use, language=language)
    return ApprovedWording.objects.create(
        study=study,
        use=use,
        language=language,
        version=next_version(of_kind),
        text=words,
        approval_reference=given.reference,
        approved_version=given.version,
        approved_on=given.on,
        set_at=at,
        set_by=by,
    )
