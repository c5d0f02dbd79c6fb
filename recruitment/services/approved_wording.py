"""A study's approved wording: added, changed as the next version, and retired (DN6, MV1, MV2)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from recruitment.models import ApprovedWording, Study
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.texts import line_of
from recruitment.rules.wording import LANGUAGES, checked_words
from recruitment.rules.work_codes import WordingUse
from recruitment.services.log import check_times
from recruitment.services.prompts import MOST_REFERENCE, MOST_VERSION, Approval
from recruitment.services.settings import lock, raise_version
from recruitment.services.verbs import verb
from trialsnest.lib.zones import local_time


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
    study, current = lock(wording.study), lock(wording)
    if current.retired_at is not None:
        raise Refusal("A colleague changed or retired this wording meanwhile. Load the list again.")
    use = WordingUse(current.use)
    if (checked_words(text, use), approval) == (current.text, approval_of(current)):
        return current
    _retire(current, by=by, at=at)
    new = _write(study, use, current.language, text, approval, by=by, at=at)
    raise_version(study)
    return new


@verb
@transaction.atomic
def retire_wording(*, wording: ApprovedWording, by: User, at: datetime) -> None:
    """Offer the wording no more. May run twice. `at` is UTC."""
    check_times(occurred_at=at, at=at, received_at=None)
    study, current = lock(wording.study), lock(wording)
    if current.retired_at is not None:
        return
    _retire(current, by=by, at=at)
    raise_version(study)


def approval_of(wording: ApprovedWording) -> Approval:
    """The approval on record."""
    return Approval(wording.approval_reference, wording.approved_version, wording.approved_on)


def _retire(wording: ApprovedWording, *, by: User, at: datetime) -> None:
    wording.retired_at = max(at, wording.set_at)
    wording.retired_by = by
    wording.save(update_fields=["retired_at", "retired_by"])


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
    given, approved_on = _checked(approval, at=at, zone=by.time_zone)
    of_kind = ApprovedWording.objects.filter(study=study, use=use, language=language)
    newest = of_kind.aggregate(newest=Max("version"))["newest"] or 0
    return ApprovedWording.objects.create(
        study=study,
        use=use,
        language=language,
        version=newest + 1,
        text=words,
        approval_reference=given.reference,
        approved_version=given.version,
        approved_on=approved_on,
        set_at=at,
        set_by=by,
    )


def _checked(approval: Approval, *, at: datetime, zone: str) -> tuple[Approval, date]:
    """The approval cleaned, and its day: all three, not of a day to come on the writer's clock."""
    reference = line_of(
        approval.reference,
        most=MOST_REFERENCE,
        field="approval_reference",
        missing="Write the reference of the approval.",
    )
    version = line_of(
        approval.version,
        most=MOST_VERSION,
        field="approved_version",
        missing="Write which version was approved.",
    )
    if approval.on is None:
        raise InvalidInput("Give the day of the approval.", field="approved_on")
    if approval.on > local_time(at, zone).date():
        raise InvalidInput("The day of the approval lies in the future.", field="approved_on")
    return Approval(reference, version, approval.on), approval.on
